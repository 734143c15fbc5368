import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { approvalDigest, approvalsMissing, currentParts, standingApprovals } from "#lib/core/approval-digest.ts";
import { DEFAULT_APPROVERS } from "#lib/core/policy.ts";
import type { DecisionRecord } from "#lib/core/proposal.ts";
import { Decision, ProposalState, Strategy, Verdict } from "#lib/core/words.ts";
import type { DecideRequest } from "../rooms.ts";
import { canMove } from "../transitions.ts";
import { type DecideFacts, decideOn } from "./decide.ts";
import { factsWith, MACHINE, person, revisionWith, snapshotWith, versionWith } from "./facts.fixture.ts";

const ADA = person("ada");
const BEN = person("ben");

function digestOf(facts: DecideFacts): string {
  const parts = currentParts(facts);
  return parts === null ? "none" : approvalDigest(parts);
}

function ask(facts: DecideFacts, change: Partial<DecideRequest> = {}): DecideRequest {
  return { proposalId: "p", decision: "approve", reason: "", digest: digestOf(facts), acknowledge: [], ...change };
}

const decide = (facts: DecideFacts, change: Partial<DecideRequest> = {}, actor: Actor = ADA) =>
  decideOn(facts, ask(facts, change), actor);

const withProposal = (facts: DecideFacts, change: Partial<DecideFacts["proposal"]>): DecideFacts => ({
  ...facts,
  proposal: { ...facts.proposal, ...change },
});

describe("approving", () => {
  it("approves what passed, bound to what was seen", () => {
    const facts = factsWith();
    expect(decide(facts, { reason: "reads well" })).toEqual({
      kind: "recorded",
      to: "approved",
      missing: [],
      decision: {
        proposalId: "p",
        revision: 1,
        evidenceNumber: 1,
        decision: "approve",
        reason: "reads well",
        digest: digestOf(facts),
        acknowledged: [],
        actor: ADA,
      },
    });
  });

  it("says which part changed since somebody looked", () => {
    const before = factsWith();
    const seen = ask(before);
    const newer = factsWith({
      proposal: { ...before.proposal, revision: 2 },
      revisions: [revisionWith(1), revisionWith(2)],
      snapshots: [snapshotWith(1), snapshotWith(2, { revision: 2 })],
    });
    expect(decideOn(newer, seen, ADA)).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/the proposed source and the evidence .* changed/),
    });
    const again = factsWith({ snapshots: [snapshotWith(1), snapshotWith(2, { verdict: "failed" })] });
    const { reason } = decideOn(again, seen, ADA) as { reason: string };
    expect(reason).toContain("snapshot 1, passed, is now snapshot 2, failed");
    expect(reason).not.toContain("source");
    const rebased = factsWith({ base: versionWith(2), otherVersions: [versionWith(1)] });
    expect(decideOn(rebased, seen, ADA)).toMatchObject({ reason: expect.stringContaining("the base source changed") });
    expect(decideOn(before, { ...seen, digest: "0".repeat(64) }, ADA)).toMatchObject({
      reason: expect.stringContaining("not the one of this proposal"),
    });
  });

  it("wants each warning acknowledged, and says which is missing", () => {
    const warnings = [
      { id: "changed-outputs", text: "3 good answers would change.", mustAcknowledge: true },
      { id: "noise", text: "One place differs.", mustAcknowledge: false },
    ];
    const facts = factsWith({ snapshots: [snapshotWith(1, { verdict: "inconclusive" }, warnings)] });
    expect(decide(facts)).toMatchObject({
      kind: "refused",
      details: { missing: ["changed-outputs", "inconclusive"] },
    });
    expect(decide(facts, { acknowledge: ["changed-outputs"] })).toMatchObject({
      details: { missing: ["inconclusive"] },
    });
    expect(decide(facts, { acknowledge: ["changed-outputs", "inconclusive"] })).toMatchObject({ to: "approved" });
  });

  it("never takes a manual tool without its risk acknowledged", () => {
    const facts = factsWith({ snapshots: [snapshotWith(1, { strategy: "manual", verdict: "inconclusive" })] });
    expect(decide(facts, { acknowledge: ["inconclusive"] })).toMatchObject({ details: { missing: ["manual-risk"] } });
    expect(decide(facts, { acknowledge: ["inconclusive", "manual-risk"] })).toMatchObject({ to: "approved" });
  });

  it("calls it stale where the base moved", () => {
    expect(decide(factsWith({ activeVersion: 2 }))).toMatchObject({
      kind: "stale",
      reason: expect.stringContaining("version 2 is active now"),
    });
    expect(decide(factsWith({ activeVersion: 2 }), { decision: "reject" })).toMatchObject({ to: "rejected" });
  });

  it("counts approvers, not approvals", () => {
    const policy = { ...factsWith().policy, requiredApprovals: 2 };
    const first = decide(factsWith({ policy }));
    if (first.kind !== "recorded") throw new Error(first.reason);
    expect(first).toMatchObject({ to: null, missing: ["1 more approval is needed"] });
    const decisions: DecisionRecord[] = [{ ...first.decision, id: "d1", at: new Date(0) }];
    expect(decide(factsWith({ policy, decisions }))).toMatchObject({ to: null });
    expect(decide(factsWith({ policy, decisions }), {}, BEN)).toMatchObject({ to: "approved" });
  });

  it("lets nobody approve alone what they proposed or edited last, where four eyes are asked for", () => {
    const policy = { ...factsWith().policy, fourEyes: true };
    const own = withProposal(factsWith({ policy }), { createdBy: ADA });
    expect(decide(own)).toMatchObject({
      to: null,
      missing: [expect.stringContaining("neither proposed nor last edited")],
    });
    expect(decide(own, {}, BEN)).toMatchObject({ to: "approved" });
    const edited = factsWith({ policy, revisions: [revisionWith(1, BEN)] });
    expect(decide(edited, {}, BEN)).toMatchObject({ to: null });
    expect(decide(edited, {}, ADA)).toMatchObject({ to: "approved" });
  });

  it("lets the machine approve only what passed by shadow or replay, and only where policy says so", () => {
    const loop: Actor = { kind: "machine", id: "loop", name: "loop" };
    const policy = { ...factsWith().policy, autoDeploy: true };
    expect(decide(factsWith(), {}, loop)).toMatchObject({ kind: "refused" });
    expect(decide(factsWith({ policy }), {}, loop)).toMatchObject({ to: "approved" });
    const cases = factsWith({ policy, snapshots: [snapshotWith(1, { strategyUsed: "synthetic" })] });
    expect(decide(cases, {}, loop)).toMatchObject({ kind: "refused" });
    expect(decide(factsWith({ policy: { ...policy, fourEyes: true } }), {}, loop)).toMatchObject({ to: null });
  });
});

describe("the other decisions", () => {
  it("rejects and asks for changes, with a reason where one is asked for", () => {
    expect(decide(factsWith(), { decision: "reject" })).toMatchObject({ to: "rejected" });
    expect(decide(factsWith(), { decision: "request_changes", reason: "smaller" })).toMatchObject({
      to: "changes_requested",
    });
    const policy = { ...factsWith().policy, reasonRequired: true };
    expect(decide(factsWith({ policy }), { decision: "reject", reason: " " })).toMatchObject({ kind: "refused" });
    expect(decide(factsWith({ policy }), { decision: "reject", reason: "no" })).toMatchObject({ to: "rejected" });
  });

  it("rejects what was never tested, but approves nothing of it", () => {
    const untested = withProposal(factsWith({ snapshots: [], revisions: [] }), { state: "no_fix", revision: 0 });
    expect(decide(untested, { decision: "reject", digest: "-" })).toMatchObject({ to: "rejected" });
    expect(decide(untested, { decision: "approve", digest: "-" })).toMatchObject({ kind: "refused" });
    const waiting = factsWith({ snapshots: [] });
    expect(decide(waiting, { digest: "none" })).toMatchObject({ kind: "refused" });
    expect(decide(waiting, { decision: "reject", digest: "none" })).toMatchObject({ to: "rejected" });
    const asked = decide(waiting, { decision: "request_changes", digest: "none" });
    expect(asked).toMatchObject({ to: "changes_requested", decision: { evidenceNumber: 0 } });
  });
});

describe("in any sequence", () => {
  const actor = fc.constantFrom<Actor>(ADA, BEN, person("cyd"), MACHINE);
  const act = fc.oneof(
    fc.record({
      kind: fc.constant("decide" as const),
      decision: fc.constantFrom(...Decision.options),
      actor,
      honest: fc.boolean(),
      acknowledge: fc.subarray(["inconclusive", "manual-risk", "w"]),
    }),
    fc.record({ kind: fc.constant("evidence" as const), verdict: fc.constantFrom(...Verdict.options) }),
    fc.record({ kind: fc.constant("revise" as const), actor }),
    fc.record({ kind: fc.constant("activate" as const), version: fc.constantFrom(1, 2) }),
  );
  const policy = fc.record({
    requiredApprovals: fc.integer({ min: 1, max: 3 }),
    fourEyes: fc.boolean(),
    reasonRequired: fc.boolean(),
    autoDeploy: fc.boolean(),
    approvers: fc.constant(DEFAULT_APPROVERS),
    agreementThreshold: fc.constant(0.95),
  });

  it("approves nothing that failed, is stale, was not seen as it is, or lacks an approver", () => {
    fc.assert(
      fc.property(
        policy,
        fc.constantFrom(...Strategy.options),
        fc.array(act, { maxLength: 30 }),
        (rules, strategy, acts) => {
          let facts = factsWith({ policy: rules, snapshots: [snapshotWith(1, { strategy })] });
          for (const one of acts) {
            if (one.kind === "activate") facts = { ...facts, activeVersion: one.version };
            else if (one.kind === "revise") {
              const revision = facts.proposal.revision + 1;
              facts = { ...facts, revisions: [...facts.revisions, revisionWith(revision, one.actor)] };
              facts = withProposal(facts, { revision, state: "awaiting_review" });
            } else if (one.kind === "evidence") {
              const number = facts.snapshots.length + 1;
              const { verdict } = one;
              const snapshot = snapshotWith(number, { verdict, strategy, revision: facts.proposal.revision });
              facts = withProposal(
                { ...facts, snapshots: [...facts.snapshots, snapshot] },
                { state: "awaiting_review" },
              );
            } else {
              const request = ask(facts, {
                decision: one.decision,
                acknowledge: one.acknowledge,
                ...(one.honest ? {} : { digest: "f".repeat(64) }),
              });
              const outcome = decideOn(facts, request, one.actor);
              if (outcome.kind !== "recorded") continue;
              expect(one.honest || facts.snapshots.every(({ revision }) => revision !== facts.proposal.revision)).toBe(
                true,
              );
              if (outcome.to !== null) expect(canMove(facts.proposal.state, outcome.to)).toBe(true);
              const id = `d${facts.decisions.length}`;
              const decisions = [...facts.decisions, { ...outcome.decision, id, at: new Date(0) }];
              facts = withProposal({ ...facts, decisions }, { state: outcome.to ?? facts.proposal.state });
              if (outcome.to !== "approved") continue;
              const latest = facts.snapshots.filter(({ revision }) => revision === facts.proposal.revision).at(-1);
              expect(["passed", "inconclusive"]).toContain(latest?.verdict);
              if (latest?.verdict === "inconclusive") expect(one.acknowledge).toContain("inconclusive");
              if (strategy === "manual") expect(one.acknowledge).toContain("manual-risk");
              expect(facts.activeVersion).toBe(facts.proposal.baseVersion);
              const standing = standingApprovals(facts);
              expect(standing.length).toBeGreaterThanOrEqual(rules.requiredApprovals);
              expect(new Set(standing.map(({ actor: by }) => by.id)).size).toBe(standing.length);
              expect(standing.every(({ revision }) => revision === facts.proposal.revision)).toBe(true);
            }
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it("decides only from states that lead there", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ProposalState.options),
        fc.constantFrom(...Decision.options),
        (state, decision) => {
          const outcome = decide(withProposal(factsWith(), { state }), { decision });
          if (outcome.kind === "recorded" && outcome.to !== null) expect(canMove(state, outcome.to)).toBe(true);
          if (decision === "approve" && state !== "awaiting_review") expect(outcome.kind).toBe("refused");
        },
      ),
    );
  });
});

describe("approvals that stand", () => {
  const approvedOnce = (): DecideFacts => {
    const facts = factsWith();
    const outcome = decide(facts);
    if (outcome.kind !== "recorded") throw new Error(outcome.reason);
    return { ...facts, decisions: [{ ...outcome.decision, id: "d", at: new Date(0) }] };
  };

  it("outlive a later snapshot unless its verdict is worse", () => {
    const facts = approvedOnce();
    const later = (verdict: "passed" | "inconclusive" | "failed" | "error") =>
      standingApprovals({ ...facts, snapshots: [...facts.snapshots, snapshotWith(2, { verdict })] }).length;
    expect([later("passed"), later("inconclusive"), later("failed"), later("error")]).toEqual([1, 0, 0, 0]);
  });

  it("are void after any change of what they were bound to", () => {
    const facts = approvedOnce();
    expect(approvalsMissing(facts, facts.policy)).toEqual([]);
    const { manifest } = facts.base;
    const changes: Partial<DecideFacts>[] = [
      { base: versionWith(1, "another source") },
      { revisions: [{ ...revisionWith(1), hash: "other" }] },
      { base: { ...facts.base, manifest: { ...manifest, permissions: { ...manifest.permissions, kv: "write" } } } },
      {
        base: {
          ...facts.base,
          manifest: { ...manifest, characteristics: { ...manifest.characteristics, idempotent: false } },
        },
      },
    ];
    for (const change of changes) expect(standingApprovals({ ...facts, ...change })).toEqual([]);
  });

  it("are void after somebody asked for changes", () => {
    const facts = approvedOnce();
    const outcome = decide(facts, { decision: "request_changes" }, BEN);
    if (outcome.kind !== "recorded") throw new Error(outcome.reason);
    const decisions = [...facts.decisions, { ...outcome.decision, id: "d2", at: new Date(1) }];
    expect(standingApprovals({ ...facts, decisions })).toEqual([]);
  });
});
