import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SideResult } from "#lib/core/evidence.ts";
import type { Json } from "#lib/core/json.ts";
import { circumstances } from "#lib/core/verdict.fixture.ts";
import { judge } from "#lib/core/verdict.ts";
import { compareVersions, judged, labelPairs, looksSlower, type RunPair } from "./decide.ts";
import type { PlannedCase } from "./planned-case.ts";

const source = (run: string) =>
  `import { defineTool, ToolError } from "whetstone";\nexport default defineTool({\n  run(input) {\n${run}\n  },\n});\n`;
const GUARD = '    if (input.b === 0) throw new ToolError("division_by_zero", "no");';
const CATCH = '    try { work(); } catch { throw new ToolError("division_by_zero", "no"); }';
const sources = (candidate: string) => ({ tool: "calc", base: source("    return {};"), candidate: source(candidate) });

const value = (output: Json): SideResult => ({ status: "succeeded", output, latencyMs: 1, effects: [] });
const failed: SideResult = {
  status: "failed",
  latencyMs: 1,
  effects: [],
  error: { name: "E", message: "", stack: "" },
};
const refused = (line = 4): SideResult => ({
  status: "refused",
  latencyMs: 1,
  effects: [],
  error: { name: "ToolError", code: "division_by_zero", message: "no", stack: `E\n    at run (calc.ts:${line}:30)` },
});

function pair(
  old: SideResult,
  next: SideResult,
  target: RunPair["base"]["target"],
  more: Partial<PlannedCase> = {},
): RunPair {
  const planned: PlannedCase = {
    source: "recorded",
    description: "",
    input: { b: 0 },
    answers: { journal: [] },
    ...more,
  };
  const base = { planned, target, old: { side: old, brokePostcondition: false }, fastestMs: 1, slowestMs: 1 };
  return { base, new: { side: next, brokePostcondition: false }, fastestMs: 1, slower: false };
}
const labels = (pairs: RunPair[], candidate: string, noise: string[] = []) =>
  labelPairs(pairs, noise, sources(candidate)).map(({ kept }) => kept.label);

describe("labelPairs", () => {
  const baseCase = pair(failed, refused(), "known_answer", { source: "base_case", shouldThrow: "division_by_zero" });

  it("takes a refusal as asked for where a base case asks for it, but not out of a catch", () => {
    const target = pair(failed, refused(), "failed");
    const [, kept] = labelPairs([baseCase, target], [], sources(GUARD)).map((one) => one.kept);
    expect(kept).toMatchObject({ label: "handled", shouldThrow: "division_by_zero", target: true });
    expect(labels([baseCase, target], CATCH)).toEqual(["masked", "corrected"]);
    expect(labels([target], GUARD)).toEqual(["handled"]);
  });

  it("takes a default for what it is where known cases bear it out, but never a swallow", () => {
    const early = "    if (input.b === 0) return { result: 0 };\n    return {};";
    const swallow = "    try { return work(); } catch { return { result: 0 }; }";
    const known = pair(failed, value({ result: 0 }), "known_answer", { expectedOutput: { result: 0 } });
    const against = pair(failed, value({ result: 0 }), "known_answer", { expectedOutput: { result: 7 } });
    const open = pair(failed, value({ result: 0 }), "failed");
    expect(labels([known, open], early)).toEqual(["unconfirmed", "corrected"]);
    expect(labels([known, against, open], early)).toEqual(["still_wrong", "masked", "corrected"]);
    expect(labels([known, open], swallow)).toEqual(["masked", "corrected"]);
    const step = "    return { result: input.rate?.percent ?? 0 };";
    expect(labels([open], step)).toEqual(["masked"]);
    expect(labels([known, open], step)).toEqual(["unconfirmed", "corrected"]);
    expect(labels([known, against, open], step)).toEqual(["still_wrong", "masked", "corrected"]);
  });

  it("takes a right answer as the word on the one place that can have made it", () => {
    const two = "    if (input.b === 0) return { result: 0 };\n    return { result: 1 - (input.rate ?? 0.5) };";
    const empty = pair(failed, value({ result: 0 }), "known_answer", { expectedOutput: { result: 0 } });
    const half = pair(failed, value({ result: 0.5 }), "failed", { input: { b: 3 } });
    const told = pair(failed, value({ result: 0.5 }), "known_answer", { expectedOutput: { result: 0.5 } });
    expect(labels([empty, half], two)).toEqual(["masked", "corrected"]);
    expect(labels([told, half], two)).toEqual(["unconfirmed", "corrected"]);
    // Either default can have made it: nobody knows which one is right.
    const either = "    return { result: (input.a ?? 1) - (input.rate ?? 0.5) };";
    expect(labels([told, half], either)).toEqual(["masked", "corrected"]);
  });

  it("names the mask behind a value that nothing confirms", () => {
    const early = "    if (input.b === 0) return { result: 0 };\n    return {};";
    const [one] = labelPairs([pair(failed, value({ result: 0 }), "failed")], [], sources(early));
    expect(one).toMatchObject({ kept: { label: "masked" }, mask: { kind: "default", line: 4 } });
    expect(labels([pair(failed, value({ result: 7 }), "failed")], early)).toEqual(["unconfirmed"]);
  });

  it("orders by what matters and then by size, and numbers the cases", () => {
    const good = pair(value(1), value(1), null);
    const large = pair(value(1), value(2), null, { input: { list: [1, 2, 3, 4] } });
    const small = pair(value(1), value(2), null, { input: {} });
    const lost = pair(value(1), failed, null);
    const kept = labelPairs([good, large, small, lost], [], sources(GUARD)).map((one) => one.kept);
    expect(kept.map(({ index, label }) => [index, label])).toEqual([
      [0, "regression"],
      [1, "changed"],
      [2, "changed"],
      [3, "agrees"],
    ]);
    expect(kept[1]?.input).toEqual({});
  });

  it("keeps no huge answer, but judged it whole", () => {
    const huge = "x".repeat(200_000);
    const [one] = labelPairs([pair(value(huge), value(`${huge}y`), null)], [], sources(GUARD));
    expect(one?.kept.label).toBe("changed");
    expect(JSON.stringify(one?.kept).length).toBeLessThan(2_000);
  });

  it("agrees wholly with itself, and finds a change planted outside the noise", () => {
    const output = fc.dictionary(fc.constantFrom("a", "b", "time"), fc.integer(), { minKeys: 1 });
    const code = "    return input;";
    fc.assert(
      fc.property(fc.array(output, { minLength: 1, maxLength: 30 }), fc.nat(), (outputs, pick) => {
        const same = outputs.map((one) => pair(value(one), value({ ...one, time: -1 }), null));
        expect(new Set(labels(same, code, ["/time"]))).toEqual(new Set(["agrees"]));
        const index = pick % outputs.length;
        const planted = outputs.map((one, at) =>
          pair(value(one), value(at === index ? { ...one, new: 1 } : one), null),
        );
        const [first, ...rest] = labelPairs(planted, ["/time"], sources(code)).map((one) => one.kept);
        expect(first).toMatchObject({ label: "changed", differences: [{ path: "/new", after: 1 }] });
        expect(rest.every(({ label }) => label === "agrees")).toBe(true);
      }),
    );
  });

  it("leads to a pass in the demo's case", () => {
    const good = Array.from({ length: 5 }, (_, index) => pair(value(index), value(index), null));
    const cases = Array.from({ length: 4 }, () =>
      pair(value(1), value(1), null, { source: "base_case", expectedOutput: 1 }),
    );
    const targets = Array.from({ length: 5 }, () => pair(failed, refused(), "failed"));
    const kept = labelPairs([...good, ...cases, baseCase, ...targets], [], sources(GUARD)).map((one) => one.kept);
    const judgement = judge(kept.map(judged), { ...circumstances, strategy: "shadow" });
    expect(judgement).toMatchObject({
      verdict: "passed",
      strategyUsed: "synthetic",
      headline: "Passed by synthetic cases: 5 of 5 base cases, 5 of 5 failures refused clearly.",
      targets: { total: 6, met: 6 },
    });
    expect(compareVersions(kept)).toMatchObject({
      n: 15,
      old: { succeeded: 9 },
      new: { succeeded: 15 },
      winner: "new",
    });
  });
});

describe("looksSlower", () => {
  it("wants twice the time and a noticeable difference", () => {
    expect(looksSlower(0.1, 5)).toBe(false);
    expect(looksSlower(30, 79)).toBe(false);
    expect(looksSlower(30, 81)).toBe(true);
  });
});
