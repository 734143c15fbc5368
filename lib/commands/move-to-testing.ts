/** The move into `testing`, shared by a changed revision and by running the evidence again. */
import type { Actor } from "#lib/core/actor.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { isLegalMove } from "#lib/pipeline/transitions.ts";
import type { Database } from "#lib/ports/database.ts";

/**
 * Moves the proposal to `testing` and answers its new position in the log.
 * @throws Problem `conflict` where its state forbids it or somebody was faster
 */
export async function moveToTesting(
  database: Database,
  proposal: Proposal,
  actor: Actor,
  reason: string,
): Promise<Proposal> {
  if (!isLegalMove(proposal.state, "testing"))
    throw new Problem(
      "conflict",
      `Proposal ${proposal.number} is ${proposal.state}, where it cannot be tested again: make a new proposal.`,
      { state: proposal.state },
    );
  const move = await database.proposals.transition(proposal.id, {
    seen: proposal.sequence,
    from: proposal.state,
    to: "testing",
    actor,
    reason,
  });
  if (move === null)
    throw new Problem("conflict", `Proposal ${proposal.number} moved on meanwhile: look at it again, then decide.`);
  return { ...proposal, state: "testing", sequence: move.sequence };
}
