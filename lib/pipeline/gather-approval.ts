/** Reads what an approval is judged by; rooms 5 and 6 look at the same facts. */
import type { ApprovalFacts } from "#lib/core/approval-digest.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Tool } from "#lib/core/version.ts";
import type { Repositories } from "#lib/ports/database.ts";

/**
 * All of it is asked at once, the tool as well: each wait costs more than the answer.
 * @throws Problem `not_found` where there is no such proposal
 */
export async function gatherApproval(
  { tools, versions, proposals }: Pick<Repositories, "tools" | "versions" | "proposals">,
  proposalId: string,
): Promise<ApprovalFacts & { readonly tool: Tool | null }> {
  const [proposal, tool, base, revisions, snapshots, decisions] = await Promise.all([
    proposals.find(proposalId),
    tools.findOfProposal(proposalId),
    versions.findBaseOf(proposalId),
    proposals.revisions(proposalId),
    proposals.evidence(proposalId),
    proposals.decisions(proposalId),
  ]);
  if (proposal === null) throw new Problem("not_found", `There is no proposal ${proposalId}.`);
  if (base === null)
    throw new Problem("not_found", `Version ${proposal.baseVersion} of ${proposal.tool}, the base, is not there.`);
  return { tool, proposal, base, revisions, snapshots, decisions };
}
