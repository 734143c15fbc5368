import { describe, expect, test } from "vitest";
import type { Execution } from "#lib/core/execution.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { decide } from "./decide.ts";
import { findKindChanges } from "./find-kind-change.ts";
import { nextStep } from "./lifecycle.ts";
import { call, calls, NOW, recordOf } from "./record.fixture.ts";

const DAY = 24 * 60;
const failed = (name: string, change: Partial<Execution> = {}): Partial<Execution> => ({
  status: "failed",
  error: { name, message: `a ${name}`, stack: "" },
  ...change,
});
/** One call in so many fails with this error. */
const every = (nth: number, name: string) => (index: number) => (index % nth === nth - 1 ? failed(name) : {});
/** One kind of failure for five days, then another one for a day, as often. */
const turned = (nth: number, change: Partial<Execution> = {}) => [
  ...calls(2_000, 6 * DAY, DAY, every(nth, "TypeError")),
  ...calls(1_000, DAY, 1, every(nth, "RangeError")).map((one) => ({ ...one, ...change })),
];

describe("a change of the kind of failure at an unchanged success rate", () => {
  test("is degrading, with the kind, its beginning, its counts and what stopped then", () => {
    const { problems } = decide(recordOf(turned(33), { target: 0.95 }), NOW);
    expect(problems).toHaveLength(1);
    const [problem] = problems;
    expect(problem).toMatchObject({ kind: "degrading", attribution: "tool" });
    expect(problem?.statistics.change).toBeUndefined();
    expect(problem?.reason).toMatch(
      /^RangeError: a RangeError began about Mon 15:\d\d UTC: 30 of 1,0\d\d calls since, 0 of 1,9\d\d before$/,
    );
    expect(problem?.clusters.map(({ errorName, count }) => [errorName, count])).toEqual([["RangeError", 30]]);
    expect(problem?.findings[0]).toMatch(
      /^TypeError stopped and RangeError began about Mon 15:\d\d UTC: TypeError in 60 of [\d,]+ calls before, 0 of [\d,]+ since; RangeError in 0 of [\d,]+ calls before, 30 of [\d,]+ since; the chance of an accident is below one in a million$/,
    );
    expect(problem?.findings.join()).not.toContain("It began");
    // Thirty of the thousand calls of the last day, and each costs as one of a degrading tool.
    expect(problem?.statistics.badCallsPerDay).toBeCloseTo(30, -1);
    expect(problem?.priority).toBeCloseTo(2 * (problem?.statistics.badCallsPerDay ?? 0));
    expect(problem?.statistics.counted).toMatchObject({ bad: 30 });
  });

  test("is told of a tool that is failing anyway", () => {
    const { problems } = decide(recordOf(turned(10)), NOW);
    expect(problems.map(({ kind }) => kind)).toEqual(["failing"]);
    expect(problems[0]?.findings[0]).toMatch(/the share of failures has not changed since, but their kinds have$/);
    expect(problems[0]?.findings[1]).toMatch(/^TypeError stopped and RangeError began about Mon 15:\d\d UTC: /);
  });

  test("of a new version is the watch's matter, and so is one beside a canary", () => {
    const target = 0.95;
    expect(decide(recordOf(turned(33, { version: 2 }), { target, version: 2 }), NOW).problems).toEqual([]);
    const canary = calls(100, 2 * DAY, 60, () => ({ version: 2 }));
    expect(decide(recordOf([...turned(33), ...canary], { target }), NOW).problems).toEqual([]);
  });

  test("does not count what was dismissed, and needs a day before it", () => {
    const record = recordOf(turned(33), { target: 0.95 });
    const keys = decide(record, NOW).problems[0]?.clusters.map(({ key }) => key) ?? [];
    expect(decide(record, NOW, new Set(keys)).problems).toEqual([]);
    const short = [...calls(500, 300, 121, every(33, "TypeError")), ...calls(500, 120, 1, every(33, "RangeError"))];
    expect(decide(recordOf(short, { target: 0.95 }), NOW).problems).toEqual([]);
  });

  test("one burst, and what comes every night, are no change", () => {
    const risen = (executions: Execution[]) =>
      findKindChanges(recordOf(executions)).filter(({ direction }) => direction === "worse");
    const base = (until: number) => calls(4_000, 6 * DAY, until, every(50, "TypeError"));
    const nightly = base(12 * 60).map((one, index) =>
      one.startedAt.getUTCHours() < 3 && index % 4 === 0
        ? { ...call(0, failed("RangeError")), startedAt: one.startedAt }
        : one,
    );
    // At three in the night, after six of them.
    expect(risen(nightly)).toEqual([]);
    expect(risen([...base(1), ...calls(12, 30, 20, () => failed("RangeError"))])).toEqual([]);
    expect(risen([...base(1), ...calls(12, 600, 20, () => failed("RangeError"))])).toHaveLength(1);
  });
});

describe("the opportunity of it", () => {
  const step = (executions: Execution[], version = 1) => {
    const record = recordOf(executions, { target: 0.95, version });
    const [problem] = decide(recordOf(turned(33), { target: 0.95 }), NOW).problems;
    const known = { ...problem, id: "o", tool: "t", state: "open" } as Opportunity;
    const examination = decide(record, NOW);
    const found = examination.problems.find(({ kind }) => kind === "degrading") ?? null;
    return nextStep({ known, problem: found, beyondDismissed: null, examination, record, proposals: [], now: NOW });
  };
  /** The same history, so many minutes earlier. */
  const ago = (minutes: number) =>
    turned(33).map((one) => ({ ...one, startedAt: new Date(one.startedAt.getTime() - minutes * 60_000) }));

  test("stays while the kind is there, and for a day after", () => {
    expect(step(turned(33)).do).toBe("update");
    expect(step([...ago(DAY / 2), ...calls(500, DAY / 2, 1)]).do).toBe("update");
  });

  test("is resolved by a day without it, and by another version that has less of it", () => {
    expect(step([...ago(DAY * 1.1), ...calls(1_000, DAY * 1.1, 1)])).toMatchObject({
      do: "resolve",
      note: expect.stringMatching(/^0 of [\d,]+ calls of version 1 failed with RangeError since$/),
    });
    expect(
      step(
        calls(300, 200, 1, () => ({ version: 2 })),
        2,
      ),
    ).toMatchObject({ do: "resolve" });
    expect(
      step(
        calls(20, 200, 1, () => ({ version: 2 })),
        2,
      ),
    ).toMatchObject({ do: "leave" });
  });
});
