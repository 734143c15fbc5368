import { describe, expect, it } from "vitest";
import { ProposalState } from "#lib/core/words.ts";
import { GROUP_ORDER, groupOf, inListOrder, type ProposalLine } from "./proposals-page.ts";

function line(id: string, state: ProposalState, minute: number): ProposalLine {
  return {
    id,
    number: 1,
    tool: "t",
    state,
    purpose: "failing",
    baseVersion: 1,
    revision: 1,
    createdAt: new Date(0),
    group: groupOf(state),
    verdict: null,
    headline: null,
    origin: null,
    end: null,
    watch: null,
    since: new Date(minute * 60_000),
  };
}

describe("the list of proposals", () => {
  it("has a place for every state", () => {
    for (const state of ProposalState.options) expect(GROUP_ORDER).toContain(groupOf(state));
  });
  it("puts first who waits longest, then the newest of the others", () => {
    const lines = [
      line("closed", "rejected", 9),
      line("young", "awaiting_review", 5),
      line("live-old", "stable", 1),
      line("old", "awaiting_review", 2),
      line("live-new", "monitoring", 3),
      line("testing", "testing", 1),
    ];
    expect(inListOrder(lines).map(({ id }) => id)).toEqual([
      "old",
      "young",
      "testing",
      "live-new",
      "live-old",
      "closed",
    ]);
  });
});
