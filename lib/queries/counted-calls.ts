/** Addresses of the list that holds exactly the calls which a problem's figure counted. */
import type { Cluster, Opportunity, Statistics } from "#lib/core/opportunity.ts";
import type { ExecutionFilter } from "#lib/ports/executions.ts";

type Figures = Pick<Statistics, "version" | "since" | "until" | "dismissed">;

export function listOf(filters: ExecutionFilter | Record<string, string | number | Date>): string {
  const words = Object.entries(filters).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : String(value),
  ]);
  return `/executions?${new URLSearchParams(words)}`;
}

function keysOf(clusters: readonly Pick<Cluster, "key" | "mergedKeys">[]): string {
  return clusters.flatMap(({ key, mergedKeys = [] }) => [key, ...mergedKeys]).join(",");
}

/** Failures of the version since the counting begins; without those that were called by design. */
export function failuresCounted(
  { tool, clusters, statistics }: Pick<Opportunity, "tool" | "clusters"> & { statistics: Figures },
  since = statistics.since,
): string {
  const { version, until, dismissed } = statistics;
  const apart = dismissed === undefined ? {} : { cluster: keysOf(clusters) };
  return listOf({ tool, status: "bad", version, ...apart, since, until });
}

/** Failures of a kind that began or became more frequent, since it did. */
export function risenCounted(
  { tool, statistics }: Pick<Opportunity, "tool" | "statistics">,
  { keys, at }: NonNullable<Statistics["risen"]>[number],
): string {
  const { version, until } = statistics;
  return listOf({ tool, version, cluster: keys.join(","), since: at, until });
}

/** Failures before those that the newest are compared with, of all versions. */
export function failuresEarlier({ tool, statistics }: Pick<Opportunity, "tool" | "statistics">): string | null {
  const { change, until } = statistics;
  if (change?.earlier === undefined) return null;
  const week = new Date(until.getTime() - 7 * 86_400_000);
  return listOf({ tool, status: "bad", since: week, until: change.earlier.until });
}

/** Calls of a cluster, near-duplicates too: from its first to its last, since older ones were not counted. */
export function callsOfCluster(
  { tool, statistics: { version } }: { tool: string; statistics: Pick<Statistics, "version"> },
  cluster: Pick<Cluster, "key" | "mergedKeys" | "firstSeen" | "lastSeen">,
): string {
  const until = new Date(cluster.lastSeen.getTime() + 1);
  return listOf({ tool, version, cluster: keysOf([cluster]), since: cluster.firstSeen, until });
}

/** Of a slow tool: answers that were late, or the calls that timed out beside them; null where it is none. */
export function lateCalls(
  { tool, statistics }: Pick<Opportunity, "tool" | "statistics">,
  status: "succeeded" | "timed_out",
): ExecutionFilter | null {
  const { version, latency, counted, until } = statistics;
  if (latency === undefined || counted === undefined) return null;
  return { tool, status, version, slowerThan: latency.limitMs, since: counted.since, until };
}

/** Of an incorrect tool: answers that somebody marked wrong, whenever they were given. */
export function markedWrong({ tool, statistics }: Pick<Opportunity, "tool" | "statistics">): ExecutionFilter {
  return { tool, status: "succeeded", version: statistics.version, marked: "wrong" };
}
