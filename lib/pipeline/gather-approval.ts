/** Reads what an approval is judged by; rooms 5 and 6 look at the same facts. */
import type { ApprovalFacts } from "#lib/core/approval-digest.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Tool, Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";

/** @throws Problem `not_found` where there is no such proposal */
export async function gatherApproval(database: Database, proposalId: string): Promise<ApprovalFacts> {
  const proposal = await findProposal(database, proposalId);
  // One after the other: inside a transaction there is one connection.
  const base = await database.versions.find(proposal.tool, proposal.baseVersion);
  const revisions = await database.proposals.revisions(proposalId);
  const snapshots = await database.proposals.evidence(proposalId);
  const decisions = await database.proposals.decisions(proposalId);
  return { proposal, base: present(proposal, base), revisions, snapshots, decisions };
}

/**
 * The same outside a transaction, where all is asked at once, the tool as well.
 * @throws Problem `not_found` where there is no such proposal
 */
export async function gatherApprovalAtOnce(
  database: Database,
  proposalId: string,
): Promise<ApprovalFacts & { readonly tool: Tool | null }> {
  const proposal = await findProposal(database, proposalId);
  const [tool, base, revisions, snapshots, decisions] = await Promise.all([
    database.tools.find(proposal.tool),
    database.versions.find(proposal.tool, proposal.baseVersion),
    database.proposals.revisions(proposalId),
    database.proposals.evidence(proposalId),
    database.proposals.decisions(proposalId),
  ]);
  return { tool, proposal, base: present(proposal, base), revisions, snapshots, decisions };
}

async function findProposal(database: Database, id: string): Promise<Proposal> {
  const proposal = await database.proposals.find(id);
  if (proposal === null) throw new Problem("not_found", `There is no proposal ${id}.`);
  return proposal;
}

function present({ tool, baseVersion }: Proposal, base: Version | null): Version {
  if (base === null) throw new Problem("not_found", `Version ${baseVersion} of ${tool}, the base, is not there.`);
  return base;
}
