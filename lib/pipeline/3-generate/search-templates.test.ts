import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Clock } from "#lib/ports/clock.ts";
import { choose } from "./decide.ts";
import { inProcessTrial, type TrialCase } from "./in-process-trial.fixture.ts";
import { cutOff, explainSearch, SEARCH_BUDGET, searchTemplates } from "./search-templates.ts";
import type { Hints } from "./templates/repair.ts";

const clock: Clock = { now: () => new Date(0), id: () => "id", seed: () => 1 };

function search(
  source: string,
  cases: TrialCase[],
  options: { hints?: Partial<Hints>; seen?: string[]; tries?: number; signal?: AbortSignal; clock?: Clock } = {},
) {
  const tryCandidate = inProcessTrial(cases);
  const stages: string[] = [];
  const hints: Hints = {
    failures: cases
      .filter(({ target }) => target)
      .map(({ input }) => ({ errorName: "Incorrect", message: "", lines: [], input })),
    passing: cases.filter(({ target, shouldThrow }) => !target && shouldThrow === undefined).map(({ input }) => input),
    refusals: cases.flatMap(({ input, shouldThrow }) =>
      shouldThrow === undefined ? [] : [{ code: shouldThrow, input }],
    ),
    answers: cases.flatMap(({ input, expected, target }) =>
      target && expected !== undefined ? [{ input, expected }] : [],
    ),
    inputSchema: {},
    ...options.hints,
  };
  const result = searchTemplates(
    {
      candidate: { tool: "t", baseVersion: 1, purpose: "failing" },
      source,
      hints,
      seen: new Set(options.seen ?? []),
      tryCandidate,
      clock: options.clock ?? clock,
      budget: { ...SEARCH_BUDGET, tries: options.tries ?? 2_000 },
    },
    {
      signal: options.signal ?? new AbortController().signal,
      progress: async (stage) => {
        stages.push(stage);
      },
    },
  );
  return { result, sources: tryCandidate.sources, stages };
}

function toolOf(body: string): string {
  return `import { defineTool } from "whetstone";\n\nexport default defineTool({\n  name: "t",\n  run(input) {\n${body}\n  },\n});\n`;
}

const IMPOSSIBLE: TrialCase = { input: { x: 1 }, expected: { poem: "roses" }, target: true };

const DIVIDE: TrialCase[] = [
  { input: { operation: "divide", a: 1, b: 0 }, shouldThrow: "division_by_zero", target: true },
  { input: { operation: "divide", a: 8, b: 2 }, expected: { result: 4 } },
  { input: { operation: "add", a: 1, b: 0 }, expected: { result: 1 } },
  { input: { operation: "multiply", a: 3, b: 0 }, expected: { result: 0 } },
];
const NOT_JSON = [
  { errorName: "OutputNotJson", message: "result is Infinity", lines: [], input: { operation: "divide", a: 1, b: 0 } },
];

describe("searchTemplates", () => {
  it("mends the sample calculator with its first try: one line before the division", async () => {
    const source = await readFile(new URL("../../../tools/calculator.ts", import.meta.url), "utf8");
    const { result, sources } = search(source, DIVIDE, { hints: { failures: NOT_JSON } });
    const best = choose((await result).tried, "full");
    expect(best?.source).toBe(
      source
        .replace("{ defineTool }", "{ defineTool, ToolError }")
        .replace(
          "        return { result: a / b };",
          '        if (b === 0) throw new ToolError("division_by_zero", "Cannot divide by zero: b is 0");\n        return { result: a / b };',
        ),
    );
    expect(sources[0]).toBe(best?.source);
    expect(sources.length).toBeLessThanOrEqual(2);
    expect(best?.rationale).toContain("Dividing by b gives Infinity or NaN");
  });

  it.each<[string, string, TrialCase[], string]>([
    [
      "a wrong border",
      "    return { adult: input.age > 18 };",
      [
        { input: { age: 18 }, expected: { adult: true }, target: true },
        { input: { age: 17 }, expected: { adult: false } },
        { input: { age: 30 }, expected: { adult: true } },
      ],
      "input.age >= 18",
    ],
    [
      "a wrong operator",
      "    return { area: input.w + input.h };",
      [
        { input: { w: 3, h: 4 }, expected: { area: 12 }, target: true },
        { input: { w: 2, h: 2 }, expected: { area: 4 } },
      ],
      "input.w * input.h",
    ],
    [
      "a loop that stops early",
      "    let sum = 0;\n    for (let i = 1; i < input.n; i++) sum += i;\n    return { sum };",
      [
        { input: { n: 4 }, expected: { sum: 10 }, target: true },
        { input: { n: 0 }, expected: { sum: 0 } },
      ],
      "i <= input.n",
    ],
    [
      "a rounding of the wrong kind",
      "    return { boxes: Math.floor(input.items / 6) };",
      [
        { input: { items: 7 }, expected: { boxes: 2 }, target: true },
        { input: { items: 12 }, expected: { boxes: 2 } },
      ],
      "Math.ceil(input.items / 6)",
    ],
    [
      "a missing value with a known default",
      "    return { off: input.discount.percent };",
      [
        { input: {}, expected: { off: 0 }, target: true },
        { input: { discount: { percent: 5 } }, expected: { off: 5 } },
      ],
      "(input.discount?.percent ?? 0)",
    ],
  ])("finds %s", async (_, body, cases, wanted) => {
    const failures = cases
      .filter(({ target }) => target)
      .map(({ input }) => ({
        errorName: body.includes("discount") ? "TypeError" : "Incorrect",
        message: body.includes("discount") ? "Cannot read properties of undefined (reading 'percent')" : "",
        lines: [],
        input,
      }));
    const { result } = search(toolOf(body), cases, { hints: { failures } });
    expect(choose((await result).tried, "full")?.source).toContain(wanted);
  });

  it("does not offer a source again that was proposed or rejected before", async () => {
    const source = await readFile(new URL("../../../tools/calculator.ts", import.meta.url), "utf8");
    const first = choose((await search(source, DIVIDE, { hints: { failures: NOT_JSON } }).result).tried, "full");
    const again = await search(source, DIVIDE, {
      hints: { failures: NOT_JSON },
      seen: [sha256(first?.source ?? "")],
      tries: 40,
    }).result;
    expect(again.tried.every((one) => one.source !== first?.source)).toBe(true);
  });

  it("keeps to its budget and says what it tried when nothing is good", async () => {
    const { result, sources, stages } = search(toolOf("    return { r: input.x * 2 + 1 };"), [IMPOSSIBLE], {
      tries: 9,
    });
    const done = await result;
    expect(sources.length).toBe(9);
    expect(choose(done.tried, "full")).toBeNull();
    expect(explainSearch(done)).toMatch(
      /^The template repairer tried 9 edits and none was good: .*\(\d+\).* The nearest met 0 of 1 targets\. \d+ less likely edits were left\.$/,
    );
    expect(stages[0]).toContain("0 of at most 9 tried");
    expect(explainSearch({ tried: [], enumerated: 0, ranOut: "none", seconds: 1 })).toContain("nothing was tried");
  });

  it("says that its time was up, with a fix and without one", async () => {
    let ticks = 0;
    const now = () => new Date(70_000 * ticks++);
    const { result } = search(toolOf("    return { r: input.x * 2 + 1 };"), [IMPOSSIBLE], { clock: { ...clock, now } });
    const done = await result;
    expect(done).toMatchObject({ ranOut: "time", seconds: 180 });
    const words = ` It stopped at its limit of 180 s with 4 candidates tried, of ${done.enumerated}.`;
    expect(cutOff(done)).toBe(words);
    expect(explainSearch(done).endsWith(words)).toBe(true);
    expect(explainSearch({ ...done, tried: [] })).toContain("stopped at its limit of 180 s with 0 candidates tried");
    expect(cutOff({ ...done, ranOut: "tries" })).toBe("");
  });

  it("stops when told to", async () => {
    const controller = new AbortController();
    controller.abort(new Error("stopped"));
    await expect(
      search(toolOf("    return { r: input.x * 2 };"), [], { signal: controller.signal }).result,
    ).rejects.toThrow("stopped");
  });

  it("gives up with a problem when candidates cannot be tested at all", async () => {
    const trouble = {
      ...(await inProcessTrial([])(
        { tool: "t", baseVersion: 1, purpose: "failing", source: "" },
        new AbortController().signal,
      )),
      verdict: "error" as const,
      headline: "The sandbox is gone.",
    };
    const input: Json = { x: 1 };
    await expect(
      searchTemplates(
        {
          candidate: { tool: "t", baseVersion: 1, purpose: "failing" },
          source: toolOf("    return { r: input.x * 2 + 1 };"),
          hints: {
            failures: [{ errorName: "", message: "", lines: [], input }],
            passing: [],
            refusals: [],
            answers: [],
            inputSchema: {},
          },
          seen: new Set(),
          tryCandidate: async () => trouble,
          clock,
        },
        { signal: new AbortController().signal, progress: async () => {} },
      ),
    ).rejects.toThrow("The sandbox is gone.");
  });
});
