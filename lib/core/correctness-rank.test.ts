import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correctnessRank, editSizeOf, FEATURES, type RankFacts, rankFeatures } from "./correctness-rank.ts";

const right: RankFacts = {
  tally: {
    targets: Array.from({ length: 20 }, () => ({
      label: "corrected",
      source: "recorded",
      target: true,
      newStatus: "succeeded",
    })),
    met: 20,
    bounds: { lower: 0.97, upper: 1 },
    changes: { confirmed: 20, open: 19, explained: true, missing: 0 },
    comparable: 120,
    agreed: 120,
    base: { total: 3, passed: 3 },
  },
  regressions: 0,
  wrong: 0,
  masked: 0,
  explored: { answered: 140, failed: 0, differ: 30, near: 70, nearChanged: 40 },
  byHeart: { known: 20, written: 0, constants: 1 },
  unneeded: 0,
  editSize: 6,
  unexecuted: 0,
};
const rank = (change: Partial<RankFacts>) => correctnessRank(rankFeatures({ ...right, ...change }));

describe("correctnessRank", () => {
  it("lies between 0 and 1, and so do the features", () => {
    for (const value of [rank({}), ...rankFeatures(right)]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });
  it.each([
    ["an answer that is still wrong", { wrong: 1 }],
    ["a lost good answer", { regressions: 1 }],
    ["a mask", { masked: 1 }],
    ["changed lines that no case executed", { unexecuted: 0.5 }],
    ["a rewrite", { editSize: 2_000 }],
    ["a part that makes no difference to any case", { unneeded: 1 }],
    ["known cases by heart", { byHeart: { known: 20, written: 20, constants: 40 } }],
    [
      "changes only where it is judged",
      { explored: { answered: 140, failed: 0, differ: 0, near: 70, nearChanged: 0 } },
    ],
    [
      "changes that nobody confirmed",
      { tally: { ...right.tally, changes: { confirmed: 5, open: 40, explained: false, missing: 18 } } },
    ],
  ] satisfies [string, Partial<RankFacts>][])("puts %s below a right fix", (_, change) => {
    expect(rank(change)).toBeLessThan(rank({}));
  });
  it("has a weight for each feature, and a name", () => {
    expect(rankFeatures(right)).toHaveLength(FEATURES.length);
    const none = FEATURES.map(() => 0);
    for (const at of FEATURES.keys())
      expect(correctnessRank(none.with(at, 1)), FEATURES[at]).not.toBe(correctnessRank(none));
    expect(correctnessRank([...none, 1])).toBe(correctnessRank(none));
  });
  it("ranks nothing higher for what speaks against it, whatever else there is", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const against = FEATURES.map((name, at) => [name, at] as const).filter(([name]) =>
      /lost|wrong|masked|failed|by heart|nothing needs|size|unexecuted/.test(name),
    );
    expect(against).toHaveLength(8);
    fc.assert(
      fc.property(fc.tuple(...FEATURES.map(() => share)), share, (features, more) => {
        for (const [name, at] of against) {
          const worse = features.with(at, Math.max(features[at] ?? 0, more));
          expect(correctnessRank(worse), name).toBeLessThanOrEqual(correctnessRank(features));
        }
      }),
    );
  });
  it("has numbers for evidence that is not there", () => {
    const none = rankFeatures({ ...right, explored: undefined, byHeart: undefined });
    expect(none.every(Number.isFinite)).toBe(true);
  });
});

describe("editSizeOf", () => {
  it.each([
    ["abc", "abc", 0],
    ["abc", "aXc", 1],
    ["abc", "abcd", 1],
    ["aaa", "aa", 1],
    ["", "xy", 2],
  ])("%s to %s: %i", (before, after, size) => {
    expect(editSizeOf(before, after)).toBe(size);
  });
});
