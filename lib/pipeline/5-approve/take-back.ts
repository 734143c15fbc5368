/** Takes a decision back, as long as nothing followed from it. */

import type { Caller } from "#lib/core/actor.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { decideTakeBack } from "#lib/core/take-back.ts";
import type { Database } from "#lib/ports/database.ts";
import { moveProposal } from "../transitions.ts";

/**
 * Takes back the caller's decision: the proposal waits for its review again.
 * @throws Problem `not_found`; `conflict` where it is not the caller's, or something followed from it
 */
export async function takeBack(database: Database, proposalId: string, { actor }: Caller): Promise<Proposal> {
  return database.transaction(async (tx) => {
    const found = await tx.proposals.find(proposalId);
    if (found === null) throw new Problem("not_found", `There is no proposal ${proposalId}.`);
    await tx.tools.lock(found.tool);
    const proposal = (await tx.proposals.find(proposalId)) ?? found;
    const decisions = await tx.proposals.decisions(proposalId);
    const transitions = await tx.proposals.transitions(proposalId);
    const answer = decideTakeBack({ proposal, decisions, transitions }, actor);
    if (answer.kind === "refused") throw new Problem("conflict", answer.reason, { state: proposal.state });
    await tx.proposals.withdrawDecision(answer.decision.id);
    const reason = `${actor.name} took the decision back (${WORDS[answer.decision.decision]})`;
    if (answer.moves)
      return moveProposal(tx, { id: proposalId, to: "awaiting_review", actor, reason, known: proposal });
    await tx.audit.append({
      actor,
      verb: "proposal.approval_withdrawn",
      tool: proposal.tool,
      subject: { kind: "proposal", id: proposalId },
      summary: `Proposal ${proposal.number} of ${proposal.tool}: ${reason}`,
    });
    await tx.publish({ kind: "proposal", id: proposalId, tool: proposal.tool });
    return proposal;
  });
}

const WORDS = { approve: "approved", reject: "rejected", request_changes: "changes requested" } as const;
