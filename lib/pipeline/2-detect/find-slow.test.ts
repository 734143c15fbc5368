import { describe, expect, test } from "vitest";
import type { Execution } from "#lib/core/execution.ts";
import { seededRandom } from "#lib/core/random.ts";
import { decide } from "./decide.ts";
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
