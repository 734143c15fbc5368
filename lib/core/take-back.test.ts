import { describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import type { DecisionRecord, Transition } from "#lib/core/proposal.ts";
import type { ProposalState } from "#lib/core/words.ts";
import { factsWith, person } from "#lib/pipeline/5-approve/facts.fixture.ts";
import { decideTakeBack } from "./take-back.ts";

const ADA = person("ada");

function situation(decision: DecisionRecord["decision"] | null, states: readonly ProposalState[], by: Actor = ADA) {
  const { proposal } = factsWith();
  const transitions = states.map(
    (to, index): Transition => ({
      sequence: index + 1,
      from: index === 0 ? null : (states[index - 1] ?? null),
      to,
      actor: by,
      reason: "",
      at: new Date(index),
    }),
  );
  const record: DecisionRecord = {
    id: "d1",
    proposalId: "p",
    revision: 1,
    evidenceNumber: 1,
    decision: decision ?? "approve",
    reason: "",
    digest: "",
    acknowledged: [],
    actor: by,
    at: new Date(9),
  };
  const state = states.at(-1) ?? "testing";
  return { proposal: { ...proposal, state }, decisions: decision === null ? [] : [record], transitions };
}

const WAITED = ["testing", "awaiting_review"] as const;
const back = (...given: Parameters<typeof situation>) => decideTakeBack(situation(...given), ADA);

describe("decideTakeBack", () => {
  it("takes back what nothing followed from, and moves the proposal to its review", () => {
    expect(back("reject", [...WAITED, "rejected"])).toMatchObject({ kind: "back", moves: true });
    expect(back("request_changes", [...WAITED, "changes_requested"])).toMatchObject({ kind: "back", moves: true });
    expect(back("approve", [...WAITED, "approved"])).toMatchObject({ kind: "back", moves: true });
    expect(back("approve", [...WAITED, "approved", "simulated"])).toMatchObject({ kind: "back", moves: true });
    // One of two approvals: the proposal never moved.
    expect(back("approve", [...WAITED])).toMatchObject({ kind: "back", moves: false });
  });

  it("refuses what is another's, what was not decided, and what moved on", () => {
    expect(decideTakeBack(situation("reject", [...WAITED, "rejected"]), person("ben"))).toMatchObject({
      reason: expect.stringContaining("ada's, who alone"),
    });
    expect(back(null, [...WAITED])).toMatchObject({ reason: expect.stringContaining("Nobody has decided") });
    for (const state of ["deploying", "deployed", "monitoring", "stable"] as const)
      expect(back("approve", [...WAITED, "approved", state])).toMatchObject({
        reason: expect.stringContaining("roll the tool back"),
      });
    expect(back("request_changes", [...WAITED, "changes_requested", "generating"]).kind).toBe("refused");
    expect(back("reject", ["generating", "no_fix", "rejected"]).kind).toBe("refused");
    expect(back("reject", [...WAITED, "changes_requested", "rejected"]).kind).toBe("refused");
  });

  it("does not take back what was said of an earlier revision", () => {
    const facts = situation("approve", [...WAITED]);
    expect(decideTakeBack({ ...facts, proposal: { ...facts.proposal, revision: 2 } }, ADA).kind).toBe("refused");
  });
});
