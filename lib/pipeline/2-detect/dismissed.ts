/** A record without the failures that a person declared to be by design: as refusals, they are outside all rates. */
import { clusterFailures, clusterKey } from "#lib/core/clusters.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { ToolRecord } from "./record.ts";
import { turnOf } from "./standing.ts";

/** @param leaveOut keys of failure clusters; what merges with one of them goes along */
export function withoutDismissed(
  record: ToolRecord,
  leaveOut: ReadonlySet<string>,
): { readonly record: ToolRecord; readonly leftOut: readonly Execution[] } {
  if (leaveOut.size === 0) return { record, leftOut: [] };
  const { since, until, others } = record;
  const keys = clusterFailures([...record.failures, ...others], { since, until })
    .map(({ key, mergedKeys = [] }) => [key, ...mergedKeys])
    .filter((those) => those.some((key) => leaveOut.has(key)))
    .flat();
  const isLeftOut = (failure: Execution) => keys.includes(clusterKey(failure));
  const leftOut = record.failures.filter(isLeftOut);
  const failures = record.failures.filter((failure) => !isLeftOut(failure));
  const traffic = record.traffic.map((slice) => ({ ...slice }));
  for (const { startedAt } of leftOut) {
    const slice = traffic.findLast(({ at }) => at <= startedAt);
    if (slice === undefined || slice.failures === 0) continue;
    slice.calls -= 1;
    slice.failures -= 1;
  }
  const counts = { ...record.counts };
  for (const { status } of leftOut) counts[status] = Math.max(0, (counts[status] ?? 0) - 1);
  const rest = { ...record, failures, traffic, counts };
  const turn = turnOf(rest, record.firstCall);
  return {
    record: { ...rest, recent: turn === null ? null : { since: turn, counts: countsSince(rest, turn) } },
    leftOut,
  };
}

/** What slices hold since one of them began. Those of a turn hold the active version's calls alone, which began before it. */
function countsSince({ traffic }: ToolRecord, turn: Date): ToolRecord["counts"] {
  const counts = { succeeded: 0, failed: 0, refused: 0, rejected: 0 };
  for (const { calls, failures, refused, rejected } of traffic.filter(({ at }) => at >= turn)) {
    counts.succeeded += calls - failures;
    counts.failed += failures;
    counts.refused += refused;
    counts.rejected += rejected;
  }
  return counts;
}
