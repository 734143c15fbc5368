import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "#lib/core/random.ts";
import { type Example, fitRank, scoreBy, scoresLeftOut } from "./fit-rank.ts";

const TRUE = { bias: -1, weights: [3, -2] };

function examples(seed: number, count: number): Example[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const features = [random(), random()];
    return { task: `task ${at % 20}`, features, right: random() < scoreBy(TRUE, features) };
  });
}

describe("fitRank", () => {
  it("finds the weights that examples were drawn by", () => {
    const { bias, weights } = fitRank(examples(7, 20_000));
    expect(bias).toBeCloseTo(-1, 0);
    expect(weights[0]).toBeCloseTo(3, 0);
    expect(weights[1]).toBeCloseTo(-2, 0);
  });
  it("is at the top of its likelihood: the mean score is the share of right ones", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (seed) => {
        const some = examples(seed, 200);
        const fit = fitRank(some);
        const mean = some.reduce((sum, { features }) => sum + scoreBy(fit, features), 0) / some.length;
        expect(mean).toBeCloseTo(some.filter(({ right }) => right).length / some.length, 5);
      }),
      { numRuns: 20 },
    );
  });
  it("stays finite where a feature tells right from wrong wholly", () => {
    const some = Array.from({ length: 20 }, (_, at) => ({ task: `${at}`, features: [at % 2], right: at % 2 === 1 }));
    const fit = fitRank(some);
    expect([fit.bias, ...fit.weights].every(Number.isFinite)).toBe(true);
    expect(scoreBy(fit, [1])).toBeGreaterThan(scoreBy(fit, [0]));
  });
});

describe("scoresLeftOut", () => {
  it("scores a function by the others alone", () => {
    const some: Example[] = [
      ...Array.from({ length: 40 }, (_, at) => ({ task: "a", features: [at % 2], right: at % 2 === 1 })),
      ...Array.from({ length: 40 }, (_, at) => ({ task: "b", features: [at % 2], right: at % 2 === 0 })),
    ];
    const scores = scoresLeftOut(some);
    expect(scores[1]).toBeLessThan(0.5);
    expect(scores[41]).toBeGreaterThan(0.5);
  });
});
