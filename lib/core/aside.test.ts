import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLeftAlone } from "./aside.ts";
import type { SideResult } from "./evidence.ts";
import type { JudgedCase } from "./tally.ts";
import { asked, base, cases, circumstances } from "./verdict.fixture.ts";
import { judge } from "./verdict.ts";
import { Label, Strategy } from "./words.ts";

const around = { latencyMs: 1, effects: [] };
const answer = (output: number): SideResult => ({ ...around, status: "succeeded", output });
const stopped = (status: "refused" | "failed", code?: string): SideResult => ({
  ...around,
  status,
  error: { name: "E", message: "no", stack: "", ...(code === undefined ? {} : { code }) },
});

describe("isLeftAlone", () => {
  const differences = [{ path: "", before: 1, after: 2 }];
  it.each([
    ["the same answer", answer(1), answer(1), [], true],
    ["another answer", answer(1), answer(2), differences, false],
    ["an answer that fails now", answer(1), stopped("failed"), [], false],
    ["an answer that is refused now", answer(1), stopped("refused", "x"), [], false],
    ["the same refusal", stopped("refused", "x"), stopped("refused", "x"), [], true],
    ["another refusal", stopped("refused", "x"), stopped("refused", "y"), [], false],
    ["a failure that fails otherwise", stopped("failed"), stopped("failed", "x"), [], true],
    ["a failure that is answered", stopped("failed"), answer(1), [], false],
  ])("%s", (_, old, side, found, left) => {
    expect(isLeftAlone({ aside: true, old, new: side, differences: found })).toBe(left);
    expect(isLeftAlone({ old, new: side, differences: found })).toBe(false);
  });
});

/** Answers marked as wrong that a fix of failures is not for. */
const marked = (count: number, label: Label, more: Partial<JudgedCase> = {}) =>
  cases(count, label, { target: true, aside: true, ...more });
const fix = [...cases(59, "agrees"), ...cases(3, "repaired", { failure: "TypeError" })];

describe("answers marked as wrong beside a fix of failures", () => {
  it.each([
    ["left as they are say nothing", marked(6, "still_wrong"), "passed", "3 of 3 failures repaired."],
    ["made right are good news", marked(6, "corrected", { moved: true, change: "net up" }), "passed", "59 of 59"],
    [
      "made wrong otherwise are doubted",
      marked(2, "still_wrong", { moved: true, change: "net up" }),
      "inconclusive",
      "2 answers marked as wrong, that it is not for, would change, and not to what is known to be right.",
    ],
    ["lost are doubted", marked(1, "still_failing", { moved: true, newStatus: "failed" }), "inconclusive", "1 answer "],
    ["refused are doubted", marked(1, "handled", { moved: true }), "inconclusive", "1 answer marked as wrong"],
    [
      "changed to what nobody knows are asked about",
      marked(2, "unconfirmed", { moved: true, change: "net up" }),
      "inconclusive",
      "of which nothing confirms any",
    ],
    ["hidden are doubted", marked(1, "masked", { moved: true }), "inconclusive", "made-up answer"],
  ] as const)("%s", (_, aside, verdict, words) => {
    const judgement = judge([...fix, ...aside], circumstances);
    expect(judgement).toMatchObject({ verdict, targets: { total: 3, met: 3 } });
    expect(judgement.headline).toContain(words);
  });

  it("explain changed answers where they are made right, as targets do", () => {
    const both = [
      ...fix,
      ...cases(3, "changed", { change: "net up" }),
      ...marked(6, "corrected", { moved: true, change: "net up" }),
    ];
    const judged = judge(both, circumstances);
    expect(judged.verdict).toBe("passed");
    expect(judged.headline).toContain(
      "59 of 62 good answers unchanged, 3 changed as confirmed ones do (at least 95 % of the others)",
    );
    expect(judged.agreement).toMatchObject({ comparable: 59, agreed: 59, changed: 3 });
    expect(judged.counts.changed).toBe(3);
    expect(judge([...fix, ...cases(3, "changed", { change: "net up" })], circumstances).verdict).not.toBe("passed");
  });

  const anyCase = fc.record({
    label: fc.constantFrom(...Label.options),
    source: fc.constantFrom<JudgedCase["source"]>("base_case", "stored_case", "recorded"),
    target: fc.boolean(),
    newStatus: fc.constantFrom<JudgedCase["newStatus"]>("succeeded", "refused", "failed"),
  });
  const anyCircumstances = fc.record({
    strategy: fc.constantFrom(...Strategy.options),
    purpose: fc.constantFrom("failing", "degrading", "slow", "other"),
  });
  const anyList = fc
    .tuple(fc.array(anyCase, { maxLength: 12 }), fc.nat(100), fc.boolean())
    .map(([some, good, fixed]) => [
      ...cases(good, "agrees"),
      ...base(3),
      ...(fixed ? cases(2, "handled", asked) : []),
      ...some,
    ]);

  it("change no word of the verdict where they are left alone, and make nothing pass where they are spoilt", () => {
    fc.assert(
      fc.property(anyList, anyCircumstances, fc.integer({ min: 1, max: 20 }), (list, more, count) => {
        const without = judge(list, { ...circumstances, ...more });
        const left = judge([...list, ...marked(count, "still_wrong")], { ...circumstances, ...more });
        expect(left).toEqual(without);
        const spoilt = marked(count, "still_wrong", { moved: true, change: "up" });
        const judged = judge([...list, ...spoilt], { ...circumstances, ...more });
        expect(judged.verdict).not.toBe("passed");
        expect(judged.targets).toEqual(without.targets);
      }),
    );
  });
});
