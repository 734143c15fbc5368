/** Two versions compared on the same inputs: the sizes, the success, the latency, and the winner or none. */
import type { AbResult } from "./evidence.ts";
import { differenceInterval, quantile } from "./statistics.ts";

export type AbSide = {
  /** Answered as it should: a value, or a refusal that is known to be right. */
  readonly good: boolean;
  readonly latencyMs: number;
};
export type AbPair = { readonly old: AbSide; readonly new: AbSide };

const CONFIDENCE = 0.95;

/**
 * The comparison on pairs of the same input. The winner needs an interval that leaves zero out; the interval treats
 * the sides as independent, which is wider than pairing would make it, so a winner is never declared too early.
 */
export function abResult(pairs: readonly AbPair[]): AbResult {
  const n = pairs.length;
  const [before, after] = [sideOf(pairs.map((pair) => pair.old)), sideOf(pairs.map((pair) => pair.new))];
  const [lower, upper] = differenceInterval(
    { successes: before.succeeded, n },
    { successes: after.succeeded, n },
    CONFIDENCE,
  );
  return {
    n,
    old: before,
    new: after,
    difference: after.successRate - before.successRate,
    interval: [lower, upper],
    winner: lower > 0 ? "new" : upper < 0 ? "old" : "none",
  };
}

function sideOf(sides: readonly AbSide[]): AbResult["old"] {
  const succeeded = sides.filter(({ good }) => good).length;
  const latencies = sides.map(({ latencyMs }) => latencyMs);
  return {
    succeeded,
    successRate: sides.length === 0 ? 0 : succeeded / sides.length,
    p50Ms: sides.length === 0 ? 0 : quantile(latencies, 0.5),
    p95Ms: sides.length === 0 ? 0 : quantile(latencies, 0.95),
  };
}

export type LatencyGain = {
  /** Median of old minus new: above zero is faster. */
  readonly medianMs: number;
  /** One-sided 95 % bounds of that median; infinite where the pairs are too few to say. */
  readonly lowerMs: number;
  readonly upperMs: number;
};

/**
 * How much faster the new version is on the same inputs, with distribution-free bounds: the median lies above the k-th
 * smallest difference except with the chance of fewer than k heads in n throws of a coin (sign test inverted).
 */
export function latencyGain(pairs: readonly { readonly oldMs: number; readonly newMs: number }[]): LatencyGain {
  const gains = pairs.map(({ oldMs, newMs }) => oldMs - newMs).sort((a, b) => a - b);
  const rank = signRank(gains.length);
  return {
    medianMs: gains.length === 0 ? 0 : quantile(gains, 0.5),
    lowerMs: rank === 0 ? Number.NEGATIVE_INFINITY : (gains[rank - 1] as number),
    upperMs: rank === 0 ? Number.POSITIVE_INFINITY : (gains[gains.length - rank] as number),
  };
}

/** The largest k with P(Binomial(n, 1/2) < k) at most 5 %, or 0 where there is none. */
function signRank(n: number): number {
  let term = 2 ** -n;
  let sum = 0;
  let k = 0;
  while (k < n && sum + term <= 1 - CONFIDENCE + 1e-12) {
    sum += term;
    term *= (n - k) / (k + 1);
    k += 1;
  }
  // Beyond the range of doubles the first term vanishes; the normal approximation is exact enough there.
  return n > 1000 ? Math.max(0, Math.floor(n / 2 - 0.8225 * Math.sqrt(n))) : k;
}
