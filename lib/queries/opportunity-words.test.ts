import { expect, test } from "vitest";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { badOf, findingsOf, rateOf, reasonOf, standsAs } from "./opportunity-words.ts";

test("a resolved problem is told in the past, every other one as it stands", () => {
  const failing = {
    kind: "failing",
    reason: "Fails 33 of 123 calls since 08:42 UTC: TypeError: it is not a number",
  } as const;
  expect(reasonOf({ ...failing, state: "open" })).toBe(failing.reason);
  expect(reasonOf({ ...failing, state: "resolved" })).toBe(
    "Failed 33 of 123 calls since 08:42 UTC: TypeError: it is not a number",
  );
  expect(reasonOf({ ...failing, state: "open" }, true)).toMatch(/^Failed 33/);
  expect(
    findingsOf({ state: "resolved", findings: ["3 callers are affected", "Only ada is affected: 9 of 9"] }),
  ).toEqual(["3 callers were affected", "Only ada was affected: 9 of 9"]);
  expect(
    reasonOf({
      kind: "slow",
      state: "resolved",
      reason: "100 of 500 calls took longer than the budget of 200 ms: p95 is 900 ms",
    }),
  ).toBe("100 of 500 calls took longer than the budget of 200 ms: p95 was 900 ms");
  expect(standsAs({ kind: "slow", state: "resolved" })).toBe("was slow");
  expect(standsAs({ kind: "incorrect", state: "dismissed" })).toBe("is incorrect");
});

test("a row says of each kind what it is about: a success rate of failures alone", () => {
  const figures = { failures: 35, calls: 38, lowerBound: 0.003, upperBound: 0.342 };
  const of = (kind: Opportunity["kind"], more: Partial<Opportunity["statistics"]> = {}) => {
    const one = { kind, statistics: { ...figures, ...more } as Opportunity["statistics"] };
    return [badOf(one), rateOf(one)];
  };
  expect(of("failing")).toEqual(["35 of 38 failed", "0.3–34.2 %"]);
  expect(of("degrading")).toEqual(["35 of 38 failed", "0.3–34.2 %"]);
  expect(of("incorrect", { wrong: { marked: 1, cases: 0 } })).toEqual(["1 marked wrong", null]);
  expect(of("incorrect", { wrong: { marked: 0, cases: 2 } })).toEqual(["2 of its cases", null]);
  expect(of("slow", { latency: { late: 15, of: 60, limitMs: 9, medianMs: 3, p95Ms: 12 } })).toEqual([
    "15 of 60 late",
    null,
  ]);
});
