/** Whether a decision may be taken, and where the proposal goes with it. Pure: facts in, outcome out. */
import type { Actor } from "#lib/core/actor.ts";
import {
  type ApprovalFacts,
  type ApprovalPolicy,
  approvalDigest,
  approvalsMissing,
  currentParts,
  currentSnapshot,
  explainDigest,
} from "#lib/core/approval-digest.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import { whyNotApprover } from "#lib/core/policy.ts";
import type { DecisionRecord } from "#lib/core/proposal.ts";
import type { Version } from "#lib/core/version.ts";
import { inWords, type ProposalState } from "#lib/core/words.ts";
import type { DecideRequest } from "../rooms.ts";
import { canMove } from "../transitions.ts";

export type DecideFacts = ApprovalFacts & {
  readonly activeVersion: number | null;
  /** Versions other than the base, to say what changed since somebody looked. */
  readonly otherVersions: readonly Version[];
  readonly policy: ApprovalPolicy & { readonly reasonRequired: boolean };
};

export type DecideOutcome =
  | {
      readonly kind: "recorded";
      readonly to: ProposalState | null;
      readonly decision: Omit<DecisionRecord, "id" | "at">;
      /** What the policy still asks for, where an approval was recorded and the proposal waits on. */
      readonly missing: readonly string[];
    }
  /** The base moved: the proposal is stale whatever the person wanted. */
  | { readonly kind: "stale"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string; readonly details: Record<string, unknown> };

/** Decides on one request by one actor. */
export function decideOn(facts: DecideFacts, request: DecideRequest, actor: Actor): DecideOutcome {
  const { proposal } = facts;
  const name = `Proposal ${proposal.number}`;
  const to = TARGETS[request.decision];
  if (!canMove(proposal.state, to) || (request.decision === "approve" && proposal.state !== "awaiting_review"))
    return refuse(`${name} is ${inWords(proposal.state)}: it cannot be ${DONE[request.decision]} now.`, {
      state: proposal.state,
    });
  const snapshot = currentSnapshot(facts);
  const parts = currentParts(facts);
  if (snapshot === null || parts === null) {
    // Nothing was tested, so there is nothing that a no would have to be bound to.
    if (request.decision === "approve") return refuse(`${name} was not tested yet: wait for its evidence.`);
  } else if (approvalDigest(parts) !== request.digest) {
    return refuseDigest(facts, request);
  }
  if (facts.policy.reasonRequired && request.reason.trim() === "")
    return refuse("Every decision needs a reason here: say why.");
  const decision = {
    proposalId: proposal.id,
    revision: proposal.revision,
    evidenceNumber: snapshot?.number ?? 0,
    decision: request.decision,
    reason: request.reason,
    digest: request.digest,
    acknowledged: [...request.acknowledge],
    actor,
  };
  if (request.decision !== "approve") return { kind: "recorded", to, decision, missing: [] };
  if (snapshot === null) return refuse(`${name} was not tested yet: wait for its evidence.`);
  if (facts.activeVersion !== proposal.baseVersion)
    return {
      kind: "stale",
      reason: `it was made for version ${proposal.baseVersion}, and version ${facts.activeVersion ?? "none"} is active now`,
    };
  const objection = objectionTo(snapshot, request, actor, facts.policy);
  if (objection !== null) return objection;
  const after = { ...facts, decisions: [...facts.decisions, { ...decision, id: "", at: proposal.createdAt }] };
  const missing = approvalsMissing(after, facts.policy);
  return { kind: "recorded", to: missing.length === 0 ? "approved" : null, decision, missing };
}

const TARGETS = { approve: "approved", reject: "rejected", request_changes: "changes_requested" } as const;
const DONE = { approve: "approved", reject: "rejected", request_changes: "sent back for changes" } as const;

/** Ids of the warnings without whose acknowledgement this evidence cannot be approved. */
export function warningsToAcknowledge({ verdict, strategy, summary }: Evidence): string[] {
  const ids = new Set(summary.warnings.filter(({ mustAcknowledge }) => mustAcknowledge).map(({ id }) => id));
  if (verdict === "inconclusive") ids.add("inconclusive");
  if (strategy === "manual") ids.add("manual-risk");
  return [...ids];
}

function objectionTo(
  snapshot: Evidence,
  request: DecideRequest,
  actor: Actor,
  policy: ApprovalPolicy,
): Extract<DecideOutcome, { kind: "refused" }> | null {
  const { verdict, strategyUsed, summary } = snapshot;
  if (verdict === "failed" || verdict === "error")
    return refuse(
      verdict === "failed"
        ? `The evidence says failed, which nobody can approve: ${snapshot.headline}`
        : `The tests could not be carried out, which nobody can approve: run them again. ${snapshot.headline}`,
      { verdict },
    );
  const barred = whyNotApprover(policy, snapshot, actor);
  if (barred !== null) return refuse(barred, { verdict, strategyUsed });
  const missing = warningsToAcknowledge(snapshot).filter((id) => !request.acknowledge.includes(id));
  if (missing.length > 0) {
    const named = missing.map((id) => {
      const text = summary.warnings.find((warning) => warning.id === id)?.text;
      return text === undefined ? id : `${id} ("${text}")`;
    });
    return refuse(
      `Acknowledge ${missing.length === 1 ? "this warning" : `these ${missing.length} warnings`} to approve: ${named.join(", ")}.`,
      { missing },
    );
  }
  return null;
}

function refuseDigest(facts: DecideFacts, request: DecideRequest): DecideOutcome {
  const changed = explainDigest(request.digest, facts, facts.otherVersions);
  return refuse(
    changed === null
      ? "The digest is not the one of this proposal: look at it again and send the digest that it shows."
      : `Since you looked, ${changed.join(" and ")} changed: look at it again, then decide.`,
    { changed: changed ?? [] },
  );
}

function refuse(reason: string, details: Record<string, unknown> = {}): Extract<DecideOutcome, { kind: "refused" }> {
  return { kind: "refused", reason, details };
}
