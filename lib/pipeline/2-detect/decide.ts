/** Which problems a tool has, from its record alone. */
import type { Answer } from "#lib/core/asked-again.ts";
import { attributeClusters } from "#lib/core/attribution.ts";
import { severityOf } from "#lib/core/bad-calls.ts";
import { clusterFailures } from "#lib/core/clusters.ts";
import { FAILING_ERROR, isBelowTarget } from "#lib/core/health.ts";
import type { Cluster, Opportunity, Statistics } from "#lib/core/opportunity.ts";
import type { Tally } from "#lib/core/sequential.ts";
import { successRateBounds } from "#lib/core/statistics.ts";
import type { Change } from "#lib/core/statistics-change.ts";
import { withoutDismissed } from "./dismissed.ts";
import {
  expectedDoubted,
  expectedFailures,
  expectedLate,
  expectedWrong,
  knownWrong,
  lastDayOf,
  round,
} from "./expected.ts";
import { findKindChanges } from "./find-kind-change.ts";
import { findSlow } from "./find-slow.ts";
import { answersOf, findSuspected } from "./find-suspected.ts";
import { findWrong } from "./find-wrong.ts";
import { investigate } from "./investigate.ts";
import { degradingByKind } from "./kind-change-problem.ts";
import type { ToolRecord } from "./record.ts";
import { LEAST_DROP, standingStretch } from "./standing.ts";
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

/**
 * The problems of a tool.
 * @param leaveOut keys of failure clusters that a person declared to be by design
 */
export function decide(whole: ToolRecord, now: Date, leaveOut: ReadonlySet<string> = new Set()): Examination {
  const { record, leftOut } = withoutDismissed(whole, leaveOut);
  const stretch = standingStretch(record);
  const start = record.traffic[stretch.start]?.at ?? record.since;
  // A stretch that began while this version was active replaces its whole record.
  const { since, counts } = record.recent ?? { since: record.firstCall, counts: record.counts };
  const failures = record.failures.filter(({ startedAt }) => startedAt >= since);
  const current = totals(counts);

  const window = { since: record.since, until: record.until };
  const kept = clusterFailures([...failures, ...record.others], window);
  const change = stretch.change?.direction === "worse" ? stretch.change : null;
  const day = lastDayOf(record);
  const dismissed = leftOut.filter(({ startedAt }) => startedAt >= since).length;
  const statistics: Statistics = {
    ...statisticsOf(record, current, since, counts),
    // Where it went well since, the share of before is none of today's.
    badCallsPerDay: stretch.wellSince === null ? expectedFailures(day, current) : round(day.calls - day.good),
    lastDay: { since: day.since, calls: Math.round(day.calls) },
    ...(change === null ? {} : { change: changeAt(change, start, record.traffic, stretch.from) }),
    ...(leaveOut.size === 0 ? {} : { dismissed: { keys: [...leaveOut], failures: dismissed } }),
  };
  const ranked = (problem: Omit<Problem, "priority">): Problem => ({
    ...problem,
    priority: round(problem.statistics.badCallsPerDay * severityOf(problem)),
  });

  const ofAnswers = { ...statistics, lastDay: { since: day.since, calls: Math.round(day.good) } };
  const problems: Problem[] = [];
  const failing = isBelowTarget(current.calls, current.bad, record.target);
  const drop = change === null ? 0 : change.after.bad / change.after.calls - change.before.bad / change.before.calls;
  const kinds = findKindChanges(record);
  // A fall that is over, whoever's fault it was, is none: only the bound of all its calls speaks on.
  if (failing || (stretch.wellSince === null && current.bad > 0 && drop >= LEAST_DROP)) {
    const kind = failing ? "failing" : "degrading";
    problems.push(
      ranked({
        kind,
        reason: failing
          ? failingReason(current, since, kept, now)
          : degradingReason(change as Change, start, kept, now),
        statistics: { ...statistics, counted: { bad: current.bad, since } },
        clusters: kept,
        attribution: attributeClusters(kept),
        findings: investigate({
          ...{ record, failures, clusters: kept, now, wellSince: stretch.wellSince },
          change: change && { ...change, at: start, earlier: statistics.change?.earlier },
          // Of one kind alone the change of the share says it all.
          kinds: change !== null && kept.length === 1 ? [] : kinds.filter(({ at }) => at >= since),
        }),
      }),
    );
  } else {
    const degrading = degradingByKind(record, kinds, statistics, now);
    if (degrading) problems.push(ranked(degrading));
  }
  const wrong = findWrong(record, now);
  const answers = answersOf(record);
  const suspected = findSuspected(record, answers, now);
  if (wrong) {
    const findings = suspected === null ? wrong.findings : [...wrong.findings, suspected.reason];
    const { marked, wrongCases } = record;
    const counted = marked === null ? {} : { counted: { bad: knownWrong(record), since: marked.since } };
    const figures = {
      ...{ ...ofAnswers, badCallsPerDay: expectedWrong(day, record), ...counted },
      wrong: { marked: marked?.wrong ?? 0, cases: wrongCases.length },
    };
    const problem = ranked({ kind: "incorrect", statistics: figures, ...wrong, findings });
    // How often callers ask what its own cases ask is not known: as much as once a day, or they would come last.
    const least = record.wrongCases.length > 0 ? severityOf(problem) : 0;
    problems.push({ ...problem, priority: Math.max(problem.priority, least) });
  } else if (suspected) {
    const { askedAgain, ...rest } = suspected;
    const badCallsPerDay = expectedDoubted(day, record, askedAgain);
    const counted = { bad: askedAgain.asked, since: askedAgain.since };
    problems.push(
      ranked({ kind: "incorrect", statistics: { ...ofAnswers, badCallsPerDay, counted, askedAgain }, ...rest }),
    );
  }
  const slow = findSlow(record, now);
  if (slow) {
    const { latency, from, ...rest } = slow;
    const badCallsPerDay = expectedLate(day, latency);
    const counted = { bad: latency.late, since: from };
    problems.push(ranked({ kind: "slow", statistics: { ...ofAnswers, badCallsPerDay, counted, latency }, ...rest }));
  }
  return { problems, current, statistics, answers };
}

/** @param from slice in which the calls begin that it is compared with; what lies before them is told apart */
function changeAt(
  { before, after, pValue }: Change,
  at: Date,
  traffic: ToolRecord["traffic"],
  from: number,
): Statistics["change"] {
  const earlier = { calls: 0, bad: 0 };
  for (const { calls, failures } of traffic.slice(0, from)) {
    earlier.calls += calls;
    earlier.bad += failures;
  }
  const until = traffic[from]?.at;
  const told = earlier.calls > 0 && until !== undefined ? { earlier: { ...earlier, until } } : {};
  return { at, before, after, pValue, ...told };
}

function totals(counts: ToolRecord["counts"]): Tally {
  const bad = (counts.failed ?? 0) + (counts.timed_out ?? 0);
  return { calls: (counts.succeeded ?? 0) + bad, bad };
}

function statisticsOf(
  record: ToolRecord,
  { calls, bad }: Tally,
  since: Date,
  counts: ToolRecord["counts"],
): Omit<Statistics, "badCallsPerDay"> {
  const bounds = successRateBounds(calls - bad, bad, FAILING_ERROR);
  return {
    calls,
    failures: bad,
    refused: counts.refused ?? 0,
    rejected: counts.rejected ?? 0,
    successRate: calls === 0 ? 1 : (calls - bad) / calls,
    upperBound: bounds.upper,
    lowerBound: bounds.lower,
    target: record.target,
    version: record.version,
    p50Ms: record.p50Ms,
    p95Ms: record.p95Ms,
    since,
    until: record.until,
  };
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
