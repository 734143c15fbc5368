import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AbPair, abResult, latencyGain } from "./ab.ts";

const pair = (old: boolean, next: boolean): AbPair => ({
  old: { good: old, latencyMs: 2 },
  new: { good: next, latencyMs: 1 },
});

describe("abResult", () => {
  it("names the winner where the interval leaves zero out", () => {
    const result = abResult([...Array(50).fill(pair(true, true)), ...Array(50).fill(pair(false, true))]);
    expect(result).toMatchObject({ n: 100, difference: 0.5, winner: "new" });
    expect(result.old).toMatchObject({ succeeded: 50, successRate: 0.5, p50Ms: 2 });
    expect(result.new).toMatchObject({ succeeded: 100, successRate: 1, p95Ms: 1 });
    expect(result.interval[0]).toBeGreaterThan(0);
  });

  it("names none on one good sign, and none on no pairs", () => {
    expect(abResult([pair(false, true)]).winner).toBe("none");
    expect(abResult([])).toMatchObject({ n: 0, winner: "none", difference: 0, interval: [-1, 1] });
  });

  it("turns around with its sides", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 80 }), (outcomes) => {
        const forth = abResult(outcomes.map(([a, b]) => pair(a, b)));
        const back = abResult(outcomes.map(([a, b]) => pair(b, a)));
        const turned = { old: "new", new: "old", none: "none" } as const;
        expect(back.winner).toBe(turned[forth.winner]);
        expect(back.difference).toBeCloseTo(-forth.difference, 12);
        expect(forth.interval[0]).toBeLessThanOrEqual(forth.difference + 1e-12);
        expect(forth.interval[1]).toBeGreaterThanOrEqual(forth.difference - 1e-12);
      }),
    );
  });
});

describe("latencyGain", () => {
  const times = (gains: number[]) => gains.map((gain) => ({ oldMs: 100 + gain, newMs: 100 }));

  it("has no bound on fewer than five pairs", () => {
    expect(latencyGain(times([5, 5, 5, 5])).lowerMs).toBe(Number.NEGATIVE_INFINITY);
    expect(latencyGain(times([5, 6, 7, 8, 9]))).toMatchObject({ lowerMs: 5, medianMs: 7, upperMs: 9 });
  });

  it("takes the exact order statistic: the second smallest of eight, the fourth of thirteen", () => {
    expect(latencyGain(times([1, 2, 3, 4, 5, 6, 7, 8])).lowerMs).toBe(2);
    expect(latencyGain(times([...Array(13).keys()])).lowerMs).toBe(3);
  });

  it("is sure neither way when nothing changed", () => {
    const gain = latencyGain(times(Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 1 : -1))));
    expect(gain.lowerMs).toBeLessThanOrEqual(0);
    expect(gain.upperMs).toBeGreaterThanOrEqual(0);
  });

  it("stays finite and ordered on thousands of pairs", () => {
    const gain = latencyGain(times(Array.from({ length: 5000 }, (_, index) => index)));
    expect(gain.lowerMs).toBeLessThan(gain.medianMs);
    expect(gain.upperMs).toBeGreaterThan(gain.medianMs);
    expect(gain.medianMs - gain.lowerMs).toBeLessThan(100);
  });
});
