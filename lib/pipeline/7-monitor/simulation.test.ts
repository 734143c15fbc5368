/** The promised error rates, by simulated traffic. WHETSTONE_SIMULATIONS asks for more deployments than CI has time for. */
import { describe, expect, it } from "vitest";
import { seededRandom } from "#lib/core/random.ts";
import { leastCalls } from "#lib/core/sequential.ts";
import { clopperPearson, quantile } from "#lib/core/statistics.ts";
import { ERROR } from "./decide.ts";
import { tallyWith, verdictOf } from "./tally.fixture.ts";

const DEPLOYMENTS = Number(process.env.WHETSTONE_SIMULATIONS || 400);
const LIMIT = 500;

type Traffic = { readonly failing: number; readonly refused: number; readonly slow: number };

/** Draws one call after the other; the judge looks after each one that is not good, since only those can move it. */
function watch(random: () => number, baseline: number, before: Traffic, now: Traffic, limit = LIMIT): number | null {
  const then = draw(random, baseline, before);
  const tally = { succeeded: 0, failed: 0, refused: 0, slow: 0 };
  for (let call = 1; call <= limit; call += 1) {
    const kind = drawCall(random, now);
    if (kind === "slow") tally.succeeded += 1;
    tally[kind] += 1;
    if (kind !== "succeeded" && verdictOf(withClasses(tally), then) === "regressed") return call;
  }
  return null;
}

function drawCall(random: () => number, { failing, refused, slow }: Traffic) {
  const place = random();
  if (place < failing) return "failed";
  if (place < failing + refused) return "refused";
  return random() < slow ? "slow" : "succeeded";
}

function draw(random: () => number, calls: number, traffic: Traffic) {
  const tally = { succeeded: 0, failed: 0, refused: 0, slow: 0 };
  for (let call = 0; call < calls; call += 1) {
    const kind = drawCall(random, traffic);
    if (kind === "slow") tally.succeeded += 1;
    tally[kind] += 1;
  }
  return withClasses(tally);
}

function withClasses(tally: { succeeded: number; failed: number; refused: number; slow: number }) {
  return tallyWith({ ...tally, classes: tally.failed === 0 ? [] : [{ cluster: "known", calls: tally.failed }] });
}

describe("steady traffic", () => {
  it(`rolls back without cause in at most ${ERROR * 100} % of ${DEPLOYMENTS} deployments`, { timeout: 600_000 }, () => {
    const random = seededRandom(20_261_123);
    let falsely = 0;
    for (let deployment = 0; deployment < DEPLOYMENTS; deployment += 1) {
      const failing = 0.01 + 0.49 * random() ** 2;
      const steady = { failing, refused: 0.1 * random(), slow: 0.03 * random() };
      const baseline = [20, 200, 2_000, 20_000][deployment % 4] as number;
      if (watch(random, baseline, steady, steady) !== null) falsely += 1;
    }
    // Clearly above the promise would be a broken promise; the count itself may be off by chance.
    expect(clopperPearson(falsely, DEPLOYMENTS, 0.05, "lower")).toBeLessThanOrEqual(ERROR);
  });
});

describe("planted regressions", () => {
  const RUNS = 40;
  const delays = (before: Traffic, now: Traffic, seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: RUNS }, () => watch(random, 20_000, before, now, 2_000) ?? Number.POSITIVE_INFINITY);
  };
  const CALM = { failing: 0, refused: 0, slow: 0 };

  it("are seen within twice the calls that any judge of this error needs", () => {
    for (const [before, after] of [
      [0.01, 0.1],
      [0.01, 0.5],
      [0.05, 0.2],
      [0.2, 0.4],
    ] as const) {
      const seen = delays({ ...CALM, failing: before }, { ...CALM, failing: after }, 7);
      expect(quantile(seen, 0.5)).toBeLessThanOrEqual(2 * leastCalls(before, after, ERROR));
      expect(Math.max(...seen)).toBeLessThan(2_000);
    }
  });

  it("are seen as refusals and as slowness too", () => {
    const before = { failing: 0.01, refused: 0.02, slow: 0.01 };
    for (const now of [
      { ...before, refused: 0.2 },
      { ...before, slow: 0.2 },
    ])
      expect(Math.max(...delays(before, now, 11))).toBeLessThan(LIMIT);
  });
});
