/** Whether a decision may be taken back: as long as nothing followed from it, by whoever made it. Pure. */
import type { Actor } from "./actor.ts";
import type { DecisionRecord, Proposal, Transition } from "./proposal.ts";
import { inWords } from "./words.ts";

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
