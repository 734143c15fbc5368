/** Executions: written in groups, read by filters, summed up in SQL. */
import type { Pool } from "pg";
import type { Execution } from "#lib/core/execution.ts";
import { Outcome } from "#lib/core/words.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { ExecutionFilter, ExecutionRepository, TrafficBucket } from "#lib/ports/database.ts";
import { limitOf, pageOfRows, readCursor } from "./cursor.ts";
import { COLUMN_LIST, executionOf } from "./execution-rows.ts";
import type { ExecutionWriter } from "./execution-writer.ts";
import { importRows } from "./import-rows.ts";
import type { Writer } from "./prisma-client.ts";
import { createWordRepository } from "./words-on-executions.ts";

type Condition = { readonly sql: string; readonly values: unknown[] };

/** Turns a filter into SQL; every value is a parameter. */
function conditionOf(filter: ExecutionFilter): Condition {
  const values: unknown[] = [];
  const parts: string[] = [];
  const add = (sql: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    parts.push(sql.replace("?", `$${values.length}`));
  };
  add(`"toolName" = ?`, filter.tool);
  add(`"status" = ?::"Outcome"`, filter.status);
  add(`"version" = ?`, filter.version);
  add(`"startedAt" >= ?`, filter.since);
  add(`"startedAt" < ?`, filter.until);
  add(`"cluster" = ?`, filter.cluster);
  add(`"caller" = ?`, filter.caller);
  return { sql: parts.length === 0 ? "TRUE" : parts.join(" AND "), values };
}

/** Latency is that of calls that ran. */
const RAN = `"status" NOT IN ('rejected', 'interrupted')`;

// The sort key as text keeps the microseconds that a Date would cut.
const EXACT_TIME = `to_char("startedAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "exactTime"`;

export function createExecutionRepository(
  pool: Pool,
  db: Writer,
  writer: ExecutionWriter,
  clock: Clock,
): ExecutionRepository {
  async function query<Row extends object>(sql: string, values: unknown[]): Promise<Row[]> {
    return (await pool.query<Row>(sql, values)).rows;
  }

  return {
    record: (execution) => writer.write(execution),
    import: (executions) => importRows(pool, clock, executions),

    async list(filter, page) {
      const condition = conditionOf(filter);
      const values = [...condition.values];
      let sql = condition.sql;
      const cursor = readCursor(page.cursor);
      if (cursor !== null) {
        values.push(cursor.value, cursor.id);
        sql += ` AND ("startedAt", "id") < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`;
      }
      const limit = limitOf(page);
      values.push(limit + 1);
      const rows = await query<{ id: string; exactTime: string }>(
        `SELECT ${COLUMN_LIST}, ${EXACT_TIME} FROM "Execution" WHERE ${sql} ORDER BY "startedAt" DESC, "id" DESC LIMIT $${values.length}`,
        values,
      );
      return pageOfRows(rows, limit, (row) => [row.exactTime, row.id], executionOf);
    },

    async find(id) {
      const [row] = await query(`SELECT ${COLUMN_LIST} FROM "Execution" WHERE "id" = $1 LIMIT 1`, [id]);
      return row === undefined ? null : executionOf(row);
    },

    async statistics(filter) {
      const { sql, values } = conditionOf(filter);
      const rows = await query<Record<string, unknown>>(
        `SELECT "toolName", "version", min("startedAt") AS first, max("startedAt") AS last,
           ${Outcome.options.map((outcome) => `count(*) FILTER (WHERE "status" = '${outcome}')::int AS "${outcome}"`).join(", ")},
           coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY "latencyMs") FILTER (WHERE ${RAN}), 0) AS p50,
           coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY "latencyMs") FILTER (WHERE ${RAN}), 0) AS p95
         FROM "Execution" WHERE ${sql} GROUP BY "toolName", "version" ORDER BY "toolName", "version"`,
        values,
      );
      return rows.map((row) => ({
        tool: String(row.toolName),
        version: Number(row.version),
        counts: Object.fromEntries(
          Outcome.options.map((outcome) => [outcome, Number(row[outcome])] as const).filter(([, count]) => count > 0),
        ),
        p50Ms: Number(row.p50),
        p95Ms: Number(row.p95),
        first: row.first as Date,
        last: row.last as Date,
      }));
    },

    async traffic(tool, since, until, slices) {
      const width = (until.getTime() - since.getTime()) / slices;
      const rows = await query<{ slice: number } & Omit<TrafficBucket, "at">>(
        `SELECT least(floor(extract(epoch FROM "startedAt" - $2) * 1000 / $4)::int, $5 - 1) AS slice,
           count(*) FILTER (WHERE "status" IN ('succeeded', 'failed', 'timed_out'))::int AS calls,
           count(*) FILTER (WHERE "status" IN ('failed', 'timed_out'))::int AS failures,
           count(*) FILTER (WHERE "status" = 'refused')::int AS refused,
           coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY "latencyMs") FILTER (WHERE ${RAN}), 0) AS "p50Ms",
           coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY "latencyMs") FILTER (WHERE ${RAN}), 0) AS "p95Ms"
         FROM "Execution" WHERE "toolName" = $1 AND "startedAt" >= $2 AND "startedAt" < $3 GROUP BY 1`,
        [tool, since, until, width, slices],
      );
      const bySlice = new Map(rows.map(({ slice, ...bucket }) => [slice, bucket]));
      const empty = { calls: 0, failures: 0, refused: 0, p50Ms: 0, p95Ms: 0 };
      return Array.from({ length: slices }, (_, slice) => ({
        at: new Date(since.getTime() + slice * width),
        ...(bySlice.get(slice) ?? empty),
      }));
    },

    async failures(tool, version, since, limit) {
      const rows = await query(
        `SELECT ${COLUMN_LIST} FROM "Execution"
         WHERE "toolName" = $1 AND ($2::int IS NULL OR "version" = $2) AND "startedAt" >= $3 AND "status" IN ('failed', 'timed_out')
         ORDER BY "startedAt" DESC, "id" DESC LIMIT $4`,
        [tool, version ?? null, since, limit],
      );
      return rows.map(executionOf);
    },

    async sample(tool, limit) {
      // One of each cluster and input shape, then a second of each, and so on: newest first within a stratum.
      const rows: { startedAt: Date }[] = await query(
        `SELECT ${COLUMN_LIST} FROM (
           SELECT *, row_number() OVER (PARTITION BY "version", "status", "cluster", "shape" ORDER BY "startedAt" DESC, "id" DESC) AS turn
           FROM "Execution" WHERE "toolName" = $1 AND "status" NOT IN ('rejected', 'interrupted')
         ) AS strata ORDER BY turn, "startedAt" DESC LIMIT $2`,
        [tool, limit],
      );
      return rows.map(executionOf).sort((a: Execution, b: Execution) => b.startedAt.getTime() - a.startedAt.getTime());
    },

    ...createWordRepository(db, clock),
  };
}
