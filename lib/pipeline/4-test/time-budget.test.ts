import { describe, expect, it } from "vitest";
import { createPatience, timeBudget } from "./time-budget.ts";

describe("timeBudget", () => {
  it.each([
    [null, 5_000],
    [0.2, 500],
    [100, 2_000],
    [60_000, 10_000],
  ])("for a slowest good call of %s ms: %i ms", (slowest, budget) => {
    expect(timeBudget(slowest)).toBe(budget);
  });
});

describe("createPatience", () => {
  it("gives less after a few endless runs, and up after some more", () => {
    const patience = createPatience(1_000);
    for (const status of ["succeeded", "timed_out", "failed", "timed_out"]) patience.tell(status);
    expect([patience.budget(), patience.spent(), patience.over()]).toEqual([1_000, false, false]);
    patience.tell("timed_out");
    expect([patience.budget(), patience.spent(), patience.over()]).toEqual([200, true, false]);
    for (let run = 0; run < 3; run += 1) patience.tell("timed_out");
    expect(patience.over()).toBe(true);
    expect(createPatience(100).budget()).toBe(100);
  });
});
