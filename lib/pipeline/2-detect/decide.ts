/** Which problems a tool has, from its record alone. */
import type { Answer } from "#lib/core/asked-again.ts";
import { attributeClusters } from "#lib/core/attribution.ts";
import { clusterFailures } from "#lib/core/clusters.ts";
import { FAILING_ERROR, isBelowTarget } from "#lib/core/health.ts";
import type { Cluster, Opportunity, Statistics } from "#lib/core/opportunity.ts";
import type { Tally } from "#lib/core/sequential.ts";
import { successRateBounds } from "#lib/core/statistics.ts";
import { type Change, currentStretch } from "#lib/core/statistics-change.ts";
import { findSlow } from "./find-slow.ts";
import { answersOf, beyondUsual, findSuspected } from "./find-suspected.ts";
import { findWrong } from "./find-wrong.ts";
import { investigate } from "./investigate.ts";
import type { ToolRecord } from "./record.ts";
import { brief, count, percent, sayTime } from "./words.ts";

/** A problem as it stands now; keeping the list decides whether it opens, updates or reopens something. */
export type Problem = Pick<
  Opportunity,
  "kind" | "priority" | "reason" | "statistics" | "clusters" | "attribution" | "findings"
>;

export type Examination = {
  readonly problems: readonly Problem[];
  /** The active version's calls that count now: what an open problem is held against before it is resolved. */
  readonly current: Tally;
  readonly statistics: Statistics;
  /** Good answers that were looked at, each with what its caller asked in its place. */
  readonly answers: readonly Answer[];
};

/** How much a bad call of each kind costs, relative to one that is merely late; a suspected one may well be right. */
const SEVERITY = { failing: 3, incorrect: 4, degrading: 2, slow: 1, suspected: 1 } as const;
/** Chance of taking an accident for a change of the success rate. */
export const CHANGE_ERROR = 0.001;
/** A success rate has to fall by this much before it is worth a person's time. */
const LEAST_DROP = 0.01;
const DAY_MS = 24 * 3_600_000;

/**
 * The problems of a tool.
 * @param leaveOut keys of failure clusters that a person declared to be by design
 */
export function decide(record: ToolRecord, now: Date, leaveOut: ReadonlySet<string> = new Set()): Examination {
  const stretch = currentStretch(tallies(record.traffic), CHANGE_ERROR);
  const start = record.traffic[stretch.start]?.at ?? record.since;
  // A stretch that began while this version was active replaces its whole record.
  const since = stretch.change !== null && start > record.firstCall ? start : record.firstCall;
  const failures = record.failures.filter(({ startedAt }) => startedAt >= since);
  const whole = totals(record);
  const bad = since === record.firstCall ? whole.bad : stretch.tally.bad;
  const calls = since === record.firstCall ? whole.calls : stretch.tally.calls;

  const window = { since: record.since, until: record.until };
  const clusters = clusterFailures([...failures, ...record.others], window);
  const kept = clusters.filter(({ key, mergedKeys = [] }) => ![key, ...mergedKeys].some((name) => leaveOut.has(name)));
  const leftOut = clusters
    .filter((cluster) => !kept.includes(cluster))
    .reduce((sum, cluster) => sum + cluster.count, 0);
  const current = { calls: calls - leftOut, bad: Math.max(0, bad - leftOut) };
  const change = stretch.change?.direction === "worse" ? stretch.change : null;
  const statistics = {
    ...statisticsOf(record, current, since, change === null ? 1 : LEAST_DAYS),
    ...(change === null ? {} : { change: changeAt(change, start) }),
  };

  const problems: Problem[] = [];
  const failing = isBelowTarget(current.calls, current.bad, record.target);
  const drop = change === null ? 0 : change.after.bad / change.after.calls - change.before.bad / change.before.calls;
  if (failing || (current.bad > 0 && drop >= LEAST_DROP)) {
    const kind = failing ? "failing" : "degrading";
    problems.push({
      kind,
      priority: round(statistics.badCallsPerDay * SEVERITY[kind]),
      reason: failing ? failingReason(current, since, kept, now) : degradingReason(change as Change, start, kept, now),
      statistics,
      clusters: kept,
      attribution: attributeClusters(kept),
      findings: investigate({ record, failures, clusters: kept, change: change && { ...change, at: start }, now }),
    });
  }
  const wrong = findWrong(record, now);
  const answers = answersOf(record);
  const suspected = findSuspected(record, answers, now);
  if (wrong) {
    const findings = suspected === null ? wrong.findings : [...wrong.findings, suspected.reason];
    const badCallsPerDay = round(perDay(record.wrong.length, record.firstCall, record.until));
    const priority = round(badCallsPerDay * SEVERITY.incorrect);
    problems.push({ kind: "incorrect", statistics: { ...statistics, badCallsPerDay }, priority, ...wrong, findings });
  } else if (suspected) {
    const { askedAgain, ...rest } = suspected;
    const badCallsPerDay = round(perDay(beyondUsual(askedAgain), askedAgain.since, record.until, LEAST_DAYS));
    const priority = round(badCallsPerDay * SEVERITY.suspected);
    problems.push({ kind: "incorrect", statistics: { ...statistics, badCallsPerDay, askedAgain }, priority, ...rest });
  }
  const slow = findSlow(record, now);
  if (slow) {
    const { latency, ...rest } = slow;
    const badCallsPerDay = round(lateCallsPerDay(record, latency));
    const priority = round(badCallsPerDay * SEVERITY.slow);
    problems.push({ kind: "slow", statistics: { ...statistics, badCallsPerDay, latency }, priority, ...rest });
  }
  return { problems, current, statistics, answers };
}

/** Slices as the search for a change takes them. */
export function tallies(traffic: ToolRecord["traffic"]): Tally[] {
  return traffic.map(({ calls, failures }) => ({ calls, bad: failures }));
}

function changeAt({ before, after, pValue }: Change, at: Date): Statistics["change"] {
  return { at, before, after, pValue };
}

function totals({ counts }: ToolRecord): Tally {
  const bad = (counts.failed ?? 0) + (counts.timed_out ?? 0);
  return { calls: (counts.succeeded ?? 0) + bad, bad };
}

function statisticsOf(record: ToolRecord, { calls, bad }: Tally, since: Date, leastDays: number): Statistics {
  const bounds = successRateBounds(calls - bad, bad, FAILING_ERROR);
  return {
    calls,
    failures: bad,
    ...apart(record, since),
    successRate: calls === 0 ? 1 : (calls - bad) / calls,
    upperBound: bounds.upper,
    lowerBound: bounds.lower,
    target: record.target,
    version: record.version,
    badCallsPerDay: round(perDay(bad, since, record.until, leastDays)),
    p50Ms: record.p50Ms,
    p95Ms: record.p95Ms,
    since,
    until: record.until,
  };
}

/** Calls that count in no rate, of the same time as those that do. */
function apart({ traffic, counts, firstCall }: ToolRecord, since: Date): Pick<Statistics, "refused" | "rejected"> {
  if (since.getTime() === firstCall.getTime()) return { refused: counts.refused ?? 0, rejected: counts.rejected ?? 0 };
  const slices = traffic.filter(({ at }) => at >= since);
  const sum = (of: "refused" | "rejected") => slices.reduce((total, slice) => total + slice[of], 0);
  return { refused: sum("refused"), rejected: sum("rejected") };
}

/** Late answers a day at the traffic since it got slow, of which only the newest were read. */
function lateCallsPerDay(record: ToolRecord, { late, of, since }: NonNullable<Statistics["latency"]>): number {
  if (since === undefined) {
    const { calls, bad } = totals(record);
    return perDay(((calls - bad) * late) / of, record.firstCall, record.until);
  }
  const slices = record.traffic.filter(({ at }) => at >= since);
  const good = slices.reduce((sum, { calls, failures }) => sum + calls - failures, 0);
  // It begins within a slice where the answers that were read reach that far back: then those are all.
  return perDay((Math.max(of, good) * late) / of, since, record.until, LEAST_DAYS);
}

/** Three hours: what began less than a day ago, at a change that is sure, goes on at the pace seen since. */
const LEAST_DAYS = 3 / 24;

/**
 * Calls a day at the traffic seen.
 * @param leastDays the shortest time that is taken for the pace of a day: of less, nobody can tell
 */
function perDay(number: number, since: Date, until: Date, leastDays = 1): number {
  return number / Math.max(leastDays, (until.getTime() - since.getTime()) / DAY_MS);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function failingReason({ calls, bad }: Tally, since: Date, clusters: readonly Cluster[], now: Date): string {
  return `Fails ${bad.toLocaleString("en-US")} of ${count(calls, "call")} since ${sayTime(since, now)}${because(clusters)}`;
}

function degradingReason(change: Change, at: Date, clusters: readonly Cluster[], now: Date): string {
  const { before, after } = change;
  const rates = `${percent(1 - before.bad / before.calls)} (${before.calls - before.bad} of ${before.calls}) to ${percent(1 - after.bad / after.calls)} (${after.calls - after.bad} of ${after.calls})`;
  return `Success fell from ${rates} about ${sayTime(at, now)}${because(clusters)}`;
}

function because(clusters: readonly Cluster[]): string {
  const [first] = clusters;
  if (first === undefined) return "";
  const more = clusters.length > 1 ? `, and ${count(clusters.length - 1, "other kind")} of failure` : "";
  return `: ${brief([first.errorCode ?? first.errorName, first.message].filter((part) => part !== "").join(": "))}${more}`;
}
