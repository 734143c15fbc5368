/** What answers took at other times than now, without a read of all calls of these times. */
import type { ExecutionRepository } from "#lib/ports/executions.ts";
import type { Query } from "./asking.ts";

/** Read of a span at the most: a tool that is called a thousand times an hour costs no more than one called a hundred times. */
const OF_SPAN = 100;

export function createLatencies(query: Query): Pick<ExecutionRepository, "latencies"> {
  return {
    async latencies(tool, spans, most) {
      // Which are taken hangs on their ids alone: of calls that come in turns, every sixth could be all of one kind.
      const rows = await query<{ latencyMs: number }>(
        `SELECT "latencyMs" FROM unnest($2::timestamptz[], $3::timestamptz[]) AS span ("since", "until"), LATERAL (
           SELECT "id", "latencyMs" FROM "Execution"
           WHERE "toolName" = $1 AND "status" = 'succeeded' AND "startedAt" >= span."since" AND "startedAt" < span."until"
           ORDER BY "startedAt" DESC LIMIT ${OF_SPAN}
         ) AS answered ORDER BY uuid_hash_extended("id", 0) LIMIT $4::int`,
        [tool, spans.map(({ since }) => since), spans.map(({ until }) => until), most],
      );
      return rows.map(({ latencyMs }) => latencyMs);
    },
  };
}
