/** Change points in a series of counts: when did the share of bad calls change, by how much, and is it no accident? */
import type { Tally } from "./sequential.ts";
import { logGamma } from "./statistics-special.ts";

export type Change = {
  /** Index of the first slice after the change. */
  readonly index: number;
  readonly direction: "worse" | "better";
  readonly before: Tally;
  readonly after: Tally;
  /** Chance of a change as clear as this anywhere in the series while nothing changed. */
  readonly pValue: number;
};

/**
 * The clearest single change in a series, or null where it may be an accident. The split is the one of the greatest
 * likelihood ratio; its exact hypergeometric tail (Fisher 1935) is corrected for the splits that were possible. Failures
 * that come in bursts before the change count for less, by the dispersion of the slices before it.
 */
export function findChange(slices: readonly Tally[], error: number): Change | null {
  const total = sum(slices);
  if (total.bad === 0 || total.bad === total.calls) return null;
  let best: { index: number; before: Tally } | null = null;
  let bestRatio = 0;
  let splits = 0;
  let before: Tally = { calls: 0, bad: 0 };
  for (let index = 0; index < slices.length; index += 1) {
    const slice = slices[index] as Tally;
    // A split before an empty slice is the same as one after it.
    if (slice.calls > 0 && before.calls > 0) {
      splits += 1;
      const ratio = likelihoodOf(before) + likelihoodOf(minus(total, before)) - likelihoodOf(total);
      if (ratio > bestRatio) {
        bestRatio = ratio;
        best = { index, before };
      }
    }
    before = plus(before, slice);
  }
  if (best === null) return null;
  const after = minus(total, best.before);
  const worse = after.bad / after.calls > best.before.bad / best.before.calls;
  const spread = dispersion(slices.slice(0, best.index));
  const tail = worse
    ? upperTail(shrink(best.before, spread), shrink(after, spread))
    : upperTail(shrink(after, spread), shrink(best.before, spread));
  const pValue = Math.min(1, 2 * splits * tail);
  if (pValue > error) return null;
  return { index: best.index, direction: worse ? "worse" : "better", before: best.before, after, pValue };
}

/**
 * Where an episode begins that a single split does not show, since the series is after it what it was before: the part of the
 * greatest likelihood ratio against all the rest (the epidemic alternative of Levin and Kline, Statistics in Medicine 4,
 * 1985), its exact tail corrected for the parts that were possible, and for bursts in the rest. Null where it may be an
 * accident; one that begins the series is told by its end.
 */
export function findEpisode(slices: readonly Tally[], error: number): Change | null {
  const total = sum(slices);
  if (total.bad === 0 || total.bad === total.calls) return null;
  const sums: Tally[] = [{ calls: 0, bad: 0 }];
  for (const slice of slices) sums.push(plus(sums.at(-1) as Tally, slice));
  const filled = slices.filter(({ calls }) => calls > 0).length;
  let best: { from: number; to: number; part: Tally } | null = null;
  let bestRatio = 0;
  const edges = edgesOf(slices, total.bad / total.calls);
  for (const [at, from] of edges.entries()) {
    for (const to of edges.slice(at + 1)) {
      const part = minus(sums[to] as Tally, sums[from] as Tally);
      if (part.calls === 0 || part.calls === total.calls) continue;
      const ratio = likelihoodOf(part) + likelihoodOf(minus(total, part)) - likelihoodOf(total);
      if (ratio > bestRatio) {
        bestRatio = ratio;
        best = { from, to, part };
      }
    }
  }
  if (best === null) return null;
  const { from, to, part } = best;
  const rest = minus(total, part);
  const spread = dispersion([...slices.slice(0, from), ...slices.slice(to)]);
  const [bad, good] = part.bad / part.calls > rest.bad / rest.calls ? [part, rest] : [rest, part];
  const pValue = Math.min(1, filled ** 2 * upperTail(shrink(good, spread), shrink(bad, spread)));
  if (pValue > error) return null;
  const index = from === 0 ? to : from;
  const before = sums[index] as Tally;
  const after = minus(total, before);
  const worse = after.bad / after.calls > before.bad / before.calls;
  return { index, direction: worse ? "worse" : "better", before, after, pValue };
}

/** Where the slices turn from below a share to above it or back, with both ends: a clearest part begins and ends there. */
function edgesOf(slices: readonly Tally[], share: number): number[] {
  const edges = [0];
  let above: boolean | null = null;
  for (const [index, { calls, bad }] of slices.entries()) {
    if (calls === 0) continue;
    const now = bad / calls > share;
    if (above !== null && now !== above) edges.push(index);
    above = now;
  }
  return [...edges, slices.length];
}

/** A part of a series, up to its end, within which the share of bad calls is one. */
export type Stretch = {
  readonly start: number;
  readonly tally: Tally;
  /** What began it; null where it begins with the series. */
  readonly change: Change | null;
  /** Where the calls begin that it is compared with. */
  readonly from: number;
};

/** The stretches of a series as they followed each other: changes are split off from the front until none is left. */
export function stretchesOf(
  slices: readonly Tally[],
  error: number,
  find: typeof findChange = findChange,
): readonly [Stretch, ...Stretch[]] {
  const stretches: [Stretch, ...Stretch[]] = [{ start: 0, tally: sum(slices), change: null, from: 0 }];
  for (let from = 0; ; ) {
    const found = find(slices.slice(from), error);
    if (found === null) return stretches;
    const start = from + found.index;
    stretches.push({ start, tally: sum(slices.slice(start)), change: { ...found, index: start }, from });
    from = start;
  }
}

/** The stretch that the series is in now. */
export function currentStretch(slices: readonly Tally[], error: number): Stretch {
  const stretches = stretchesOf(slices, error);
  return stretches.at(-1) ?? stretches[0];
}

/** Log-likelihood of a tally at its own share. */
function likelihoodOf({ calls, bad }: Tally): number {
  const good = calls - bad;
  return (bad && bad * Math.log(bad / calls)) + (good && good * Math.log(good / calls));
}

/** Pearson's dispersion of the slices in which a failure is to be expected; 1 where they scatter like chance, or less. */
function dispersion(slices: readonly Tally[]): number {
  const { calls, bad } = sum(slices);
  const share = bad / calls;
  if (bad === 0 || share >= 1) return 1;
  let [squares, freedom] = [0, -1];
  for (const slice of slices) {
    const expected = slice.calls * share;
    if (expected < 0.5) continue;
    squares += (slice.bad - expected) ** 2 / (expected * (1 - share));
    freedom += 1;
  }
  return freedom < 3 ? 1 : Math.max(1, squares / freedom);
}

function shrink({ calls, bad }: Tally, factor: number): Tally {
  return { calls: Math.max(1, Math.round(calls / factor)), bad: Math.round(bad / factor) };
}

/** One part of what is compared: calls that are alike but for the time. */
export type Stratum = { readonly before: Tally; readonly after: Tally };

/**
 * Chance that all parts together get at least their bad calls after, when in each of them its own bad calls fall anywhere
 * alike: the exact conditional test over strata (Gart, Biometrika 57, 1970), the sum of their hypergeometric counts. A part
 * that has no calls before says nothing.
 */
export function stratifiedTail(strata: readonly Stratum[]): number {
  let seen = 0;
  let sums = [1];
  for (const { before, after } of strata) {
    const bad = before.bad + after.bad;
    const least = Math.max(0, bad - before.calls);
    const most = Math.min(after.calls, bad);
    const logAll = logChoose(before.calls + after.calls, bad);
    const chances = Array.from({ length: most - least + 1 }, (_, over) =>
      Math.exp(logChoose(after.calls, least + over) + logChoose(before.calls, bad - least - over) - logAll),
    );
    seen += after.bad - least;
    const next = new Array<number>(sums.length + chances.length - 1).fill(0);
    for (const [i, sum] of sums.entries())
      for (const [j, chance] of chances.entries()) next[i + j] = (next[i + j] as number) + sum * chance;
    sums = next;
  }
  return Math.min(
    1,
    sums.slice(seen).reduce((tail, chance) => tail + chance, 0),
  );
}

/** Chance that `high` gets at least its bad calls when all bad calls of both fall anywhere alike. */
function upperTail(low: Tally, high: Tally): number {
  const calls = low.calls + high.calls;
  const bad = low.bad + high.bad;
  const logAll = logChoose(calls, bad);
  let tail = 0;
  for (let count = high.bad; count <= Math.min(high.calls, bad); count += 1) {
    if (bad - count > low.calls) continue;
    const term = Math.exp(logChoose(high.calls, count) + logChoose(low.calls, bad - count) - logAll);
    tail += term;
    if (term < tail * 1e-12) break;
  }
  return Math.min(1, tail);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

function plus(a: Tally, b: Tally): Tally {
  return { calls: a.calls + b.calls, bad: a.bad + b.bad };
}

function minus(a: Tally, b: Tally): Tally {
  return { calls: a.calls - b.calls, bad: a.bad - b.bad };
}

function sum(slices: readonly Tally[]): Tally {
  return slices.reduce(plus, { calls: 0, bad: 0 });
}
