/** Tools whose answers come late: over their own budget, or clearly later than they used to. */
import { describeCluster } from "#lib/core/clusters.ts";
import type { Execution } from "#lib/core/execution.ts";
import { FAILING_ERROR } from "#lib/core/health.ts";
import { canonicalJson, sha256 } from "#lib/core/json.ts";
import type { Cluster, Statistics } from "#lib/core/opportunity.ts";
import { clopperPearson, quantile, rankTest, successRateBounds } from "#lib/core/statistics.ts";
import { currentStretch } from "#lib/core/statistics-change.ts";
import type { Problem } from "./decide.ts";
import type { ToolRecord } from "./record.ts";
import { count, duration, percent, sayTime } from "./words.ts";

/** p95 is over the budget when more than this share of the answers is. */
const LATE_SHARE = 0.05;
const LEAST_SAMPLE = 20;
const DAY_MS = 24 * 3_600_000;
/** Chance of taking an accident for a shift; small, since every look is another chance. */
const SHIFT_ERROR = 0.0001;
/** A random recent call is slower than a random earlier one this often: a large effect by Vargha & Delaney. */
const SHIFT_EFFECT = 0.71;
const SHIFT_RATIO = 1.3;
const SHIFT_MS = 5;
/** A shift is certain when its beginning is looked for; where no split is clear, none is told. */
const BEGINNING_ERROR = 0.05;
/** So is it when its end is. */
const END_ERROR = 0.05;

type Slow = Pick<Problem, "reason" | "clusters" | "attribution" | "findings"> & {
  readonly latency: NonNullable<Statistics["latency"]>;
  /** When the calls begin that were looked at. */
  readonly from: Date;
};

export function findSlow(record: ToolRecord, now: Date): Slow | null {
  return overBudget(record, now) ?? shifted(record, now);
}

/**
 * The bound decides again: more than one call in twenty is over budget, with the same certainty as for failing. A call that
 * timed out kept its caller waiting too; where these are most of what is late, they are a failing tool's, and no slow one's.
 */
function overBudget(record: ToolRecord, now: Date): Slow | null {
  const budget = record.latencyBudgetMs;
  if (budget === undefined) return null;
  const answered = answersOf(record);
  const late = answered.filter(({ latencyMs }) => latencyMs > budget);
  const cut = timedOutSince(record, beginningOfLooked(record, answered, answered, null), budget);
  const both = cut.length <= late.length && isLate(answered.length + cut.length, late.length + cut.length);
  if (!both && !isLate(answered.length, late.length)) return null;
  const since = beginningOf(record, answered, budget);
  const recent = since === null ? answered : answered.filter(({ startedAt }) => startedAt >= since);
  const lately = since === null ? late : recent.filter(({ latencyMs }) => latencyMs > budget);
  const before = answered.slice(recent.length);
  const from = beginningOfLooked(record, answered, recent, since);
  const timedOut = timedOutSince(record, from, budget);
  const latency = latencyOf(lately, recent, timedOut, { limitMs: budget, heldTo: "budget" });
  const when = since === null ? "" : ` since about ${sayTime(since, now)}`;
  // Of a long record only the newest answers are read.
  const all = recent.length < answered.length || answered.length >= (record.counts.succeeded ?? 0);
  const of = all ? count(recent.length, "call") : `the newest ${count(recent.length, "call")}`;
  const more = timedOut.length === 0 ? "" : `, ${timedOut.length.toLocaleString("en-US")} more timed out`;
  return {
    reason: `${lately.length} of ${of}${when} took longer than the budget of ${duration(budget)}${more}: p95 is ${duration(latency.p95Ms)}`,
    ...describeLate(record, lately, recent, budget),
    from,
    latency: {
      ...latency,
      ...(since === null ? {} : { since }),
      ...(since === null || before.length < LEAST_SAMPLE ? {} : { beforeMs: quantile(latencies(before), 0.5) }),
    },
  };
}

function isLate(of: number, late: number): boolean {
  return successRateBounds(of - late, late, FAILING_ERROR).upper < 1 - LATE_SHARE;
}

/**
 * The newest answers of the last day against the days before it: answers alone, since a call that timed out says no more
 * than its limit.
 */
function shifted(record: ToolRecord, now: Date): Slow | null {
  const { recentMs, baselineMs } = record;
  if (recentMs.length < LEAST_SAMPLE || baselineMs.length < LEAST_SAMPLE) return null;
  const { pValue, effect } = rankTest(baselineMs, recentMs);
  const [before, after] = [quantile(baselineMs, 0.5), quantile(recentMs, 0.5)];
  const large = effect >= SHIFT_EFFECT && after >= before * SHIFT_RATIO && after - before >= SHIFT_MS;
  if (pValue > SHIFT_ERROR || !large) return null;
  // Between the two medians on the scale of ratios: what is nearer to the new one is late. As few figures as one can say.
  const limitMs = Number(Math.sqrt(before * after).toPrecision(3));
  const answered = answersOf(record);
  const since = beginningOf(record, answered, limitMs);
  const recent = since === null ? answered.slice(0, recentMs.length) : answered.filter((one) => one.startedAt >= since);
  const late = recent.filter(({ latencyMs }) => latencyMs > limitMs);
  const from = beginningOfLooked(record, answered, recent, since);
  const when = since === null ? "" : ` about ${sayTime(since, now)}`;
  return {
    reason: `Got slower${when}: the median of the last ${count(recentMs.length, "call")} is ${duration(after)}, of ${baselineMs.length} in the days before ${duration(before)}; a recent call is the slower one in ${percent(effect)} of all pairs`,
    ...describeLate(record, late, recent, limitMs),
    from,
    latency: {
      ...latencyOf(late, recent, timedOutSince(record, from, limitMs), { limitMs, heldTo: "before" }),
      beforeMs: before,
      ...(since === null ? {} : { since }),
    },
  };
}

/**
 * How a tool that was slow came to answer in time, or null where it did not: a tool that is as slow as when it was found is
 * slow, though by now it was so for days. What it is held against is what it was held against then.
 */
export function inTimeAgain(record: ToolRecord, { limitMs, heldTo, medianMs }: Slow["latency"]): string | null {
  const answered = answersOf(record);
  if (answered.length < LEAST_SAMPLE) return null;
  const ofBudget = heldTo === undefined ? limitMs === record.latencyBudgetMs : heldTo === "budget";
  const limit = ofBudget ? (record.latencyBudgetMs ?? limitMs) : limitMs;
  const day = new Date(record.until.getTime() - DAY_MS);
  const ofDay = answered.filter(({ startedAt }) => startedAt >= day).length;
  const looked = ofBudget ? answered : answered.slice(0, Math.max(ofDay, LEAST_SAMPLE));
  const late = looked.filter(({ latencyMs }) => latencyMs > limit).length;
  const said = `${late === 0 ? "The last" : `${looked.length - late} of the last`} ${looked.length} answers of version ${record.version} came in time`;
  if (!ofBudget) {
    // The limit lies between two medians: most of the answers are on the side of the old one, with certainty.
    if (clopperPearson(late, looked.length, END_ERROR, "upper") >= 0.5) return null;
    return `${said}: their median is ${duration(quantile(latencies(looked), 0.5))}, it was ${duration(medianMs)}`;
  }
  // Where more timed out than were late the tool fails, which is another problem.
  const cut = timedOutSince(record, beginningOfLooked(record, answered, answered, null), limit).length;
  const share = cut <= late ? (late + cut) / (looked.length + cut) : late / looked.length;
  return share > LATE_SHARE ? null : said;
}

function answersOf({ others }: ToolRecord): Execution[] {
  return others.filter(({ status }) => status === "succeeded");
}

/** When the calls begin that were looked at: with the problem, where the answers that were read reach back to that. */
function beginningOfLooked(
  { counts, firstCall, until }: ToolRecord,
  answered: readonly Execution[],
  recent: readonly Execution[],
  since: Date | null,
): Date {
  const all = answered.length >= (counts.succeeded ?? 0);
  if (since !== null && (all || recent.length < answered.length)) return since;
  return all && recent.length === answered.length ? firstCall : (recent.at(-1)?.startedAt ?? until);
}

/** Calls that took longer and never answered. Of very many failures only the newest are read: none where that is too few. */
function timedOutSince({ counts, failures }: ToolRecord, from: Date, limitMs: number): Execution[] {
  const oldest = failures.at(-1)?.startedAt;
  const all = failures.length >= (counts.failed ?? 0) + (counts.timed_out ?? 0);
  if (!all && (oldest === undefined || oldest >= from)) return [];
  return failures.filter(
    ({ status, startedAt, latencyMs }) => status === "timed_out" && startedAt >= from && latencyMs > limitMs,
  );
}

/** When medians came to lie over the limit, to the call where the answers reach that far back; null where it is not clear. */
function beginningOf({ traffic }: ToolRecord, answered: readonly Execution[], limitMs: number): Date | null {
  const slices = traffic.filter(({ calls }) => calls > 0);
  const { start, change } = currentStretch(
    slices.map(({ p50Ms }) => ({ calls: 1, bad: p50Ms > limitMs ? 1 : 0 })),
    BEGINNING_ERROR,
  );
  const [from, before] = [slices[start]?.at, slices[start - 1]?.at];
  if (change?.direction !== "worse" || from === undefined || before === undefined) return null;
  const oldest = answered.at(-1);
  if (oldest === undefined || oldest.startedAt > before) return from;
  // The slice before may have turned in its last calls.
  const first = answered.findLast(({ startedAt, latencyMs }) => startedAt >= before && latencyMs > limitMs);
  return first?.startedAt ?? from;
}

function latencyOf(
  late: readonly Execution[],
  all: readonly Execution[],
  timedOut: readonly Execution[],
  limit: Pick<Slow["latency"], "limitMs" | "heldTo">,
): Slow["latency"] {
  return {
    ...{ late: late.length, of: all.length, ...limit },
    medianMs: quantile(latencies(all), 0.5),
    p95Ms: quantile(latencies([...all, ...timedOut]), 0.95),
    ...(timedOut.length === 0 ? {} : { timedOut: timedOut.length }),
  };
}

function describeLate(record: ToolRecord, late: readonly Execution[], all: readonly Execution[], limitMs: number) {
  const waiting = late.filter((execution) => waitedMs(execution) > execution.latencyMs / 2).length;
  const upstream = waiting > late.length / 2;
  const byShape = Map.groupBy(late, ({ shape }) => shape);
  const clusters: Cluster[] = [...byShape]
    .map(([shape, members]) => ({
      ...describeCluster(
        sha256(canonicalJson(["slow", shape])).slice(0, 16),
        { name: "Slow", message: "", stack: "" },
        members,
        record,
      ),
      message: `took ${duration(quantile(latencies(members), 0.5))} in the median, over ${duration(limitMs)}`,
      attribution: upstream ? ("upstream" as const) : ("tool" as const),
    }))
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  const findings = [
    waiting === 0
      ? "The time is spent in the tool itself, not in waiting for others"
      : `${waiting} of ${count(late.length, "late call")} spent most of their time waiting for an answer from outside`,
  ];
  const larger = sizeRatio(late, all);
  if (larger >= 2) findings.push(`Late calls have inputs about ${Math.round(larger)} times as long as the others`);
  return { clusters, findings, attribution: upstream ? ("upstream" as const) : ("tool" as const) };
}

function waitedMs({ effects }: Execution): number {
  return effects
    .filter(({ kind }) => kind === "fetch")
    .reduce((sum, { startedMs, endedMs }) => sum + endedMs - startedMs, 0);
}

function sizeRatio(late: readonly Execution[], all: readonly Execution[]): number {
  const size = (executions: readonly Execution[]) =>
    quantile(
      executions.map(({ input }) => canonicalJson(input).length),
      0.5,
    );
  const others = all.filter((execution) => !late.includes(execution));
  return late.length === 0 || others.length === 0 ? 1 : size(late) / size(others);
}

function latencies(executions: readonly Execution[]): number[] {
  return executions.map(({ latencyMs }) => latencyMs);
}
