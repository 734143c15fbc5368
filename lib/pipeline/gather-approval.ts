/** Reads what an approval is judged by; rooms 5 and 6 look at the same facts. */
import type { ApprovalFacts } from "#lib/core/approval-digest.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Database } from "#lib/ports/database.ts";

/** @throws Problem `not_found` where there is no such proposal */
export async function gatherApproval(database: Database, proposalId: string): Promise<ApprovalFacts> {
  const proposal = await database.proposals.find(proposalId);
  if (proposal === null) throw new Problem("not_found", `There is no proposal ${proposalId}.`);
  const base = await database.versions.find(proposal.tool, proposal.baseVersion);
  if (base === null)
    throw new Problem("not_found", `Version ${proposal.baseVersion} of ${proposal.tool}, the base, is not there.`);
  // One after the other: inside a transaction there is one connection.
  const revisions = await database.proposals.revisions(proposalId);
  const snapshots = await database.proposals.evidence(proposalId);
  const decisions = await database.proposals.decisions(proposalId);
  return { proposal, base, revisions, snapshots, decisions };
}
