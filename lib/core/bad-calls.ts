/** How many bad calls a problem stands for: what ranks it, and how that is said without claiming more than was seen. */
import type { Opportunity, Statistics } from "./opportunity.ts";
import { isSuspicion } from "./suspicion.ts";

/** How much a bad call of each kind costs, relative to one that is merely late; a suspected one may well be right. */
const SEVERITY = { failing: 3, incorrect: 4, degrading: 2, slow: 1, suspected: 1 } as const;
const DAY_MS = 24 * 3_600_000;

export function severityOf({ kind, statistics }: Pick<Opportunity, "kind" | "statistics">): number {
  return SEVERITY[isSuspicion({ statistics }) ? "suspected" : kind];
}

type Seen = Pick<Statistics, "badCallsPerDay" | "counted" | "lastDay" | "until">;

/**
 * `about 140 a day` where a day of calls is on record; of less, what was counted: `16 in 12 min`.
 * @param noun what they are, in the plural; left out where the heading says it
 */
export function sayBadCalls({ badCallsPerDay, counted, lastDay, until }: Seen, noun = ""): string {
  const of = noun === "" ? "" : ` ${noun}`;
  if (lastDay !== undefined && !wholeDay(lastDay.since, until)) {
    if (counted === undefined) return `no calls counted`;
    const one = counted.bad === 1 ? of.replace(/s$/, "") : of;
    return `${counted.bad.toLocaleString("en")}${one} in ${saySpan(until.getTime() - counted.since.getTime())}`;
  }
  if (badCallsPerDay === 0) return "no calls counted";
  return badCallsPerDay < 1
    ? `less than 1${of.replace(/s$/, "")} a day`
    : `about ${Number(badCallsPerDay.toPrecision(2)).toLocaleString("en")}${of} a day`;
}

/** A minute of the day may be missing: the record ends with a call, and begins with one. */
function wholeDay(since: Date, until: Date): boolean {
  return until.getTime() - since.getTime() >= DAY_MS - 60_000;
}

/** A span as one says it: `40 s`, `12 min`, `5 h`, `3 d`. */
export function saySpan(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return seconds < 36 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
