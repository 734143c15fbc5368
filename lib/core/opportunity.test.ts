import { describe, expect, it } from "vitest";
import { isPursued } from "./opportunity.ts";
import { ProposalState } from "./words.ts";

/** Ended without a fix that runs, put aside, or already live and well. */
const OVER: readonly ProposalState[] = [
  "no_fix",
  "simulated",
  "stable",
  "rolled_back",
  "rejected",
  "stale",
  "cancelled",
];

describe("isPursued", () => {
  it.each(ProposalState.options)("by a proposal that is %s", (state) => {
    expect(isPursued([{ state }])).toBe(!OVER.includes(state));
  });
  it("takes one that may still solve it", () => {
    expect(isPursued([])).toBe(false);
    expect(isPursued(OVER.map((state) => ({ state })))).toBe(false);
    expect(isPursued([{ state: "rejected" }, { state: "testing" }])).toBe(true);
  });
});
