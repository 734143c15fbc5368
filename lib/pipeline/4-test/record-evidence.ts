/** Writes what testing showed: the snapshot, its cases, and the move to review with its audit row, all or nothing. */
import { type Actor, machine } from "#lib/core/actor.ts";
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
 * Who asked to stop the tests of a proposal; null when only the process ends, and the tests are taken up again at the
 * next start instead.
 */
export async function whoStopped(database: Database, { id, tool }: Proposal): Promise<Actor | null> {
  const { items } = await database.jobs.list({ kind: "test", state: "running", tool, proposalId: id }, { limit: 50 });
  const job = items.find(({ cancelRequested }) => cancelRequested);
  if (job === undefined) return null;
  const [told] = (await database.audit.list({ verb: "job.cancelled", subjectId: job.id }, { limit: 1 })).items;
  return told?.actor ?? machine("test");
}
