/** What pages that show every tool ask of the calls: one statement for all of them. */
import type { Version } from "#lib/core/version.ts";
import type { Outcome } from "#lib/core/words.ts";
import type { CallsOfHour, ExecutionRepository } from "#lib/ports/executions.ts";
import type { Query } from "./asking.ts";
import { executionOf, READ_LIST } from "./execution-rows.ts";

/** Latency is that of calls that ran. */
export const RAN = `"status" NOT IN ('rejected', 'interrupted')`;

/** Calls that `CallHour` does not count yet, by its columns. */
const UNCOUNTED = `SELECT "toolName", "version", "status", count(*) AS calls, date_trunc('hour', "startedAt", 'UTC') AS hour
  FROM "Execution" WHERE "startedAt" >= (SELECT "until" FROM "CountedCalls") GROUP BY 1, 2, 3, 5`;

/** Versions as two arrays, for `unnest`. */
function pairs(versions: readonly Pick<Version, "tool" | "number">[]): [string[], number[]] {
  return [versions.map(({ tool }) => tool), versions.map(({ number }) => number)];
}

const HOUR_MS = 3_600_000;
const NO_CALLS: CallsOfHour = { calls: 0, failures: 0, refused: 0, rejected: 0 };

export function createCallsByTool(
  query: Query,
): Pick<ExecutionRepository, "outcomes" | "newestEffects" | "hours" | "newestP95"> {
  return {
    async outcomes(versions) {
      const rows = await query<{ toolName: string; version: number; status: Outcome; calls: number }>(
        `SELECT "toolName", "version", "status", sum("calls")::int AS calls FROM (
           SELECT "toolName", "version", "status", "calls", "hour" FROM "CallHour" UNION ALL ${UNCOUNTED}
         ) AS counted WHERE ("toolName", "version") IN (SELECT * FROM unnest($1::text[], $2::int[])) GROUP BY 1, 2, 3`,
        pairs(versions),
      );
      const counted = new Map<string, { tool: string; version: number; counts: Partial<Record<Outcome, number>> }>();
      for (const { toolName, version, status, calls } of rows) {
        const key = `${version} ${toolName}`;
        const row = counted.get(key) ?? { tool: toolName, version, counts: {} };
        row.counts[status] = calls;
        counted.set(key, row);
      }
      return [...counted.values()];
    },

    async newestEffects(versions, most) {
      const rows = await query<{ toolName: string; version: number }>(
        `SELECT ${READ_LIST} FROM unnest($1::text[], $2::int[]) AS of ("tool", "number"), LATERAL (
           SELECT * FROM "Execution" WHERE "toolName" = of."tool" AND "version" = of."number"
           ORDER BY "startedAt" DESC LIMIT $3::int
         ) AS newest WHERE "effects"::text <> '[]'`,
        [...pairs(versions), most],
      );
      return rows.map(executionOf).map(({ tool, version, effects }) => ({ tool, version, effects }));
    },

    async hours(since, count) {
      const first = new Date(Math.floor(since.getTime() / HOUR_MS) * HOUR_MS);
      // Of the hour that `since` lies in only a part counts, and parts are not kept counted.
      const rows = await query<{ toolName: string; slice: number } & CallsOfHour>(
        `SELECT "toolName", (extract(epoch FROM "hour" - $2::timestamptz) / 3600)::int AS slice,
           coalesce(sum("calls") FILTER (WHERE "status" IN ('succeeded', 'failed', 'timed_out')), 0)::int AS calls,
           coalesce(sum("calls") FILTER (WHERE "status" IN ('failed', 'timed_out')), 0)::int AS failures,
           coalesce(sum("calls") FILTER (WHERE "status" = 'refused'), 0)::int AS refused,
           coalesce(sum("calls") FILTER (WHERE "status" = 'rejected'), 0)::int AS rejected
         FROM (
           SELECT "toolName", "hour", "status", "calls" FROM "CallHour" WHERE "hour" > $2::timestamptz UNION ALL
           SELECT "toolName", "hour", "status", "calls" FROM (${UNCOUNTED}) AS uncounted WHERE "hour" > $2::timestamptz UNION ALL
           SELECT "toolName", $2::timestamptz, "status", count(*) FROM "Execution"
           WHERE "startedAt" >= $1::timestamptz AND "startedAt" < $2::timestamptz + interval '1 hour' GROUP BY 1, 3
         ) AS counted
         WHERE "hour" <= $2::timestamptz + make_interval(hours => $3::int) GROUP BY 1, 2`,
        [since, first, count],
      );
      const byTool = new Map<string, CallsOfHour[]>();
      for (const { toolName, slice, ...counts } of rows) {
        const hours = byTool.get(toolName) ?? Array.from({ length: count + 1 }, () => NO_CALLS);
        hours[slice] = counts;
        byTool.set(toolName, hours);
      }
      return byTool;
    },

    async newestP95(tools, since, most) {
      const rows = await query<{ tool: string; p95: number | null }>(
        `SELECT of."tool", (
           SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY "latencyMs") FROM (
             SELECT "latencyMs" FROM "Execution" WHERE "toolName" = of."tool" AND "startedAt" >= $2::timestamptz AND ${RAN}
             ORDER BY "startedAt" DESC LIMIT $3::int
           ) AS newest
         ) AS p95 FROM unnest($1::text[]) AS of ("tool")`,
        [tools, since, most],
      );
      return new Map(rows.flatMap(({ tool, p95 }) => (p95 === null ? [] : [[tool, p95]])));
    },
  };
}
