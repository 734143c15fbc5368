import { describe, expect, test } from "vitest";
import type { Execution } from "#lib/core/execution.ts";
import { seededRandom } from "#lib/core/random.ts";
import { decide } from "./decide.ts";
import { inTimeAgain } from "./find-slow.ts";
import { calls, NOW, recordOf } from "./record.fixture.ts";

const kinds = (executions: readonly Execution[], change = {}): string[] =>
  decide(recordOf(executions, change), NOW).problems.map(({ kind }) => kind);

describe("slow", () => {
  test("over its budget, with certainty", () => {
    const late = (index: number) => ({ latencyMs: index % 4 === 0 ? 900 : 50 });
    const { problems } = decide(recordOf(calls(60, 500, 1, late), { latencyBudgetMs: 500 }), NOW);
    expect(problems.map(({ kind }) => kind)).toEqual(["slow"]);
    expect(problems[0]?.reason).toBe("15 of 60 calls took longer than the budget of 500 ms: p95 is 900 ms");
    const seldom = (index: number) => ({ latencyMs: index % 30 === 0 ? 900 : 50 });
    expect(kinds(calls(60, 500, 1, seldom), { latencyBudgetMs: 500 })).toEqual([]);
  });

  test("a call that timed out kept its caller waiting: it makes p95, is told apart, and is no bad call twice", () => {
    const timedOut = (index: number): Partial<Execution> => ({ status: "timed_out", latencyMs: 10_000, input: index });
    const late = (index: number) => ({ latencyMs: index % 12 === 0 ? 900 : 50 });
    const answered = calls(120, 500, 1, late);
    const options = { latencyBudgetMs: 500 };
    // Ten of 120 answers are no certain one in twenty; with ten calls that never answered they are.
    expect(kinds(answered, options)).toEqual([]);
    const record = recordOf([...answered, ...calls(10, 400, 2, timedOut)], options);
    const slow = decide(record, NOW).problems.find(({ kind }) => kind === "slow");
    expect(slow?.reason).toBe("10 of 120 calls took longer than the budget of 500 ms, 10 more timed out: p95 is 10 s");
    expect(slow?.statistics.latency).toMatchObject({ late: 10, of: 120, timedOut: 10, medianMs: 50, p95Ms: 10_000 });
    expect(slow?.statistics).toMatchObject({ badCallsPerDay: 10, counted: { bad: 10, since: record.firstCall } });
    // The ten that timed out are not among the answers that a share of is late.
    expect(slow?.statistics.lastDay?.calls).toBe(120);
    // Where they are most of what is late, the tool fails and is not slow.
    expect(kinds([...answered, ...calls(11, 400, 2, timedOut)], options)).toEqual(["failing"]);
    // One that ran out of memory in time was not late.
    const memory = calls(10, 400, 2, (index) => ({ ...timedOut(index), latencyMs: 20 }));
    expect(kinds([...answered, ...memory], options)).toEqual(["failing"]);
  });

  test("of failures that are too many to be read it does not say how many timed out", () => {
    const answered = calls(60, 500, 1, (index) => ({ latencyMs: index % 4 === 0 ? 900 : 50 }));
    const record = recordOf(answered, { latencyBudgetMs: 500 });
    const read = calls(5, 100, 2, () => ({ status: "timed_out", latencyMs: 10_000 })).reverse();
    const counts = { ...record.counts, timed_out: 2_000 };
    const slow = decide({ ...record, counts, failures: read }, NOW).problems.find(({ kind }) => kind === "slow");
    expect(slow?.statistics.latency).toMatchObject({ late: 15, of: 60 });
    expect(slow?.statistics.latency?.timedOut).toBeUndefined();
  });

  test("of a long record it counts from the oldest answer that was read, though it got slow before that", () => {
    const HOUR = 60;
    const before = calls(500, 120 * HOUR, 20 * HOUR + 12, () => ({ latencyMs: 100 }));
    const record = recordOf([...before, ...calls(600, 20 * HOUR, 1, () => ({ latencyMs: 900 }))], {
      latencyBudgetMs: 500,
    });
    const others = record.others.slice(0, 500);
    const [slow] = decide({ ...record, others }, NOW).problems;
    expect(slow?.reason).toMatch(/^500 of the newest 500 calls since about Mon 18:59/);
    expect(slow?.statistics.counted).toEqual({ bad: 500, since: others.at(-1)?.startedAt });
  });

  test("of what got slow at once it says since when, and how many come late a day from then on", () => {
    const HOUR = 60;
    const before = calls(500, 120 * HOUR, 20 * HOUR + 12, () => ({ latencyMs: 100 }));
    const late = calls(100, 20 * HOUR, 1, () => ({ latencyMs: 900 }));
    const { problems } = decide(recordOf([...before, ...late], { latencyBudgetMs: 500 }), NOW);
    const [slow] = problems;
    expect(slow?.kind).toBe("slow");
    expect(slow?.reason).toBe(
      "100 of 100 calls since about Mon 19:00 UTC took longer than the budget of 500 ms: p95 is 900 ms",
    );
    expect(slow?.statistics.latency).toMatchObject({ late: 100, of: 100, beforeMs: 100 });
    // All of the 119 calls of the last day would come late now.
    expect(Math.round(slow?.statistics.badCallsPerDay ?? 0)).toBe(119);
    expect(slow?.statistics.counted).toMatchObject({ bad: 100, since: slow?.statistics.latency?.since });
  });

  test("clearly slower than the days before; noise alone is not", () => {
    const random = seededRandom(5);
    const jitter = (scale: number) => () => ({ latencyMs: scale * (1 - Math.log(1 - random())) });
    const before = calls(200, 9_000, 1_500, jitter(20));
    expect(kinds([...before, ...calls(60, 1_000, 1, jitter(20))])).toEqual([]);
    expect(kinds([...before, ...calls(60, 1_000, 1, jitter(60))])).toEqual(["slow"]);
  });
});

describe("in time again", () => {
  const HOUR = 60;
  const took = (number: number, from: number, latencyMs: number) => calls(number, from, 1, () => ({ latencyMs }));
  const shift = { late: 60, of: 60, limitMs: 120, heldTo: "before", medianMs: 240, p95Ms: 250 } as const;
  const budget = { ...shift, limitMs: 500, heldTo: "budget" } as const;

  test("what got slower is held against what it took before, by the answers of the last day", () => {
    const earlier = calls(300, 100 * HOUR, 25 * HOUR, () => ({ latencyMs: 60 }));
    expect(inTimeAgain(recordOf([...earlier, ...took(40, 20 * HOUR, 240)]), shift)).toBeNull();
    expect(inTimeAgain(recordOf([...earlier, ...took(40, 20 * HOUR, 130)]), shift)).toBeNull();
    expect(inTimeAgain(recordOf(took(19, 20 * HOUR, 60)), shift)).toBeNull();
    const slow = calls(300, 100 * HOUR, 25 * HOUR, () => ({ latencyMs: 240 }));
    const note = "The last 40 answers of version 1 came in time: their median is 70 ms, it was 240 ms";
    expect(inTimeAgain(recordOf([...slow, ...took(40, 20 * HOUR, 70)]), shift)).toBe(note);
    // Half and half is not certain; where few are called in a day, the newest twenty tell.
    const half = calls(40, 20 * HOUR, 1, (index) => ({ latencyMs: index % 2 ? 70 : 240 }));
    expect(inTimeAgain(recordOf([...slow, ...half]), shift)).toBeNull();
    expect(inTimeAgain(recordOf([...slow, ...took(15, 20 * HOUR, 70)]), shift)).toMatch(/^15 of the last 20 answers/);
    expect(inTimeAgain(recordOf([...slow, ...took(12, 20 * HOUR, 70)]), shift)).toBeNull();
    // It is within its budget, and was so when it got slower.
    expect(inTimeAgain(recordOf(took(60, 20 * HOUR, 240), { latencyBudgetMs: 500 }), shift)).toBeNull();
  });

  test("another version is told by its own answers", () => {
    const old = calls(300, 100 * HOUR, 2 * HOUR, () => ({ latencyMs: 240 }));
    const own = (latencyMs: number) => calls(30, HOUR, 1, () => ({ latencyMs, version: 2 }));
    expect(inTimeAgain(recordOf([...old, ...own(60)], { version: 2 }), shift)).toMatch(/^The last 30 .* version 2/);
    expect(inTimeAgain(recordOf([...old, ...own(230)], { version: 2 }), shift)).toBeNull();
  });

  test("what was over its budget is within it when one answer in twenty is late at the most", () => {
    const late = (every: number) =>
      recordOf(
        calls(200, 20 * HOUR, 1, (index) => ({ latencyMs: index % every === 0 ? 900 : 50 })),
        { latencyBudgetMs: 500 },
      );
    expect(inTimeAgain(late(15), budget)).toBeNull();
    expect(inTimeAgain(late(20), budget)).toBe("190 of the last 200 answers of version 1 came in time");
    // One that was kept without a word of which limit it was: the budget's, where it is the same.
    expect(inTimeAgain(late(20), { ...budget, heldTo: undefined })).toMatch(/came in time$/);
    // The budget of the version that answers now.
    const wider = recordOf(took(60, 20 * HOUR, 700), { latencyBudgetMs: 1_000 });
    expect(inTimeAgain(wider, budget)).toBe("The last 60 answers of version 1 came in time");
    expect(inTimeAgain({ ...wider, latencyBudgetMs: undefined }, budget)).toBeNull();
  });

  test("calls that timed out keep a budget from being kept, but for those of a tool that fails", () => {
    const cut = (number: number) => calls(number, 19 * HOUR, 2, () => ({ status: "timed_out", latencyMs: 10_000 }));
    const answered = calls(200, 20 * HOUR, 1, (index) => ({ latencyMs: index < 8 ? 900 : 50 }));
    const record = (number: number) => recordOf([...answered, ...cut(number)], { latencyBudgetMs: 500 });
    expect(inTimeAgain(record(0), budget)).toMatch(/^192 of the last 200/);
    expect(inTimeAgain(record(8), budget)).toBeNull();
    expect(inTimeAgain(record(9), budget)).toMatch(/^192 of the last 200/);
  });
});
