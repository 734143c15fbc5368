/** Writes what testing showed: the snapshot, its cases, and the move to review with its audit row, all or nothing. */
import { machine } from "#lib/core/actor.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import type { Proposal, Revision } from "#lib/core/proposal.ts";
import type { Database } from "#lib/ports/database.ts";
import { moveProposal } from "../transitions.ts";
import type { Tested } from "./test-candidate.ts";

/**
 * Records evidence for the revision that was tested.
 * @throws Problem `conflict` where the proposal moved on while it was tested: nothing is written then
 */
export async function recordEvidence(
  database: Database,
  { proposal, revision, tested }: { proposal: Proposal; revision: Revision; tested: Tested },
): Promise<Evidence> {
  const { judgement, cases } = tested.examination;
  const actor = machine("test");
  return database.transaction(async (tx) => {
    await moveProposal(tx, {
      id: proposal.id,
      to: "awaiting_review",
      actor,
      reason: `revision ${revision.number} tested: ${judgement.headline}`,
      seen: proposal.sequence,
    });
    const evidence = await tx.proposals.addEvidence(
      {
        proposalId: proposal.id,
        revision: revision.number,
        verdict: judgement.verdict,
        headline: judgement.headline,
        strategy: tested.strategy,
        strategyUsed: judgement.strategyUsed,
        summary: tested.summary,
      },
      [...cases],
    );
    return evidence;
  });
}

/**
 * Whether a person asked to stop the tests of a proposal; when only the process ends, the tests are taken up again at
 * the next start instead.
 */
export async function wasCancelled(database: Database, proposal: Proposal): Promise<boolean> {
  const { items } = await database.jobs.list({ tool: proposal.tool }, { limit: 50 });
  return items.some(
    ({ kind, state, input, cancelRequested }) =>
      kind === "test" && state === "running" && cancelRequested && input.proposalId === proposal.id,
  );
}
