import { describe, expect, it } from "vitest";
import { callsToSettle, isShadowed, shadowDifference, shadowWords, whyTestAgain } from "./shadow.ts";
import type { Strategy, Verdict } from "./words.ts";

function evidence(
  verdict: Verdict,
  comparable: number,
  more: { agreed?: number; strategyUsed?: Strategy; wouldSettle?: readonly string[] } = {},
) {
  const agreement = { comparable, agreed: more.agreed ?? comparable, lowerBound: 0, upperBound: 1, threshold: 0.95 };
  const { wouldSettle = ["39 more agreeing calls, or test cases in the tool."] } = more;
  return {
    verdict,
    strategy: "shadow" as const,
    strategyUsed: more.strategyUsed ?? ("replay" as const),
    summary: { agreement, wouldSettle } as Parameters<typeof callsToSettle>[0]["summary"],
  };
}
const NONE = { agreed: 0, differed: 0 };

describe("shadow", () => {
  it("tries only what may be tried on live calls and is not known to be wrong", () => {
    expect(isShadowed(evidence("passed", 59))).toBe(true);
    expect(isShadowed(evidence("inconclusive", 0))).toBe(true);
    expect(isShadowed(evidence("failed", 59))).toBe(false);
    expect(isShadowed(evidence("error", 0))).toBe(false);
    expect(isShadowed({ ...evidence("passed", 59), strategy: "replay" })).toBe(false);
  });

  it("compares answers, refusals by their code, and leaves noise out", () => {
    const live = { status: "succeeded" as const, output: { total: 3, at: 1 } };
    expect(shadowDifference(live, { status: "succeeded", output: { total: 3, at: 2 } }, ["/at"])).toBeNull();
    expect(shadowDifference(live, { status: "succeeded", output: { total: 4, at: 1 } }, ["/at"])).toContain("/total");
    expect(shadowDifference(live, { status: "succeeded", output: 7 }, [])).toContain("the whole answer");
    expect(shadowDifference(live, { status: "failed" }, [])).toBe("it succeeded live, and failed with the change");
    const refused = (code: string) => ({
      status: "refused" as const,
      error: { name: "ToolError", message: "", stack: "", code },
    });
    expect(shadowDifference(refused("a"), refused("a"), [])).toBeNull();
    expect(shadowDifference(refused("a"), refused("b"), [])).toContain("another reason");
  });

  it("counts down to the 59 agreeing calls that 95 % takes, and then has the tests run", () => {
    const short = evidence("inconclusive", 20);
    expect(callsToSettle(short, NONE)).toBe(39);
    expect(whyTestAgain(short, { agreed: 38, differed: 0 }, { agreed: 38, differed: 0 })).toBeNull();
    expect(whyTestAgain(short, { agreed: 39, differed: 0 }, { agreed: 39, differed: 0 })).toContain("39 live calls");
    // More calls would not change what a passed replay says, nor heal a difference.
    expect(callsToSettle(evidence("passed", 80), NONE)).toBeNull();
    // No number of calls settles what waits for a person's word.
    const asks = { wouldSettle: ["39 more agreeing calls.", "Confirm this value, or give the right one."] };
    expect(callsToSettle(evidence("inconclusive", 20, asks), NONE)).toBeNull();
    expect(callsToSettle(evidence("inconclusive", 80), NONE)).toBeNull();
    expect(callsToSettle(evidence("inconclusive", 20, { agreed: 19 }), NONE)).toBeNull();
    // What only its cases let pass can still be proved on live calls.
    expect(callsToSettle(evidence("passed", 20, { strategyUsed: "synthetic" }), NONE)).toBe(39);
  });

  it("looks again when a live call differs, and not for ever where answers vary", () => {
    const passed = evidence("passed", 80);
    expect(whyTestAgain(passed, { agreed: 5, differed: 1 }, { agreed: 0, differed: 1 })).toBe("a live call differed");
    expect(whyTestAgain(passed, { agreed: 5, differed: 1 }, NONE)).toBeNull();
    expect(whyTestAgain(passed, { agreed: 5, differed: 4 }, { agreed: 0, differed: 1 })).toBeNull();
  });

  it("says how far it is", () => {
    const words = (all: { agreed: number; differed: number }, of = evidence("inconclusive", 20)) =>
      shadowWords("adder", of, { all, since: all, callsPerDay: 240 });
    expect(words(NONE)).toContain("none came yet; 39 more agreeing calls settle it, about 4 h at today's traffic");
    expect(words({ agreed: 38, differed: 0 })).toBe(
      "38 live calls agreed, none differed; 1 more agreeing call settles it, about 6 min at today's traffic.",
    );
    // What passed by its cases waits for no calls.
    const byCases = evidence("passed", 0, { strategyUsed: "synthetic" });
    expect(words(NONE, byCases)).toMatch(/none came yet\.$/);
    expect(words({ agreed: 1, differed: 2 }, evidence("passed", 80))).toBe("1 live call agreed, 2 differed.");
  });
});
