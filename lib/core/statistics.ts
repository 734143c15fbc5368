/** Bounds and comparisons of rates and latencies. A rate is never shown without its counts and a bound from here. */
import { inverseRegularisedBeta, logBeta, normalTail, normalUpperQuantile } from "./statistics-special.ts";

/**
 * One-sided Clopper–Pearson bound of a proportion: the true proportion lies on the named side's wrong side with at most
 * probability `alpha`. Source: Clopper & Pearson, Biometrika 26 (1934). 59 of 59 has the lower bound 0.9505 at 0.05.
 */
export function clopperPearson(successes: number, n: number, alpha: number, side: "lower" | "upper"): number {
  checkCounts(successes, n);
  if (side === "lower") return successes === 0 ? 0 : inverseRegularisedBeta(alpha, successes, n - successes + 1);
  return successes === n ? 1 : inverseRegularisedBeta(1 - alpha, successes + 1, n - successes);
}

/** The fewest calls that must all agree before the one-sided lower bound reaches `threshold`: 59 for 95 % at 0.05. */
export function agreeingCallsNeeded(threshold: number, alpha: number): number {
  // The bound of n of n is alpha^(1/n).
  return Math.ceil(Math.log(alpha) / Math.log(threshold) - 1e-9);
}

export type Interval = readonly [lower: number, upper: number];

/** Two-sided Wilson score interval of a proportion. Source: Wilson, JASA 22 (1927). */
export function wilsonInterval(successes: number, n: number, confidence: number): Interval {
  checkCounts(successes, n);
  if (n === 0) return [0, 1];
  const z = normalUpperQuantile((1 - confidence) / 2);
  const rate = successes / n;
  const centre = (rate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  return [
    successes === 0 ? 0 : Math.max(0, Math.min(rate, centre - half)),
    successes === n ? 1 : Math.min(1, Math.max(rate, centre + half)),
  ];
}

/** Counts of one side of a comparison. */
export type Counts = { readonly successes: number; readonly n: number };

/**
 * Interval of the difference of two proportions, `after` minus `before`. Source: Newcombe, Statistics in Medicine 17
 * (1998), method 10: the square-and-add combination of two Wilson intervals.
 */
export function differenceInterval(before: Counts, after: Counts, confidence: number): Interval {
  if (before.n === 0 || after.n === 0) return [-1, 1];
  const [p, q] = [after.successes / after.n, before.successes / before.n];
  const [pLow, pHigh] = wilsonInterval(after.successes, after.n, confidence);
  const [qLow, qHigh] = wilsonInterval(before.successes, before.n, confidence);
  return [p - q - Math.hypot(p - pLow, qHigh - q), p - q + Math.hypot(pHigh - p, q - qLow)];
}

/**
 * Anytime-valid confidence sequence of a success rate: over the whole run of calls, however often one looks, the true
 * rate leaves the bounds with at most probability `alpha`. Inversion of the beta-binomial mixture martingale with
 * Jeffreys' prior. Sources: Robbins, Ann. Math. Stat. 41 (1970); Howard et al., Ann. Stat. 49 (2021).
 */
export function successRateBounds(
  successes: number,
  failures: number,
  alpha: number,
): { readonly lower: number; readonly upper: number } {
  checkCounts(successes, successes + failures);
  if (successes + failures === 0) return { lower: 0, upper: 1 };
  const mixture = logBeta(successes + 0.5, failures + 0.5) - logBeta(0.5, 0.5);
  /** Log of the mixture's likelihood over that of the rate: convex, lowest at the observed rate. */
  const evidence = (rate: number) =>
    mixture - (successes && successes * Math.log(rate)) - (failures && failures * Math.log1p(-rate));
  const limit = -Math.log(alpha);
  const observed = successes / (successes + failures);
  return {
    lower: successes === 0 ? 0 : crossing(evidence, limit, observed, 0),
    upper: failures === 0 ? 1 : crossing(evidence, limit, observed, 1),
  };
}

/** Where a function that rises from `inside` to `outside` crosses a limit. */
function crossing(value: (x: number) => number, limit: number, inside: number, outside: number): number {
  let [near, far] = [inside, outside];
  for (let step = 0; step < 60; step += 1) {
    const middle = (near + far) / 2;
    if (value(middle) < limit) near = middle;
    else far = middle;
  }
  // The far end keeps the bound on the safe side.
  return far;
}

/** Quantile by linear interpolation between order statistics (Hyndman & Fan 1996, type 7); NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const position = (sorted.length - 1) * Math.min(1, Math.max(0, share));
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

export type RankComparison = {
  /** One-sided probability, under no difference, of `after` ranking at least this much higher. */
  readonly pValue: number;
  /** Chance that a random value of `after` is above a random one of `before`, ties counted half: 0.5 is no effect. */
  readonly effect: number;
};

/**
 * Mann–Whitney rank test of whether `after` is larger, with mid-ranks for ties and the tie-corrected normal
 * approximation. Sources: Mann & Whitney, Ann. Math. Stat. 18 (1947); effect size of Vargha & Delaney (2000).
 */
export function rankTest(before: readonly number[], after: readonly number[]): RankComparison {
  const [m, n] = [before.length, after.length];
  if (m === 0 || n === 0) return { pValue: 1, effect: 0.5 };
  const all = [
    ...before.map((value) => ({ value, after: false })),
    ...after.map((value) => ({ value, after: true })),
  ].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1;
    const size = end - start;
    const middleRank = (start + 1 + end) / 2;
    for (let index = start; index < end; index += 1) if (all[index]?.after) rankSum += middleRank;
    ties += size ** 3 - size;
    start = end;
  }
  const total = m + n;
  const wins = rankSum - (n * (n + 1)) / 2;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  const effect = wins / (m * n);
  if (!(variance > 0)) return { pValue: 1, effect };
  return { pValue: normalTail((wins - (m * n) / 2 - 0.5) / Math.sqrt(variance)), effect };
}

function checkCounts(successes: number, n: number): void {
  if (!(successes >= 0 && n >= successes && Number.isFinite(n))) {
    throw new RangeError(`${successes} of ${n} is not a count of successes among calls`);
  }
}
