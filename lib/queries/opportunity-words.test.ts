import { expect, test } from "vitest";
import { findingsOf, reasonOf, standsAs } from "./opportunity-words.ts";

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
