/**
 * Sequential judges: evidence against "nothing got worse" that may be looked at after every call. Each answers the log
 * of an e-value, whose chance of ever passing ln(1/error) without a change is at most `error` (Ville 1939; Ramdas et
 * al., Statistical Science 38, 2023).
 */
import { inverseRegularisedBeta } from "./statistics-special.ts";

/** Calls, and how many of them were bad in the sense of the judge. */
export type Tally = { readonly calls: number; readonly bad: number };

/** How much the odds of a bad call may have risen, as logarithms: the alternatives, which share the prior equally. */
const RISES = [0.15, 0.3, 0.5, 0.8, 1.2, 1.8, 2.6, 3.6, 5];
/** Prior of the share before the change: Jeffreys' for good calls, more careful for bad ones. */
const PRIOR = { bad: 1, good: 0.5 };

/**
 * Log of the evidence that bad calls are more frequent than in the baseline. A Bayes factor: the baseline's share is
 * unknown (its posterior), and each alternative raises its odds. Under no change it is a martingale, so it holds at any
 * stopping time; a short baseline widens the posterior, and the judge waits by itself.
 */
export function riseEvidence(baseline: Tally, now: Tally): number {
  if (now.bad === 0) return Number.NEGATIVE_INFINITY;
  const { unchanged, risen } = hypotheses(baseline);
  return logLikelihood(risen, now) - logLikelihood(unchanged, now);
}

/**
 * Log of the evidence that bad calls are more frequent than a known share. A mixture of likelihood ratios against the
 * share itself, which is a supermartingale under every smaller share as well.
 */
export function excessEvidence(share: number, now: Tally): number {
  if (now.bad === 0 || share >= 1) return Number.NEGATIVE_INFINITY;
  const risen = RISES.map((rise) => point(raiseOdds(share, rise), -Math.log(RISES.length)));
  return logLikelihood(risen, now) - logLikelihood([point(share, 0)], now);
}

/**
 * Upper bound of the probability that a call belongs to a class never seen in `calls` calls, of which `singletons`
 * classes were seen once. Good–Turing estimate with the bound of McAllester & Schapire, COLT 2000.
 */
export function unseenMassBound(calls: number, singletons: number, error: number): number {
  if (calls === 0) return 1;
  const slack = (2 * Math.SQRT2 + Math.sqrt(3)) * Math.sqrt(Math.log(3 / error) / calls);
  return Math.min(1, singletons / calls + slack);
}

/** The calls that a judge of this error needs at the least on average: ln(1/error) over the divergence of the shares. */
export function leastCalls(before: number, after: number, error: number): number {
  const divergence = after * Math.log(after / before) + (1 - after) * Math.log((1 - after) / (1 - before));
  return Math.log(1 / error) / divergence;
}

/** One value that the share of bad calls may have, with the logarithms that a likelihood takes. */
type Point = { readonly share: number; readonly logWeight: number; readonly logBad: number; readonly logGood: number };

function point(share: number, logWeight: number): Point {
  return { share, logWeight, logBad: Math.log(share), logGood: Math.log1p(-share) };
}

/** Log of the likelihood of a tally under weighted points. */
function logLikelihood(points: readonly Point[], { calls, bad }: Tally): number {
  const good = calls - bad;
  const logs = new Float64Array(points.length);
  let top = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < points.length; index += 1) {
    const { logWeight, logBad, logGood } = points[index] as Point;
    const value = logWeight + bad * logBad + good * logGood;
    logs[index] = value;
    if (value > top) top = value;
  }
  let sum = 0;
  for (const value of logs) sum += Math.exp(value - top);
  return top + Math.log(sum);
}

function raiseOdds(share: number, rise: number): number {
  const odds = (share / (1 - share)) * Math.exp(rise);
  return Math.min(1 - 1e-12, odds / (1 + odds));
}

/**
 * Slices of a posterior by probability: equal ones, the last halved again and again, since the chance of a false alarm
 * lives in the upper tail.
 */
const SLICES: readonly { readonly middle: number; readonly logWeight: number }[] = sliceProbability(24);

function sliceProbability(equal: number) {
  const edges = Array.from({ length: equal }, (_, index) => index / equal);
  for (let width = 1 / equal / 2; width > 1e-5; width /= 2) edges.push(1 - width);
  edges.push(1);
  return edges.slice(1).map((end, index) => {
    const start = edges[index] as number;
    return { middle: (start + end) / 2, logWeight: Math.log(end - start) };
  });
}

type Hypotheses = { readonly unchanged: readonly Point[]; readonly risen: readonly Point[] };

/** Answers for the newest baselines: a watch asks about a few of them again and again. */
const kept = new Map<string, Hypotheses>();
const MOST_KEPT = 16;

/** The share of bad calls without and with a change, given the baseline. */
function hypotheses({ calls, bad }: Tally): Hypotheses {
  const key = `${calls}/${bad}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const [a, b] = [bad + PRIOR.bad, calls - bad + PRIOR.good];
  const unchanged = SLICES.map(({ middle, logWeight }) => {
    const share = inverseRegularisedBeta(middle, a, b);
    return point(Math.min(1 - 1e-9, Math.max(1e-9, share)), logWeight);
  });
  const each = -Math.log(RISES.length);
  const risen = RISES.flatMap((rise) =>
    unchanged.map(({ share, logWeight }) => point(raiseOdds(share, rise), logWeight + each)),
  );
  const [oldest] = kept.keys();
  if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, { unchanged, risen });
  return { unchanged, risen };
}
