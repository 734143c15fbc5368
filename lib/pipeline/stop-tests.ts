import { type Actor, machine } from "#lib/core/actor.ts";
import { type Proposal, TESTS_STOPPED } from "#lib/core/proposal.ts";
import type { Database } from "#lib/ports/database.ts";
import { moveProposal } from "./transitions.ts";

/**
 * What becomes of a proposal whose tests somebody stopped: one that was tested before goes back to the people who review it,
 * with what is known; one that never was is out of the way.
 */
export async function stopTests(database: Database, proposal: Proposal, by: Actor): Promise<Proposal> {
  const { id, revision, sequence: seen } = proposal;
  const stopped = `${TESTS_STOPPED} by ${by.name}`;
  const evidence = await database.proposals.evidence(id);
  if (evidence.length === 0) return moveProposal(database, { id, to: "cancelled", actor: by, reason: stopped, seen });
  const known = evidence.some((one) => one.revision === revision)
    ? "what the last ones showed stands"
    : `revision ${revision} is not tested`;
  const reason = `${stopped}: ${known}`;
  return moveProposal(database, { id, to: "awaiting_review", actor: machine("test"), reason, seen });
}
