/** Builds a tool's record out of calls, as the database would answer it. */
import { failureCluster, inputShape } from "#lib/core/clusters.ts";
import { type Execution, isFailure } from "#lib/core/execution.ts";
import { quantile } from "#lib/core/statistics.ts";
import type { Outcome } from "#lib/core/words.ts";
import type { ToolRecord } from "./record.ts";
import { turnOf } from "./standing.ts";

export const NOW = new Date(Date.UTC(2026, 2, 10, 15, 0));
const DAY_MS = 24 * 3_600_000;
const SLICES = 168;
let made = 0;

/** A call so many minutes before `NOW`. */
export function call(minutesAgo: number, change: Partial<Execution> = {}): Execution {
  made += 1;
  const status = change.status ?? "succeeded";
  const input = change.input ?? { n: made };
  const error = isFailure(status)
    ? { name: "TypeError", message: "x is not a function", stack: "", ...change.error }
    : undefined;
  return {
    id: `execution-${made}`,
    tool: "t",
    version: 1,
    startedAt: new Date(NOW.getTime() - minutesAgo * 60_000),
    latencyMs: 10,
    effects: [],
    caller: "agent",
    shape: inputShape(input),
    ...change,
    status,
    input,
    ...(error === undefined ? {} : { error, cluster: failureCluster(error) }),
  };
}

/** So many calls, spread evenly from one time to another. */
export function calls(
  number: number,
  fromMinutes: number,
  toMinutes: number,
  change: (index: number) => Partial<Execution> = () => ({}),
) {
  return Array.from({ length: number }, (_, index) => {
    const share = number === 1 ? 0 : index / (number - 1);
    return call(fromMinutes + (toMinutes - fromMinutes) * share, change(index));
  });
}

function markedIn(wrong: ToolRecord["wrong"]): ToolRecord["marked"] {
  const times = wrong.map(({ execution }) => execution.startedAt.getTime());
  return times.length === 0 ? null : { wrong: times.length, since: new Date(Math.min(...times)) };
}

/** The record of version 1 that these calls make. */
export function recordOf(executions: readonly Execution[], change: Partial<ToolRecord> = {}): ToolRecord {
  const newest = [...executions].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  const own = newest.filter(({ version }) => version === (change.version ?? 1));
  const until = new Date((newest[0]?.startedAt.getTime() ?? NOW.getTime()) + 1);
  const since = new Date(until.getTime() - 7 * DAY_MS);
  const first = Math.min((newest.at(-1)?.startedAt ?? until).getTime(), until.getTime() - SLICES);
  const width = (until.getTime() - first) / SLICES;
  const traffic = Array.from({ length: SLICES }, (_, slice) => {
    const at = new Date(first + slice * width);
    return { at, calls: 0, failures: 0, refused: 0, rejected: 0, p50Ms: 0, p95Ms: 0 };
  });
  for (const execution of newest) {
    const slice = traffic[Math.min(SLICES - 1, Math.floor((execution.startedAt.getTime() - first) / width))];
    if (slice === undefined) continue;
    if (execution.status === "succeeded" || isFailure(execution.status)) slice.calls += 1;
    if (isFailure(execution.status)) slice.failures += 1;
    if (execution.status === "refused" || execution.status === "rejected") slice[execution.status] += 1;
  }
  for (const [index, slice] of traffic.entries()) {
    const end = first + (index + 1) * width;
    const ran = newest.filter(({ startedAt }) => startedAt >= slice.at && startedAt.getTime() < end);
    if (ran.length === 0) continue;
    const latencies = ran.map(({ latencyMs }) => latencyMs);
    slice.p50Ms = quantile(latencies, 0.5);
    slice.p95Ms = quantile(latencies, 0.95);
  }
  const count = (of: readonly Execution[]) => {
    const counts: Partial<Record<Outcome, number>> = {};
    for (const { status } of of) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  const failures = own.filter(({ status }) => isFailure(status));
  const others = own.filter(({ status }) => !isFailure(status));
  const turn = turnOf({ traffic, failures, others, since, until }, own.at(-1)?.startedAt ?? since);
  const good = newest.filter(({ status }) => status === "succeeded");
  const yesterday = until.getTime() - DAY_MS;
  return {
    tool: "t",
    version: 1,
    target: 0.99,
    latencyBudgetMs: undefined,
    since,
    until,
    firstCall: own.at(-1)?.startedAt ?? since,
    aloneSince: newest.find((one) => one.version !== (change.version ?? 1))?.startedAt ?? since,
    counts: count(own),
    recent: turn && { since: turn, counts: count(own.filter(({ startedAt }) => startedAt >= turn)) },
    p50Ms: quantile(
      own.map(({ latencyMs }) => latencyMs),
      0.5,
    ),
    p95Ms: quantile(
      own.map(({ latencyMs }) => latencyMs),
      0.95,
    ),
    traffic,
    failures,
    others,
    recentMs: good.filter(({ startedAt }) => startedAt.getTime() >= yesterday).map(({ latencyMs }) => latencyMs),
    baselineMs: good.filter(({ startedAt }) => startedAt.getTime() < yesterday).map(({ latencyMs }) => latencyMs),
    wrong: [],
    marked: change.wrong === undefined ? null : markedIn(change.wrong),
    wrongCases: [],
    asked: newest,
    right: new Set(),
    activations: [],
    ...change,
  };
}
