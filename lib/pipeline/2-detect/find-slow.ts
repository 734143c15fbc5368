/** Tools whose answers come late: over their own budget, or clearly later than they used to. */
import { describeCluster } from "#lib/core/clusters.ts";
import type { Execution } from "#lib/core/execution.ts";
import { FAILING_ERROR } from "#lib/core/health.ts";
import { canonicalJson, sha256 } from "#lib/core/json.ts";
import type { Cluster } from "#lib/core/opportunity.ts";
import { quantile, rankTest, successRateBounds } from "#lib/core/statistics.ts";
import type { Problem } from "./decide.ts";
import type { ToolRecord } from "./record.ts";
import { count, duration, percent } from "./words.ts";

/** p95 is over the budget when more than this share of the answers is. */
const LATE_SHARE = 0.05;
const LEAST_SAMPLE = 20;
/** Chance of taking an accident for a shift; small, since every look is another chance. */
const SHIFT_ERROR = 0.0001;
/** A random recent call is slower than a random earlier one this often: a large effect by Vargha & Delaney. */
const SHIFT_EFFECT = 0.71;
const SHIFT_RATIO = 1.3;
const SHIFT_MS = 5;

type Slow = Pick<Problem, "reason" | "clusters" | "attribution" | "findings"> & {
  /** Share of the calls that are late. */
  readonly lateShare: number;
};

export function findSlow(record: ToolRecord): Slow | null {
  return overBudget(record) ?? shifted(record);
}

/** The bound decides again: more than one call in twenty is over budget, with the same certainty as for failing. */
function overBudget(record: ToolRecord): Slow | null {
  const budget = record.latencyBudgetMs;
  if (budget === undefined) return null;
  const answered = record.others.filter(({ status }) => status === "succeeded");
  const late = answered.filter(({ latencyMs }) => latencyMs > budget);
  const { upper } = successRateBounds(answered.length - late.length, late.length, FAILING_ERROR);
  if (upper >= 1 - LATE_SHARE) return null;
  return {
    reason: `${late.length} of ${count(answered.length, "call")} took longer than the budget of ${duration(budget)}: p95 is ${duration(quantile(latencies(answered), 0.95))}`,
    ...describeLate(record, late, answered, budget),
    lateShare: late.length / answered.length,
  };
}

/** The last day against the days before it. */
function shifted(record: ToolRecord): Slow | null {
  const { recentMs, baselineMs } = record;
  if (recentMs.length < LEAST_SAMPLE || baselineMs.length < LEAST_SAMPLE) return null;
  const { pValue, effect } = rankTest(baselineMs, recentMs);
  const [before, after] = [quantile(baselineMs, 0.5), quantile(recentMs, 0.5)];
  const large = effect >= SHIFT_EFFECT && after >= before * SHIFT_RATIO && after - before >= SHIFT_MS;
  if (pValue > SHIFT_ERROR || !large) return null;
  const usual = quantile(baselineMs, 0.95);
  const recent = record.others.filter(({ status }) => status === "succeeded").slice(0, recentMs.length);
  const late = recent.filter(({ latencyMs }) => latencyMs > Math.min(usual, after));
  return {
    reason: `Got slower: the median of the last ${count(recentMs.length, "call")} is ${duration(after)}, of the ${baselineMs.length} before that day ${duration(before)}; a recent call is the slower one in ${percent(effect)} of all pairs`,
    ...describeLate(record, late, recent, usual),
    lateShare: late.length / recent.length,
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
