/** Kinds of failure that began, became more frequent or stopped under one version, whatever the success rate did. */
import { clusterFailures, clusterKey } from "#lib/core/clusters.ts";
import type { Cluster } from "#lib/core/opportunity.ts";
import type { Tally } from "#lib/core/sequential.ts";
import { type Change, type Stretch, stratifiedTail, stretchesOf } from "#lib/core/statistics-change.ts";
import { failuresCutOff, type ToolRecord } from "./record.ts";
import { CHANGE_ERROR, LEAST_DROP, WELL_MS } from "./standing.ts";

export type KindChange = Pick<Change, "direction" | "before" | "after" | "pValue"> & {
  readonly cluster: Cluster;
  readonly at: Date;
  /** What was before it reaches over a day: callers have their hours. */
  readonly lasting: boolean;
};

/** Error of the guards, which only ever hold back. */
const GUARD_ERROR = 0.01;
/** Fewer failures are no kind that anything can be said of. */
const LEAST_FAILURES = 5;
/** A kind that is in as large a share of the slices is a common one: whether it comes in bursts is seen in the slices. */
const COMMON = 0.5;
const DAY_MS = 24 * 3_600_000;

type Slice = { readonly at: number; readonly end: number; readonly calls: number };

/**
 * The clearest change of each kind of failure up to now, the surest first. Each is sought as a change of success is, at an
 * error shared by the kinds. A rise has to stand with each slice of time counted once, and to be clearly above
 * every span as long before it: what comes in bursts or every night is not new.
 */
export function findKindChanges(record: ToolRecord): KindChange[] {
  const slices = slicesRead(record);
  const from = slices[0]?.at ?? Number.POSITIVE_INFINITY;
  const failures = record.failures.filter(({ startedAt }) => startedAt.getTime() >= from);
  if (failures.length < LEAST_FAILURES) return [];
  const kinds = clusterFailures([...failures, ...record.others], record).filter(({ count }) => count >= LEAST_FAILURES);
  const times = Map.groupBy(failures, clusterKey);
  return kinds
    .map((cluster) => {
      const own = keysOf(cluster).flatMap((key) => times.get(key) ?? []);
      const sorted = own.map(({ startedAt }) => startedAt.getTime()).sort((a, b) => a - b);
      return changeOf(cluster, sorted, slices, kinds.length);
    })
    .filter((change) => change !== null)
    .sort((a, b) => a.pValue - b.pValue);
}

/** Slices of time in which the version alone answered, and of which all its failures were read. */
function slicesRead({ traffic, until, failures, counts, aloneSince }: ToolRecord): Slice[] {
  const oldest = failures.at(-1)?.startedAt.getTime() ?? 0;
  const from = Math.max(aloneSince.getTime(), failuresCutOff({ failures, counts }) ? oldest + 1 : 0);
  return traffic
    .map(({ at, calls }, index) => ({ at: at.getTime(), end: (traffic[index + 1]?.at ?? until).getTime(), calls }))
    .filter(({ at }) => at >= from);
}

/** @param times of its failures, oldest first */
function changeOf(
  cluster: Cluster,
  times: readonly number[],
  slices: readonly Slice[],
  kinds: number,
): KindChange | null {
  let next = 0;
  const series = slices.map(({ end, calls }): Tally => {
    const first = next;
    while (next < times.length && (times[next] as number) < end) next += 1;
    return { calls, bad: Math.min(calls, next - first) };
  });
  const error = CHANGE_ERROR / kinds;
  const stretches = stretchesOf(series, error);
  const told = ({ change, from }: Stretch): KindChange | null => {
    const slice = slices[change?.index ?? -1];
    if (!change || slice === undefined) return null;
    const { direction, before, after, pValue } = change;
    if (Math.abs(after.bad / after.calls - before.bad / before.calls) < LEAST_DROP) return null;
    if (direction === "worse" && !(isOften(change, series, from, error) && isAboveAll(change, series, slices)))
      return null;
    // A rise is told to its first failure, an end to its last one.
    const at =
      direction === "worse" ? times.find((time) => time >= slice.at) : times.findLast((time) => time < slice.at);
    return {
      ...{ cluster, at: new Date(at ?? slice.at), direction, before, after, pValue: Math.min(1, pValue * kinds) },
      lasting: slice.at - (slices[0] as Slice).at >= DAY_MS,
    };
  };
  return told(standing(stretches, slices, cluster)) ?? told(stretches.at(-1) ?? stretches[0]);
}

/** The stretch that counts: a fault of the tool itself is not over before a day without it. */
function standing(
  stretches: readonly [Stretch, ...Stretch[]],
  slices: readonly Slice[],
  { attribution }: Cluster,
): Stretch {
  const until = slices.at(-1)?.end ?? 0;
  const over = (stretch: Stretch) =>
    stretch.change?.direction !== "better" ||
    attribution !== "tool" ||
    until - (slices[stretch.start] as Slice).at >= WELL_MS;
  return stretches.findLast(over) ?? stretches[0];
}

/** Whether a rise of a rare kind stands with each slice counted once: repeats of one failure are no new state of the tool. */
function isOften({ index }: Change, series: readonly Tally[], from: number, error: number): boolean {
  const once = (part: readonly Tally[]): Tally => ({
    calls: part.filter(({ calls }) => calls > 0).length,
    bad: part.filter(({ bad }) => bad > 0).length,
  });
  const [before, after] = [once(series.slice(from, index)), once(series.slice(index))];
  const splits = before.calls + after.calls - 1;
  return before.bad / before.calls >= COMMON || 2 * splits * stratifiedTail([{ before, after }]) <= error;
}

/** Whether a rise is clearly above every span before it that is as long and as busy. */
function isAboveAll({ index, after }: Change, series: readonly Tally[], slices: readonly Slice[]): boolean {
  const span = Math.min(DAY_MS, (slices.at(-1) as Slice).end - (slices[index] as Slice).at);
  let busiest: Tally = { calls: 0, bad: 0 };
  let [start, calls, bad] = [0, 0, 0];
  for (let end = 0; end < index; end += 1) {
    calls += (series[end] as Tally).calls;
    bad += (series[end] as Tally).bad;
    // The shortest span that ends here and is long and busy enough.
    for (; start < end; start += 1) {
      const first = series[start] as Tally;
      const shorter = (slices[end] as Slice).end - (slices[start + 1] as Slice).at;
      if (shorter < span || calls - first.calls < after.calls / 2) break;
      calls -= first.calls;
      bad -= first.bad;
    }
    const enough = (slices[end] as Slice).end - (slices[start] as Slice).at >= span && calls >= after.calls / 2;
    if (enough && bad * busiest.calls >= busiest.bad * calls) busiest = { calls, bad };
  }
  return busiest.bad === 0 || stratifiedTail([{ before: busiest, after }]) <= GUARD_ERROR;
}

function keysOf({ key, mergedKeys = [] }: Cluster): string[] {
  return [key, ...mergedKeys];
}
