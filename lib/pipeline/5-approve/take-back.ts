/** Takes a decision back, as long as nothing followed from it. */

import type { Actor, Caller } from "#lib/core/actor.ts";
import { Problem } from "#lib/core/problem.ts";
import type { DecisionRecord, Proposal, Transition } from "#lib/core/proposal.ts";
import { inWords } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import { moveProposal } from "../transitions.ts";

export type TakeBackFacts = {
  readonly proposal: Proposal;
  /** Oldest first. */
  readonly decisions: readonly DecisionRecord[];
  readonly transitions: readonly Transition[];
};

export type TakeBackAnswer =
  | { readonly kind: "back"; readonly decision: DecisionRecord; readonly moves: boolean }
  | { readonly kind: "refused"; readonly reason: string };

/** States that a decision alone leads to; from any other, something followed. */
const LED_TO: Record<DecisionRecord["decision"], readonly Proposal["state"][]> = {
  approve: ["awaiting_review", "approved", "simulated"],
  reject: ["rejected"],
  request_changes: ["changes_requested"],
};

/** Whether an actor may take back the last decision on a proposal. Pure. */
export function decideTakeBack({ proposal, decisions, transitions }: TakeBackFacts, actor: Actor): TakeBackAnswer {
  const name = `Proposal ${proposal.number}`;
  const decision = decisions.at(-1);
  if (decision === undefined) return refuse(`Nobody has decided on proposal ${proposal.number}: nothing to take back.`);
  if (decision.actor.kind !== actor.kind || decision.actor.id !== actor.id)
    return refuse(
      `The last decision on proposal ${proposal.number} is ${decision.actor.name}'s, who alone can take it back.`,
    );
  if (decision.revision !== proposal.revision || !LED_TO[decision.decision].includes(proposal.state))
    return refuse(
      `${name} is ${inWords(proposal.state)} by now${DEPLOYED.includes(proposal.state) ? ": roll the tool back instead." : ": the decision can no longer be taken back."}`,
    );
  const moves = proposal.state !== "awaiting_review";
  const left = transitions.findLast(({ from }) => from === "awaiting_review");
  if (moves && left?.to !== TO[decision.decision])
    return refuse(`${name} did not wait for a review when it was decided on: it stays ${inWords(proposal.state)}.`);
  return { kind: "back", decision, moves };
}

const TO = { approve: "approved", reject: "rejected", request_changes: "changes_requested" } as const;
const DEPLOYED: readonly Proposal["state"][] = ["deploying", "deployed", "monitoring", "stable"];

function refuse(reason: string): TakeBackAnswer {
  return { kind: "refused", reason };
}

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
