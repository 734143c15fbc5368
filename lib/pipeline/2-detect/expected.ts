/** Expected bad calls a day: the share that is bad now, of the calls of the last day. The same day for every kind. */
import type { Statistics } from "#lib/core/opportunity.ts";
import { beyondUsual } from "./find-suspected.ts";
import type { ToolRecord } from "./record.ts";

const DAY_MS = 24 * 3_600_000;

export type Day = { readonly since: Date; readonly calls: number; readonly good: number };

/**
 * The last day of the tool's record, all versions together; of a tool that was seen for less, all of it. Nothing is
 * extrapolated: two minutes of calls are not a day of them.
 */
export function lastDayOf({ traffic, until }: Pick<ToolRecord, "traffic" | "until">): Day {
  const yesterday = until.getTime() - DAY_MS;
  let [calls, good] = [0, 0];
  for (const [index, slice] of traffic.entries()) {
    const [start, end] = [slice.at.getTime(), (traffic[index + 1]?.at ?? until).getTime()];
    if (end <= yesterday) continue;
    // The slice that the day begins in counts for the part of it.
    const part = start >= yesterday ? 1 : (end - yesterday) / (end - start);
    calls += slice.calls * part;
    good += (slice.calls - slice.failures) * part;
  }
  const first = traffic.find((slice) => slice.calls + slice.refused + slice.rejected > 0)?.at ?? until;
  return { since: new Date(Math.max(yesterday, first.getTime())), calls, good };
}

export function expectedFailures(day: Day, { calls, bad }: { calls: number; bad: number }): number {
  return round(calls === 0 ? 0 : (day.calls * bad) / calls);
}

/** Answers that are known to be wrong: those that somebody marked, and those of calls that were made cases. */
export function knownWrong({ marked, wrongCases }: Pick<ToolRecord, "marked" | "wrongCases">): number {
  return (marked?.wrong ?? 0) + wrongCases.filter(({ kept }) => kept).length;
}

/** Of the version's good answers, those that are known to be wrong. */
export function expectedWrong(day: Day, record: ToolRecord): number {
  return round(day.good * Math.min(1, knownWrong(record) / Math.max(1, record.counts.succeeded ?? 0)));
}

/** Of good answers only: a call that timed out is a failure, and counted as one. */
export function expectedLate(day: Day, { late, of }: NonNullable<Statistics["latency"]>): number {
  return round((day.good * late) / of);
}

/** Answers asked for again beyond what was usual, of all good answers since: only those of a kind may be concerned. */
export function expectedDoubted(
  day: Day,
  { traffic }: ToolRecord,
  askedAgain: NonNullable<Statistics["askedAgain"]>,
): number {
  const slices = traffic.filter(({ at }) => at >= askedAgain.since);
  const good = slices.reduce((sum, { calls, failures }) => sum + calls - failures, 0);
  return round((day.good * beyondUsual(askedAgain)) / Math.max(askedAgain.of, good));
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
