import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Circumstances, JudgedCase } from "./tally.ts";
import { asked, base, cases, circumstances } from "./verdict.fixture.ts";
import { judge } from "./verdict.ts";
import { Label, Strategy } from "./words.ts";

type Row = [string, JudgedCase[], Partial<Circumstances>, string, string, string];

describe("judge", () => {
  it.each([
    [
      "replay with enough agreement and a repair",
      [...cases(258, "agrees"), ...cases(39, "repaired"), ...cases(3, "handled", asked), ...base(9)],
      {},
      "passed",
      "replay",
      "Passed by replay: 258 of 258 good answers unchanged (at least 98.8 %), 9 of 9 base cases, 39 of 42 failures repaired, 3 refused clearly.",
    ],
    ["59 of 59 suffice", [...cases(59, "agrees"), ...cases(1, "repaired")], {}, "passed", "replay", "at least 95 %"],
    [
      "a repaired failure says nothing of another kind",
      [
        ...cases(59, "agrees"),
        ...cases(1, "repaired", { failure: "TypeError" }),
        ...cases(2, "unconfirmed", { failure: "RangeError" }),
      ],
      {},
      "inconclusive",
      "replay",
      "Not enough to say: 2 new values where one kind of failure was, of which nothing confirms any.",
    ],
    [
      "and speaks for its own",
      [
        ...cases(59, "agrees"),
        ...cases(1, "repaired", { failure: "TypeError" }),
        ...cases(2, "unconfirmed", { failure: "TypeError" }),
      ],
      {},
      "passed",
      "replay",
      "1 of 3 failures repaired",
    ],
    [
      "a change that is for something else and answers what failed",
      [...cases(59, "agrees"), ...cases(2, "unconfirmed", { failure: "TypeError", aside: true })],
      { purpose: "other" },
      "inconclusive",
      "replay",
      "Not enough to say: 2 new values where one kind of failure was, of which nothing confirms any.",
    ],
    [
      "and one that leaves it as it is",
      [...cases(59, "agrees"), ...cases(2, "still_failing", { failure: "TypeError", aside: true })],
      { purpose: "other" },
      "passed",
      "replay",
      "Passed by replay: 59 of 59 good answers unchanged",
    ],
    [
      "changed answers of which too few are confirmed",
      [...cases(59, "agrees"), ...cases(3, "changed", { change: "up" }), ...cases(1, "corrected", { change: "up" })],
      { purpose: "incorrect" },
      "inconclusive",
      "replay",
      "3 good answers changed, and of all 4 new answers only 1 is known to be right",
    ],
    [
      "58 do not",
      [...cases(58, "agrees"), ...cases(1, "repaired")],
      {},
      "inconclusive",
      "replay",
      "Not enough to say: 58 agreeing calls, 59 needed.",
    ],
    [
      "good calls that asked for something else, so many that nobody knows",
      [...cases(100, "agrees"), ...cases(20, "diverged", { strayed: true }), ...cases(1, "repaired")],
      {},
      "inconclusive",
      "replay",
      "20 of 120 good calls asked for an effect that was not recorded",
    ],
    [
      "one of them among many, and recordings that the old version cannot replay either",
      [
        ...cases(300, "agrees"),
        ...cases(1, "diverged", { strayed: true }),
        ...cases(80, "diverged"),
        ...cases(1, "repaired"),
      ],
      {},
      "passed",
      "replay",
      "300 of 300 good answers unchanged",
    ],
    [
      "58 and test cases fall back",
      [...cases(58, "agrees"), ...cases(1, "repaired"), ...base(2)],
      {},
      "passed",
      "synthetic",
      "2 of 2 base cases",
    ],
    [
      "shadow is carried out by replay",
      [...cases(60, "agrees"), ...cases(1, "repaired")],
      { strategy: "shadow" },
      "passed",
      "replay",
      "",
    ],
    [
      "the demo: synthetic, refused clearly",
      [
        ...base(5),
        ...base(1, "corrected", { ...asked, target: true, newStatus: "refused" }),
        ...cases(5, "handled", asked),
        ...cases(5, "agrees"),
      ],
      { strategy: "shadow" },
      "passed",
      "synthetic",
      "Passed by synthetic cases: 6 of 6 base cases, 5 of 5 failures refused clearly.",
    ],
    [
      "a regression",
      [...cases(300, "agrees"), ...cases(1, "regression"), ...cases(3, "repaired")],
      {},
      "failed",
      "replay",
      "Failed: 1 good answer lost.",
    ],
    [
      "a base case broken",
      [...base(5), ...base(1, "regression"), ...cases(3, "repaired")],
      { strategy: "synthetic" },
      "failed",
      "synthetic",
      "1 of 6 cases broken",
    ],
    [
      "a failing base case left wrong",
      [...base(5), ...base(1, "still_wrong")],
      { strategy: "synthetic" },
      "failed",
      "synthetic",
      "1 of 6 cases still wrong",
    ],
    [
      "a target still wrong",
      [...cases(300, "agrees"), ...cases(2, "still_wrong")],
      {},
      "failed",
      "replay",
      "2 failures answered wrongly",
    ],
    [
      "agreement that cannot reach the threshold",
      [...cases(80, "agrees"), ...cases(20, "changed"), ...cases(1, "repaired")],
      {},
      "failed",
      "replay",
      "only 80 of 100 good answers unchanged",
    ],
    [
      "an unexplained change",
      [...cases(200, "agrees"), ...cases(1, "changed"), ...cases(1, "repaired")],
      {},
      "inconclusive",
      "replay",
      "1 good answer changed",
    ],
    [
      "a masked failure",
      [...cases(200, "agrees"), ...cases(1, "masked"), ...cases(1, "repaired")],
      {},
      "inconclusive",
      "replay",
      "1 failure masked",
    ],
    [
      "a slower answer",
      [...cases(200, "agrees"), ...cases(1, "slower"), ...cases(1, "repaired")],
      {},
      "inconclusive",
      "replay",
      "1 answer clearly slower",
    ],
    [
      "a failure left",
      [...cases(200, "agrees"), ...cases(1, "still_failing"), ...cases(1, "repaired")],
      {},
      "inconclusive",
      "replay",
      "1 of 2 targets still fails",
    ],
    [
      "values that nothing confirms",
      [...cases(200, "agrees"), ...cases(3, "unconfirmed")],
      {},
      "inconclusive",
      "replay",
      "3 new values that nothing confirms",
    ],
    [
      "one of them confirmed, by replay",
      [...cases(200, "agrees"), ...cases(2, "unconfirmed"), ...cases(1, "repaired")],
      {},
      "passed",
      "replay",
      "1 of 3 failures repaired",
    ],
    [
      "one of them confirmed, by synthetic cases",
      [...base(2), ...cases(2, "unconfirmed"), ...cases(1, "repaired")],
      { strategy: "synthetic" },
      "inconclusive",
      "synthetic",
      "2 new values",
    ],
    [
      "refusals that no case asks for",
      [...cases(200, "agrees"), ...cases(3, "handled")],
      {},
      "inconclusive",
      "replay",
      "3 failures refused clearly, and no case",
    ],
    [
      "such refusals beside a repair",
      [...base(2), ...cases(3, "handled"), ...cases(1, "repaired")],
      { strategy: "synthetic" },
      "passed",
      "synthetic",
      "1 of 4 failures repaired, 3 refused clearly",
    ],
    [
      "nothing that was wrong",
      cases(200, "agrees"),
      {},
      "inconclusive",
      "replay",
      "no call or case that is known to be wrong",
    ],
    [
      "nothing that was wrong, for another purpose",
      cases(200, "agrees"),
      { purpose: "other" },
      "passed",
      "replay",
      "200 of 200",
    ],
    [
      "a certain gain in latency",
      cases(200, "agrees"),
      { purpose: "slow", latencyGainMs: 1.25 },
      "passed",
      "replay",
      "at least 1.25 ms faster",
    ],
    [
      "no certain gain",
      cases(200, "agrees"),
      { purpose: "slow", latencyGainMs: -0.1 },
      "inconclusive",
      "replay",
      "no gain in latency is certain",
    ],
    [
      "targets that diverged",
      [...base(3), ...cases(2, "diverged", { target: true })],
      { strategy: "synthetic" },
      "inconclusive",
      "synthetic",
      "2 failures asked for effects",
    ],
    [
      "manual, whatever it shows",
      [...cases(200, "agrees"), ...cases(3, "repaired")],
      { strategy: "manual" },
      "inconclusive",
      "manual",
      "without a person",
    ],
    [
      "manual with a regression",
      cases(1, "regression"),
      { strategy: "manual" },
      "failed",
      "manual",
      "1 good answer lost",
    ],
    ["no history and no cases", [], { strategy: "shadow" }, "inconclusive", "manual", "without a person"],
    [
      "synthetic without cases",
      cases(200, "agrees"),
      { strategy: "synthetic" },
      "inconclusive",
      "manual",
      "without a person",
    ],
    [
      "a refused candidate",
      [],
      { validationErrors: ["Line 3: it does not parse."] },
      "failed",
      "manual",
      "refused before anything ran: Line 3: it does not parse.",
    ],
    [
      "lost machinery",
      [...cases(200, "agrees"), ...cases(1, "regression")],
      { trouble: "the sandbox was lost" },
      "error",
      "replay",
      "says nothing about the tool",
    ],
    [
      "cases of the candidate count for nothing",
      [
        ...cases(200, "agrees"),
        ...cases(9, "regression", { source: "candidate_case" }),
        ...cases(9, "repaired", { source: "candidate_case", target: true }),
      ],
      {},
      "inconclusive",
      "replay",
      "no call or case that is known to be wrong",
    ],
  ] as Row[])("%s", (_, list, more, verdict, used, headline) => {
    const judgement = judge(list, { ...circumstances, ...more });
    expect(judgement).toMatchObject({ verdict, strategyUsed: used });
    expect(judgement.headline).toContain(headline);
  });

  it("says what would settle it, with the time at today's traffic", () => {
    const few = [...cases(31, "agrees"), ...cases(1, "repaired")];
    expect(judge(few, { ...circumstances, goodCallsPerDay: 168 }).wouldSettle).toEqual([
      "28 more agreeing calls, about 4 h at today's traffic, or test cases in the tool.",
    ]);
    expect(judge(cases(200, "agrees").concat(cases(3, "unconfirmed")), circumstances).wouldSettle).toEqual([
      "Confirm one of these 3 values, or give the right one.",
    ]);
  });

  it("obeys the threshold: 99 % takes 299", () => {
    const strict = { ...circumstances, threshold: 0.99 };
    expect(judge([...cases(298, "agrees"), ...cases(1, "repaired")], strict).verdict).toBe("inconclusive");
    expect(judge([...cases(299, "agrees"), ...cases(1, "repaired")], strict).verdict).toBe("passed");
  });

  const anyCase = fc.record({
    label: fc.constantFrom(...Label.options),
    source: fc.constantFrom<JudgedCase["source"]>("base_case", "stored_case", "recorded"),
    target: fc.boolean(),
    newStatus: fc.constantFrom<JudgedCase["newStatus"]>("succeeded", "refused", "failed"),
  });
  const anyCircumstances = fc.record({
    strategy: fc.constantFrom(...Strategy.options),
    purpose: fc.constantFrom<Circumstances["purpose"]>("failing", "incorrect", "degrading", "slow", "other"),
  });

  it("never passes with a regression, a wrong, masked, failing, changed or slower case, and never by hand", () => {
    const never: readonly Label[] = ["regression", "still_wrong", "masked", "changed", "slower"];
    fc.assert(
      fc.property(fc.array(anyCase, { maxLength: 20 }), anyCircumstances, fc.nat(100), (list, more, good) => {
        const judgement = judge([...cases(good, "agrees"), ...list], { ...circumstances, ...more });
        const bad = list.some(({ label, target }) => never.includes(label) || (label === "still_failing" && target));
        if (bad || more.strategy === "manual") expect(judgement.verdict).not.toBe("passed");
        if (list.some(({ label }) => label === "regression" || label === "still_wrong"))
          expect(judgement.verdict).toBe("failed");
        expect(judgement.verdict === "inconclusive").toBe(judgement.wouldSettle.length > 0);
      }),
    );
  });

  it("has bounds that grow with agreement, and a percentage only beside its counts", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(50), (agreeing, changed) => {
        const at = (more: number) =>
          judge([...cases(agreeing + more, "agrees"), ...cases(changed, "changed")], circumstances);
        expect(at(1).agreement.lowerBound).toBeGreaterThanOrEqual(at(0).agreement.lowerBound);
        expect(at(1).agreement.upperBound).toBeGreaterThanOrEqual(at(0).agreement.upperBound - 1e-12);
        const { headline, agreement } = at(0);
        if (headline.includes("%"))
          expect(headline).toContain(`${agreement.agreed} of ${agreement.comparable + (agreement.changed ?? 0)}`);
      }),
    );
  });
});
