/** The problem that a tool has whose kinds of failure changed, where its success rate shows none. */
import { attributeClusters } from "#lib/core/attribution.ts";
import { clusterKey } from "#lib/core/clusters.ts";
import type { Cluster, Statistics } from "#lib/core/opportunity.ts";
import type { Problem } from "./decide.ts";
import { expectedFailures, lastDayOf, round } from "./expected.ts";
import type { KindChange } from "./find-kind-change.ts";
import { investigate } from "./investigate.ts";
import { kindFindings, verbOf } from "./kind-change-words.ts";
import type { ToolRecord } from "./record.ts";
import { brief, count, sayTime } from "./words.ts";

/** The tool degrades by kinds of failure that began or became more frequent; null where there is none. */
export function degradingByKind(
  record: ToolRecord,
  changes: readonly KindChange[],
  statistics: Statistics,
  now: Date,
): Omit<Problem, "priority"> | null {
  const risen = changes.filter(({ direction, lasting }) => direction === "worse" && lasting);
  const [first] = risen;
  if (first === undefined) return null;
  const day = lastDayOf(record);
  // What the share of all failures did is no part of it.
  const { change: _change, ...figures } = statistics;
  const clusters = risen.map(({ cluster }) => cluster);
  const keys = new Set(clusters.flatMap(keysOf));
  const failures = record.failures.filter((failure) => keys.has(clusterKey(failure)));
  const since = new Date(Math.min(...risen.map(({ at }) => at.getTime())));
  const { before, after } = first;
  const kind = brief([nameOf(first.cluster), first.cluster.message].filter((part) => part !== "").join(": "));
  const more = risen.length > 1 ? `, and ${count(risen.length - 1, "other kind")} of failure did` : "";
  return {
    kind: "degrading",
    reason: `${kind} ${verbOf(first)} about ${sayTime(first.at, now)}: ${after.bad} of ${count(after.calls, "call")} since, ${before.bad} of ${before.calls.toLocaleString("en-US")} before${more}`,
    statistics: {
      ...figures,
      badCallsPerDay: round(risen.reduce((sum, one) => sum + expectedFailures(day, one.after), 0)),
      counted: { bad: risen.reduce((sum, one) => sum + one.after.bad, 0), since },
      risen: risen.map(({ cluster, at, before, after, pValue }) => ({
        ...{ keys: keysOf(cluster), name: nameOf(cluster), at, before, after, pValue },
      })),
    },
    clusters,
    attribution: attributeClusters(clusters),
    findings: [
      ...kindFindings(changes, now),
      ...investigate({
        ...{ record, failures, clusters, wellSince: null, now },
        change: { ...first, index: 0 },
        kinds: null,
      }),
    ],
  };
}

function nameOf({ errorCode, errorName }: Cluster): string {
  return errorCode ?? errorName;
}

function keysOf({ key, mergedKeys = [] }: Cluster): string[] {
  return [key, ...mergedKeys];
}
