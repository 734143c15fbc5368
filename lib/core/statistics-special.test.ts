import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  inverseRegularisedBeta,
  logBeta,
  logGamma,
  normalTail,
  normalUpperQuantile,
  regularisedBeta,
} from "./statistics-special.ts";

describe("special functions", () => {
  test("logGamma at known points", () => {
    expect(logGamma(1)).toBeCloseTo(0, 14);
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 14);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(logGamma(171)).toBeCloseTo(706.5730622457874, 9);
    expect(() => logGamma(0)).toThrow(RangeError);
    expect(logBeta(3, 4)).toBeCloseTo(Math.log(1 / 60), 13);
  });

  test("regularisedBeta against the closed forms it has for whole shapes", () => {
    // I_x(a, 1) = x^a; I_x(1, b) = 1 − (1 − x)^b; I_½(a, a) = ½.
    const shape = fc.integer({ min: 1, max: 400 });
    const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(shape, share, (a, x) => {
        expect(regularisedBeta(x, a, 1)).toBeCloseTo(x ** a, 11);
        expect(regularisedBeta(x, 1, a)).toBeCloseTo(1 - (1 - x) ** a, 11);
        expect(regularisedBeta(0.5, a, a)).toBeCloseTo(0.5, 11);
      }),
    );
    // The binomial sum of DLMF 8.17.5 at a = 3, n = 10, x = 0.3: P(X ≥ 3).
    expect(regularisedBeta(0.3, 3, 8)).toBeCloseTo(0.6172172136, 9);
    expect(regularisedBeta(0.99, 19_800.5, 200.5)).toBeCloseTo(0.5, 1);
  });

  test("the inverse undoes it, and both rise", () => {
    const shape = fc.double({ min: 0.3, max: 30_000, noNaN: true });
    fc.assert(
      fc.property(shape, shape, fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (a, b, p) => {
        const x = inverseRegularisedBeta(p, a, b);
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(1);
        // Where x rounds to an end, the function is too steep there for doubles to tell.
        if (x > 1e-12 && x < 1 - 1e-12) expect(regularisedBeta(x, a, b)).toBeCloseTo(p, 6);
        expect(inverseRegularisedBeta(Math.min(1, p * 1.01), a, b)).toBeGreaterThanOrEqual(x * (1 - 1e-9));
      }),
    );
  });

  test("the normal tail and its quantile", () => {
    expect(normalTail(0)).toBe(0.5);
    expect(normalTail(1.959963984540054)).toBeCloseTo(0.025, 14);
    expect(normalTail(-1)).toBeCloseTo(0.8413447460685429, 14);
    expect(normalTail(6) / 9.865876450376946e-10).toBeCloseTo(1, 9);
    expect(normalTail(3 - 1e-12)).toBeCloseTo(normalTail(3), 11);
    expect(normalUpperQuantile(0.025)).toBeCloseTo(1.959963984540054, 12);
    expect(normalUpperQuantile(0.9)).toBeCloseTo(-1.2815515655446004, 12);
  });
});
