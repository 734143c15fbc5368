import type { Actor } from "#lib/core/actor.ts";
import { isProblem } from "#lib/core/problem.ts";
import type { Database } from "#lib/ports/database.ts";
import { mayMove, moveProposal } from "./transitions.ts";

export type Ending = {
  readonly id: string;
  /** In this order the first who may cancel it does. */
  readonly by: readonly Actor[];
  readonly reason: string;
};

/**
 * Cancels a proposal that something else has settled: its edit, or the proposal it was merged into. Where its tests end or
 * somebody decides at the same moment, it is looked at again: what is settled must not go on waiting.
 * @returns whether it was cancelled; false where it is in a state that none of them may end
 */
export async function endProposal(database: Database, { id, by, reason }: Ending): Promise<boolean> {
  for (;;) {
    const proposal = await database.proposals.find(id);
    const actor = by.find((one) => proposal !== null && mayMove(proposal.state, "cancelled", one));
    if (proposal === null || actor === undefined) return false;
    const { sequence: seen } = proposal;
    try {
      await moveProposal(database, { id, to: "cancelled", actor, reason, seen });
      return true;
    } catch (error) {
      const now = isProblem(error) && error.code === "conflict" ? await database.proposals.find(id) : null;
      if (now === null || now.sequence === seen) throw error;
    }
  }
}
