import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Actor, machine } from "#lib/core/actor.ts";
import { ProposalState } from "#lib/core/words.ts";
import { canMove, mayMove, transitionTable } from "./transitions.ts";

const STATES = ProposalState.options;
const PERSON: Actor = { kind: "person", id: "ada", name: "Ada" };

/** Where a decision led, and taking it back leads away from. */
const DECIDED: readonly ProposalState[] = ["rejected", "changes_requested", "approved", "simulated"];

describe("the legal moves", () => {
  it("know every state, and lead to known ones", () => {
    expect(Object.keys(transitionTable).sort()).toEqual([...STATES].sort());
    for (const moves of Object.values(transitionTable))
      for (const to of Object.keys(moves)) expect(STATES).toContain(to);
  });

  it("reach every state from where proposals begin", () => {
    const reached = new Set<ProposalState>(["generating"]);
    for (const state of reached) for (const to of STATES) if (canMove(state, to)) reached.add(to);
    expect([...reached].sort()).toEqual([...STATES].sort());
  });

  it("give what was cancelled back to nobody but the disk, for its tests", () => {
    expect(STATES.filter((to) => canMove("cancelled", to))).toEqual(["testing"]);
    expect([PERSON, machine("disk")].map((actor) => mayMove("cancelled", "testing", actor))).toEqual([false, true]);
  });

  it("end cancelled or with a version that was rolled back, and every other one leads there", () => {
    const ends = ["cancelled", "rolled_back"];
    for (const state of STATES) {
      const reached = new Set<ProposalState>([state]);
      for (const from of reached) for (const to of STATES) if (canMove(from, to)) reached.add(to);
      expect([...reached].some((one) => ends.includes(one))).toBe(true);
    }
  });

  it("never skip the review: only an approved proposal is deployed or simulated", () => {
    for (const from of STATES) {
      if (canMove(from, "deploying")) expect(from).toBe("approved");
      if (canMove(from, "simulated")) expect(from).toBe("approved");
      // What comes back after a rollback was approved and live before.
      if (canMove(from, "deployed")) expect(["deploying", "rolled_back"]).toContain(from);
      if (canMove(from, "approved")) expect(["awaiting_review", "simulated", "deploying"]).toContain(from);
      // What has changed is tested before it is looked at; a decision that is taken back changes nothing.
      if (canMove(from, "rolled_back")) expect(["deploying", "deployed", "monitoring", "stable"]).toContain(from);
      if (canMove(from, "awaiting_review")) expect(["testing", ...DECIDED]).toContain(from);
    }
  });

  it("leave rejecting and asking for changes to people, and what tests found to the machine", () => {
    for (const from of STATES) {
      expect(mayMove(from, "rejected", machine("loop"))).toBe(false);
      expect(mayMove(from, "changes_requested", machine("loop"))).toBe(false);
      expect(mayMove(from, "awaiting_review", PERSON)).toBe(DECIDED.includes(from));
      expect(mayMove(from, "awaiting_review", machine("loop"))).toBe(from === "testing");
    }
    expect(mayMove("awaiting_review", "rejected", PERSON)).toBe(true);
    expect(mayMove("awaiting_review", "rejected", { kind: "key", id: "k", name: "an agent" })).toBe(true);
    expect(mayMove("testing", "awaiting_review", machine("test"))).toBe(true);
  });

  it("let nobody move what cannot be moved", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATES), fc.constantFrom(...STATES), fc.boolean(), (from, to, person) => {
        const actor = person ? PERSON : machine("any");
        if (mayMove(from, to, actor)) expect(canMove(from, to)).toBe(true);
        if (canMove(from, to)) expect(mayMove(from, to, PERSON) || mayMove(from, to, machine("any"))).toBe(true);
      }),
    );
  });
});
