import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "./random.ts";
import {
  agreeingCallsNeeded,
  clopperPearson,
  differenceInterval,
  quantile,
  rankTest,
  successRateBounds,
  wilsonInterval,
} from "./statistics.ts";

const counts = fc.nat(3_000).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));

describe("clopperPearson", () => {
  test.each([
    [59, 59, 0.05, "lower", 0.9505],
    [58, 58, 0.05, "lower", 0.9497],
    [0, 10, 0.025, "upper", 0.3085],
    [0, 10, 0.025, "lower", 0],
    [8, 10, 0.025, "lower", 0.4439],
    [8, 10, 0.025, "upper", 0.9748],
    [500, 1000, 0.025, "lower", 0.4685],
  ] as const)("%i of %i at %d, %s", (successes, n, alpha, side, expected) => {
    expect(clopperPearson(successes, n, alpha, side)).toBeCloseTo(expected, 4);
  });

  test("59 agreeing calls are what 95 % takes", () => {
    expect(agreeingCallsNeeded(0.95, 0.05)).toBe(59);
    expect(agreeingCallsNeeded(0.99, 0.05)).toBe(299);
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 0.999, noNaN: true }), (threshold) => {
        const needed = agreeingCallsNeeded(threshold, 0.05);
        expect(clopperPearson(needed, needed, 0.05, "lower")).toBeGreaterThanOrEqual(threshold - 1e-9);
        expect(clopperPearson(needed - 1, needed - 1, 0.05, "lower")).toBeLessThan(threshold);
      }),
    );
  });

  test("bounds enclose the rate, rise with successes and widen with confidence", () => {
    fc.assert(
      fc.property(counts, ([successes, n]) => {
        const lower = clopperPearson(successes, n, 0.05, "lower");
        const upper = clopperPearson(successes, n, 0.05, "upper");
        if (n > 0) {
          expect(lower).toBeLessThanOrEqual(successes / n);
          expect(upper).toBeGreaterThanOrEqual(successes / n);
        }
        expect(clopperPearson(successes, n, 0.01, "lower")).toBeLessThanOrEqual(lower);
        expect(clopperPearson(successes + 1, n + 1, 0.05, "lower")).toBeGreaterThanOrEqual(lower);
        expect(clopperPearson(n - successes, n, 0.05, "upper")).toBeCloseTo(1 - lower, 10);
      }),
    );
  });

  test("covers what it promises", () => {
    const random = seededRandom(7);
    for (const rate of [0.5, 0.9, 0.98]) {
      let missed = 0;
      for (let run = 0; run < 4_000; run += 1) {
        let successes = 0;
        for (let call = 0; call < 80; call += 1) if (random() < rate) successes += 1;
        if (clopperPearson(successes, 80, 0.05, "lower") > rate) missed += 1;
      }
      expect(missed / 4_000).toBeLessThanOrEqual(0.06);
    }
  });

  test("refuses counts that cannot be", () => {
    expect(() => clopperPearson(3, 2, 0.05, "lower")).toThrow(/3 of 2/);
  });
});

describe("intervals of Wilson and Newcombe", () => {
  test("agree with the published examples", () => {
    // Newcombe 1998, table II: 56 of 70 against 48 of 80; and Wilson's interval of 81 of 263.
    const [low, high] = differenceInterval({ successes: 48, n: 80 }, { successes: 56, n: 70 }, 0.95);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
    const [wilsonLow, wilsonHigh] = wilsonInterval(81, 263, 0.95);
    expect(wilsonLow).toBeCloseTo(0.2553, 4);
    expect(wilsonHigh).toBeCloseTo(0.3662, 4);
  });

  test("turn round with their sides and stay within what is possible", () => {
    fc.assert(
      fc.property(counts, counts, ([a, n], [b, m]) => {
        const [low, high] = differenceInterval({ successes: a, n }, { successes: b, n: m }, 0.95);
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(-1 - 1e-9);
        expect(high).toBeLessThanOrEqual(1 + 1e-9);
        const [turnedLow, turnedHigh] = differenceInterval({ successes: b, n: m }, { successes: a, n }, 0.95);
        expect(turnedLow).toBeCloseTo(-high, 9);
        expect(turnedHigh).toBeCloseTo(-low, 9);
      }),
    );
  });
});

describe("successRateBounds", () => {
  test("two failures in two calls and 500 in 10,000 are both below 99 %; one in two and 100 in 10,000 are not", () => {
    expect(successRateBounds(0, 2, 0.005).upper).toBeLessThan(0.99);
    expect(successRateBounds(9_500, 500, 0.005).upper).toBeLessThan(0.99);
    expect(successRateBounds(5, 5, 0.005).upper).toBeLessThan(0.99);
    expect(successRateBounds(1, 1, 0.005).upper).toBeGreaterThan(0.99);
    expect(successRateBounds(0, 1, 0.005).upper).toBeGreaterThan(0.99);
    expect(successRateBounds(9_900, 100, 0.005).upper).toBeGreaterThan(0.99);
    expect(successRateBounds(0, 0, 0.005)).toEqual({ lower: 0, upper: 1 });
  });

  test("encloses the observed rate, mirrors, and each more failure lowers it", () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(5_000), (successes, failures) => {
        const { lower, upper } = successRateBounds(successes, failures, 0.01);
        if (successes + failures > 0) {
          expect(lower).toBeLessThanOrEqual(successes / (successes + failures));
          expect(upper).toBeGreaterThanOrEqual(successes / (successes + failures));
        }
        const mirrored = successRateBounds(failures, successes, 0.01);
        expect(mirrored.lower).toBeCloseTo(1 - upper, 9);
        expect(successRateBounds(successes, failures + 1, 0.01).lower).toBeLessThanOrEqual(lower + 1e-12);
      }),
    );
  });

  test("holds at all times at once: looked at after every call, it is wrong no more often than alpha", () => {
    const random = seededRandom(11);
    for (const rate of [0.5, 0.9, 0.99]) {
      let wrong = 0;
      for (let run = 0; run < 500; run += 1) {
        let [successes, failures] = [0, 0];
        for (let call = 0; call < 150; call += 1) {
          if (random() < rate) successes += 1;
          else failures += 1;
          const { lower, upper } = successRateBounds(successes, failures, 0.05);
          if (rate < lower || rate > upper) {
            wrong += 1;
            break;
          }
        }
      }
      expect(wrong / 500).toBeLessThanOrEqual(0.05);
    }
  });
});

describe("quantile and rankTest", () => {
  test("known values", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.95)).toBeCloseTo(4.8, 12);
    expect(quantile([7], 0.2)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
    // All five above all five: U = 25, z = (25 − 12.5 − 0.5) / √22.9167.
    expect(rankTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toEqual({
      effect: 1,
      pValue: expect.closeTo(0.006093, 5),
    });
    expect(rankTest([3, 3, 3], [3, 3])).toEqual({ effect: 0.5, pValue: 1 });
    expect(rankTest([], [1])).toEqual({ effect: 0.5, pValue: 1 });
  });

  test("sides add up, and equal samples are seldom called different", () => {
    const values = fc.array(fc.nat(50), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, values, (before, after) => {
        expect(rankTest(before, after).effect + rankTest(after, before).effect).toBeCloseTo(1, 12);
      }),
    );
    const random = seededRandom(3);
    let fired = 0;
    for (let run = 0; run < 2_000; run += 1) {
      const sample = () => Array.from({ length: 40 }, () => Math.round(-Math.log(1 - random()) * 20));
      if (rankTest(sample(), sample()).pValue < 0.01) fired += 1;
    }
    expect(fired / 2_000).toBeLessThanOrEqual(0.015);
  });
});
