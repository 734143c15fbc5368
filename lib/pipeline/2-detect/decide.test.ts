import { describe, expect, test } from "vitest";
import type { Execution } from "#lib/core/execution.ts";
import { seededRandom } from "#lib/core/random.ts";
import type { Effect } from "#lib/core/tool.ts";
import { decide } from "./decide.ts";
import { call, calls, NOW, recordOf } from "./record.fixture.ts";

const bad = (): Partial<Execution> => ({ status: "failed" });
const kinds = (executions: Execution[], change = {}) =>
  decide(recordOf(executions, change), NOW).problems.map(({ kind }) => kind);

describe("failing", () => {
  test("two failures in two calls and 500 in 10,000 are both right; one in one and 100 in 10,000 are not", () => {
    expect(kinds(calls(2, 60, 50, bad))).toEqual(["failing"]);
    expect(kinds(calls(10_000, 7_000, 1, (index) => (index % 20 === 0 ? bad() : {})))).toEqual(["failing"]);
    expect(kinds([call(5, bad())])).toEqual([]);
    expect(kinds(calls(10_000, 7_000, 1, (index) => (index % 100 === 0 ? bad() : {})))).toEqual([]);
    expect(kinds(calls(500, 7_000, 1))).toEqual([]);
  });

  test("five of ten: one problem, one cluster, its smallest input, a plain reason and what the inputs share", () => {
    const executions = calls(10, 58, 57, (index) =>
      index % 2 === 0
        ? {
            input: { operation: "divide", a: index + 1, b: 0 },
            status: "failed",
            error: { name: "OutputNotJson", message: "result is Infinity", stack: "" },
          }
        : { input: { operation: "divide", a: index, b: 2 } },
    );
    const { problems } = decide(recordOf(executions), NOW);
    expect(problems).toHaveLength(1);
    const [problem] = problems;
    expect(problem).toMatchObject({
      kind: "failing",
      reason: "Fails 5 of 10 calls since 14:02 UTC: OutputNotJson: result is Infinity",
      attribution: "tool",
      priority: 15,
      statistics: { calls: 10, failures: 5, successRate: 0.5, badCallsPerDay: 5 },
    });
    expect(problem?.clusters).toHaveLength(1);
    expect(problem?.clusters[0]).toMatchObject({ count: 5, smallestInput: { operation: "divide", b: 0 } });
    expect(problem?.findings.join("\n")).toMatch(/\/b is 0 in 5 of 5 failures, and in none of 5 good calls/);
  });

  test("refused and rejected calls are no failures", () => {
    expect(kinds(calls(50, 100, 1, (index) => (index % 2 ? { status: "refused" } : { status: "rejected" })))).toEqual(
      [],
    );
  });

  test("a long good record does not hide that the tool broke an hour ago, and says when", () => {
    const executions = [...calls(4_000, 9_000, 61), ...calls(20, 60, 1, bad)];
    const [problem] = decide(recordOf(executions), NOW).problems;
    expect(problem?.kind).toBe("failing");
    // The first failures fall into the slice in which the good record ends.
    expect(problem?.statistics.calls).toBe(problem?.statistics.failures);
    expect(problem?.statistics.calls).toBeGreaterThanOrEqual(17);
    expect(problem?.findings[0]).toMatch(
      /began about 14:0\d UTC: [0-3] of 4,00\d calls failed before, (\d+) of \1 calls since/,
    );
  });

  test("an outage that is over is over", () => {
    const executions = [...calls(2_000, 9_000, 3_001), ...calls(200, 3_000, 2_000, bad), ...calls(1_000, 1_999, 1)];
    expect(kinds(executions)).toEqual([]);
  });

  test("a fault of the tool is not gone because other inputs came after it, until they have come for a day", () => {
    const broke = [...calls(80, 600, 301), ...calls(12, 300, 289, bad)];
    const [problem, ...others] = decide(recordOf([...broke, ...calls(20, 270, 250)]), NOW).problems;
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ kind: "failing", statistics: { failures: 12 }, attribution: "tool" });
    expect(problem?.findings.join("\n")).toMatch(/20 of 20 calls succeeded since .* on the same version/);
    // Above target again, it is no fall either: that is over.
    expect(kinds([...calls(80, 3_000, 601), ...calls(15, 600, 590, bad), ...calls(2_000, 500, 1)])).toEqual([]);
    // As many good calls as one likes: it is the bound that decides.
    expect(kinds([...broke, ...calls(100, 270, 1)])).toEqual(["failing"]);
    expect(kinds([...broke, ...calls(3_000, 270, 1)])).toEqual([]);
    const before = [...calls(80, 3_000, 2_001), ...calls(12, 2_000, 1_989, bad)];
    expect(kinds([...before, ...calls(300, 1_700, 1)])).toEqual([]);
  });

  test("an upstream's is gone when it answers again", () => {
    const down: Effect = {
      ...{ call: 0, kind: "fetch" as const, request: { url: "https://api.example.com/v1" } },
      ...{ error: { name: "TypeError", message: "fetch failed" }, startedMs: 0, endedMs: 1 },
    };
    const cut = (effects: Effect[]) => calls(40, 300, 280, () => ({ ...bad(), effects }));
    const [before, after] = [calls(200, 600, 301), calls(200, 270, 1)];
    expect(kinds([...before, ...cut([down]), ...after])).toEqual([]);
    expect(kinds([...before, ...cut([]), ...after])).toEqual(["failing"]);
  });

  test("clusters that a person dismissed are left out", () => {
    const executions = [...calls(100, 500, 100), ...calls(20, 400, 110, bad)];
    const record = recordOf(executions);
    const [problem] = decide(record, NOW).problems;
    const seen = new Set(problem?.clusters.map(({ key }) => key));
    expect(decide(record, NOW, seen).problems).toEqual([]);
    const other = () => ({ ...bad(), error: { name: "RangeError", message: "too large", stack: "" } });
    const worse = recordOf([...executions, ...calls(20, 300, 105, other)]);
    expect(decide(worse, NOW, seen).problems[0]?.clusters.map(({ errorName }) => errorName)).toEqual(["RangeError"]);
  });
});

test("the figures of what is left after a dismissal are its own", () => {
  const known = () => ({ ...bad(), caller: "bob" });
  const first = recordOf(calls(200, 3_000, 200, known));
  const [problem] = decide(first, NOW).problems;
  const seen = new Set(problem?.clusters.map(({ key }) => key));
  const other = () => ({ ...bad(), caller: "eve", error: { name: "RangeError", message: "too large", stack: "" } });
  const [left] = decide(recordOf([...calls(400, 3_000, 1, known), ...calls(8, 120, 20, other)]), NOW, seen).problems;
  expect(left).toMatchObject({
    kind: "failing",
    statistics: { calls: 8, failures: 8, dismissed: { failures: expect.any(Number) } },
  });
  expect(left?.statistics.badCallsPerDay).toBeLessThan(12);
  const told = left?.findings.join("\n");
  expect(told).toContain("The first failure of the last seven days was at 13:00 UTC");
  expect(told).not.toMatch(/2 callers/);
});

describe("expected bad calls a day", () => {
  const statistics = (executions: Execution[], change = {}) =>
    decide(recordOf(executions, change), NOW).problems[0]?.statistics;

  test("is the share that is bad now of the last day's calls, whenever that began", () => {
    // Ten calls an hour for five days, of which the last three hours fail.
    const hourly = calls(1_200, 7_200, 1, (index) => (index >= 1_170 ? bad() : {}));
    expect(statistics(hourly)?.badCallsPerDay).toBeCloseTo(240, -1);
    expect(statistics(hourly)?.lastDay?.calls).toBeCloseTo(240, -1);
    // As much as half of each hour failing for the five days would be half of.
    const half = calls(1_200, 7_200, 1, (index) => (index % 2 ? bad() : {}));
    expect(statistics(half)?.badCallsPerDay).toBeCloseTo(120, -1);
  });

  test("makes no day out of two minutes, with a change in them or without, of failures or of late answers", () => {
    const broken = calls(32, 2, 0, (index) => (index >= 16 ? bad() : {}));
    expect(statistics(broken)).toMatchObject({ change: {}, badCallsPerDay: 32, counted: { bad: 16 } });
    const always = calls(32, 2, 0, (index) => (index % 2 ? bad() : {}));
    expect(statistics(always)).toMatchObject({ badCallsPerDay: 16, counted: { bad: 16 } });
    const late = calls(32, 2, 0, (index) => ({ latencyMs: index % 2 ? 900 : 5 }));
    expect(statistics(late, { latencyBudgetMs: 500 })).toMatchObject({ badCallsPerDay: 16, counted: { bad: 16 } });
  });

  test("ranks equal counts of equal times by their kind alone", () => {
    const failing = decide(recordOf(calls(32, 2, 0, (index) => (index % 2 ? bad() : {}))), NOW).problems[0];
    const slow = decide(
      recordOf(
        calls(32, 2, 0, (index) => ({ latencyMs: index % 2 ? 900 : 5 })),
        { latencyBudgetMs: 500 },
      ),
      NOW,
    ).problems[0];
    expect(failing?.priority).toBe(3 * (slow?.priority ?? 0));
  });
});

describe("of which calls the figures are", () => {
  /** Failing, good, failing again: an hour ago, in the half hour after that, and since ten minutes ago. */
  const twice = [...calls(20, 60, 41, bad), ...calls(60, 40, 11), ...calls(16, 10, 1, bad)];

  test("what failed before the calls that it is compared with is told, too", () => {
    const [problem] = decide(recordOf(twice), NOW).problems;
    expect(problem?.statistics).toMatchObject({ calls: 16, failures: 16 });
    expect(problem?.statistics.change).toMatchObject({
      before: { bad: 0 },
      after: { calls: 16, bad: 16 },
      earlier: { bad: 20 },
    });
    expect(problem?.findings[0]).toMatch(
      /0 of 60 calls failed in the \d+ min before, 16 of 16 calls since; .* Earlier still, 20 of 20 calls failed$/,
    );
  });

  test("another version's calls since are not counted as the active one's", () => {
    const canary = calls(8, 9, 1, () => ({ version: 2 }));
    const [problem] = decide(recordOf([...twice, ...canary]), NOW).problems;
    expect(problem?.statistics).toMatchObject({ version: 1, calls: 16, failures: 16 });
  });
});

describe("attribution", () => {
  const down: Effect = {
    call: 0,
    kind: "fetch",
    request: { url: "https://api.example.com/v1" },
    response: { status: 503 },
    startedMs: 0,
    endedMs: 5,
  };

  test("a planted outage is the upstream's, with the host named and advice instead of a fix", () => {
    const executions = [...calls(100, 500, 61), ...calls(20, 60, 1, () => ({ ...bad(), effects: [down] }))];
    const [problem] = decide(recordOf(executions), NOW).problems;
    expect(problem).toMatchObject({ kind: "failing", attribution: "upstream" });
    expect(problem?.findings.join("\n")).toMatch(
      /20 of 20 failures follow a failed or missing answer of api\.example\.com/,
    );
    expect(problem?.findings.join("\n")).toMatch(/would not repair it/);
  });

  test("one caller alone while two others succeed is the caller's", () => {
    const executions = [
      ...calls(60, 500, 61, (index) => ({ caller: index % 2 ? "b" : "c" })),
      ...calls(10, 60, 1, () => ({ ...bad(), caller: "a" })),
    ];
    const [problem] = decide(recordOf(executions), NOW).problems;
    expect(problem).toMatchObject({ attribution: "caller" });
    expect(problem?.findings.join("\n")).toMatch(/Only a is affected/);
  });

  test("a version that came just before is named", () => {
    const executions = [
      ...calls(300, 5_000, 121),
      ...calls(60, 120, 1, (index) => ({ version: 2, ...(index % 2 ? bad() : {}) })),
    ];
    const activations = [
      { version: 2, at: new Date(NOW.getTime() - 120.5 * 60_000) },
      { version: 1, at: new Date(NOW.getTime() - 9_000 * 60_000) },
    ];
    const [problem] = decide(recordOf(executions, { version: 2, activations }), NOW).problems;
    expect(problem?.findings.join("\n")).toMatch(
      /Version 2 became active at 12:59 UTC, 1 call before the first failure: rolling it back is the quickest way out/,
    );
  });

  test("not where the version before failed as much, nor where an upstream is at fault", () => {
    const activations = [{ version: 2, at: new Date(NOW.getTime() - 120.5 * 60_000) }];
    const told = (before: Partial<Execution>, after: Partial<Execution>) => {
      const executions = [
        ...calls(200, 3_000, 121, (index) => (index % 5 < 3 ? { ...bad(), ...before } : {})),
        ...calls(100, 120, 1, (index) => ({ version: 2, ...(index % 5 === 0 ? { ...bad(), ...after } : {}) })),
      ];
      const [problem] = decide(recordOf(executions, { version: 2, activations }), NOW).problems;
      return problem?.findings.join("\n") ?? "";
    };
    expect(told({}, {})).not.toContain("quickest way out");
    const out = [...calls(300, 5_000, 121), ...calls(60, 120, 1, () => ({ version: 2, ...bad(), effects: [down] }))];
    const [outage] = decide(recordOf(out, { version: 2, activations }), NOW).problems;
    expect(outage?.attribution).toBe("upstream");
    expect(outage?.findings.join("\n")).not.toContain("quickest way out");
  });

  test("it stays named however many calls come after", () => {
    const executions = [
      ...calls(300, 5_000, 121),
      ...calls(2_000, 120, 1, (index) => ({ version: 2, ...(index % 2 ? bad() : {}) })),
    ];
    const activations = [{ version: 2, at: new Date(NOW.getTime() - 120.5 * 60_000) }];
    const whole = recordOf(executions, { version: 2, activations });
    // Of a long record only the newest calls are read.
    const read = { ...whole, others: whole.others.slice(0, 500), failures: whole.failures.slice(0, 500) };
    const [problem] = decide(read, NOW).problems;
    expect(problem?.findings.join("\n")).toMatch(
      /Version 2 became active at 12:59 UTC, about \d calls? before the first failure/,
    );
  });
});

describe("degrading", () => {
  test("a clear fall that is still above target is degrading, with its size", () => {
    const executions = [
      ...calls(4_000, 9_000, 1_001, (index) => (index % 500 === 0 ? bad() : {})),
      ...calls(600, 1_000, 1, (index) => (index % 14 === 0 ? bad() : {})),
    ];
    const [problem] = decide(recordOf(executions, { target: 0.9 }), NOW).problems;
    expect(problem?.kind).toBe("degrading");
    expect(problem?.reason).toMatch(/^Success fell from 99\.8 % \(\d+ of \d+\) to 9\d % \(\d+ of \d+\) about/);
  });

  test("steady traffic is seldom called degrading, whatever its load and rate", () => {
    const random = seededRandom(9);
    let fired = 0;
    for (let run = 0; run < 60; run += 1) {
      const share = [0, 0.005, 0.05][run % 3] as number;
      const executions = calls(800, 10_000, 1, () => (random() < share ? bad() : {}));
      fired += kinds(executions, { target: 0.9 }).length;
    }
    expect(fired).toBe(0);
  });
});

test("a case of the tool that is answered otherwise is incorrect, though nobody marked an answer", () => {
  const wrongCases = [{ description: "rounds up", got: '{"total":3.14}', kept: false }];
  const { problems } = decide(recordOf(calls(5, 50, 1), { wrongCases }), NOW);
  expect(problems).toMatchObject([
    {
      kind: "incorrect",
      reason: '1 case of its own is answered otherwise: its case "rounds up" got {"total":3.14}',
      attribution: "tool",
      clusters: [],
    },
  ]);
  expect(decide(recordOf(calls(5, 50, 1)), NOW).problems).toEqual([]);
});

test("cases that were made of calls are known wrong answers, counted and told by their description", () => {
  const executions = calls(40, 50, 1);
  const wrongCases = Array.from({ length: 30 }, () => ({ description: "intended", got: "1", kept: true }));
  const [problem] = decide(recordOf(executions, { wrongCases }), NOW).problems;
  expect(problem).toMatchObject({
    reason: '30 cases of its own are answered otherwise: 30 of its cases "intended", the first got 1',
    findings: ['30 of its cases "intended", the first got 1'],
  });
  const [fewer] = decide(recordOf(executions, { wrongCases: wrongCases.slice(0, 3) }), NOW).problems;
  expect(problem?.priority).toBeCloseTo(10 * (fewer?.priority ?? 0), 0);
});

test("an answer that a person called wrong is incorrect, with what it should be", () => {
  const executions = calls(5, 50, 1, () => ({ output: { total: 3.14 } }));
  const execution = executions[2] as Execution;
  const feedback = {
    id: "f",
    executionId: execution.id,
    tool: "t",
    correct: false,
    expectedOutput: { total: 3.15 },
    createdAt: NOW,
  };
  const { problems } = decide(recordOf(executions, { wrong: [{ execution, feedback }] }), NOW);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    kind: "incorrect",
    reason: '1 answer was marked wrong, the last at 15:00 UTC: answered {"total":3.14}, should be {"total":3.15}',
    attribution: "tool",
  });
  expect(problems[0]?.clusters[0]).toMatchObject({
    errorName: "WrongOutput",
    count: 1,
    smallestInput: execution.input,
  });
});

test("what several people noted of wrong answers in the same words is told once", () => {
  const executions = calls(4, 50, 1, () => ({ output: { total: 3.14 } }));
  const wrong = executions.map((execution, index) => ({
    execution,
    feedback: {
      ...{ id: `f${index}`, executionId: execution.id, tool: "t", correct: false, createdAt: NOW },
      note: index === 3 ? "rounds down" : "a cent is missing",
    },
  }));
  const { problems } = decide(recordOf(executions, { wrong }), NOW);
  expect(problems[0]?.findings.filter((one) => one.startsWith("Somebody noted"))).toEqual([
    "Somebody noted: a cent is missing",
    "Somebody noted: rounds down",
  ]);
});

describe("answers that callers ask for again", () => {
  /** Forty good answers two days ago, then twenty of which eighteen are asked for again; three callers take turns. */
  const doubted = (again = true): Execution[] => {
    const parcel = (index: number, to: string) => ({ parcel: `box ${index} of ${index * 31}`, to });
    const asked = (number: number, from: number, to: number, again: (index: number) => boolean) =>
      calls(number, from, to, (index) => ({
        caller: `agent-${index % 3}`,
        input: parcel(from + index, index % 2 ? "lb" : "oz"),
        output: { weight: index },
      })).flatMap((one, index) => {
        const startedAt = new Date(one.startedAt.getTime() + 9_000);
        const input = { ...(one.input as { parcel: string }), to: "stone" };
        return again(index) ? [one, { ...one, id: `${one.id}-next`, startedAt, input }] : [one];
      });
    return [...asked(40, 5_000, 3_000, () => false), ...asked(20, 1_000, 50, (index) => again && index % 10 !== 9)];
  };

  test("is incorrect as a suspicion: counts, callers, examples, what to do, and less pressing than a known one", () => {
    const { problems } = decide(recordOf(doubted()), NOW);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      kind: "incorrect",
      attribution: "unknown",
      statistics: { failures: 0, askedAgain: { asked: 18, before: { asked: 0 }, callers: 3 } },
    });
    expect(problems[0]?.reason).toMatch(
      /^Callers ask again after 18 of 20 answers since .* UTC, before after 0 of 40: they may be wrong$/,
    );
    expect(problems[0]?.findings.join()).toMatch(/open some and say whether they are.*3 callers ask again/);
    expect(problems[0]?.statistics.askedAgain?.examples).toHaveLength(5);
    expect(problems[0]?.clusters[0]?.message).toMatch(/^asked .*, answered .*, asked .*stone.* next$/);
    expect(problems[0]?.priority).toBe(problems[0]?.statistics.badCallsPerDay);
    expect(decide(recordOf(doubted(false)), NOW).problems).toEqual([]);
  });

  test("gives way to an answer that is known to be wrong, and is told with it; answers called right do not count", () => {
    const executions = doubted();
    const record = recordOf(executions);
    const execution = executions.at(-2) as Execution;
    const feedback = { id: "f", executionId: execution.id, tool: "t", correct: false, createdAt: NOW };
    const [known] = decide(recordOf(executions, { wrong: [{ execution, feedback }] }), NOW).problems;
    expect(known?.reason).toMatch(/^1 answer was marked wrong/);
    expect(known?.statistics.askedAgain).toBeUndefined();
    expect(known?.findings.join()).toContain("Callers ask again after 18 of");
    const right = new Set(executions.map(({ id }) => id));
    expect(decide({ ...record, right }, NOW).problems).toEqual([]);
  });
});
