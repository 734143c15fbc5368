/** Executions: written in groups, read by filters, summed up in SQL. */
import { CallTally } from "#lib/core/deployment.ts";
import type { Execution } from "#lib/core/execution.ts";
import { Outcome } from "#lib/core/words.ts";
import type { Clock } from "#lib/ports/clock.ts";
import { type ExecutionFilter, type ExecutionRepository, SEARCHED, type VersionCounts } from "#lib/ports/executions.ts";
import type { Query } from "./asking.ts";
import { createCallsByTool, RAN } from "./calls-by-tool.ts";
import { limitOf, pageOfRows, readCursor } from "./cursor.ts";
import { ASKED_LIST, executionOf, READ_LIST, recordedCallOf } from "./execution-rows.ts";
import { createLatencies } from "./latencies.ts";
import { isId, type Writer } from "./prisma-client.ts";
import { createWordRepository } from "./words-on-executions.ts";

/** Failure clusters of a tally: a tool that fails in more ways than this has no class that would stand out. */
const CLASSES_KEPT = 500;

/** Bytes of an input or an answer, as stored, beyond which it is not looked through for what callers ask again. */
const LARGEST_ASKED = 8_192;

/** Executions of which the newest word is this one. */
const NEWEST_WORDS = `SELECT "executionId" FROM "Feedback" AS word WHERE "correct" = ?::bool AND NOT EXISTS (
  SELECT 1 FROM "Feedback" AS later WHERE later."executionId" = word."executionId"
    AND (later."createdAt", later."id") > (word."createdAt", word."id"))`;

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
  const oneOf = <T>(value: T | readonly T[] | undefined): T[] | undefined =>
    value === undefined ? undefined : ([value].flat() as T[]);
  add(`"toolName" = ?`, filter.tool);
  add(`"status" = ANY(?::"Outcome"[])`, oneOf(filter.status));
  add(`"version" = ?::int`, filter.version);
  add(`"startedAt" >= ?::timestamptz`, filter.since);
  add(`"startedAt" < ?::timestamptz`, filter.until);
  add(`"cluster" = ANY(?::text[])`, oneOf(filter.cluster));
  add(`"caller" = ?`, filter.caller);
  add(`"latencyMs" > ?::float8`, filter.slowerThan);
  // Words are few beside calls: they are looked up first, and their calls by id.
  add(`"id" = ANY(ARRAY(${NEWEST_WORDS}))`, filter.marked === undefined ? undefined : filter.marked === "right");
  return { sql: parts.length === 0 ? "TRUE" : parts.join(" AND "), values };
}

const KEYS = `"startedAt", "id"`;

type CountedRow = Record<Outcome, number> & { toolName: string; version: number; first: Date; last: Date };

/** @param also more to read of each version's calls */
function countsOf(condition: string, also?: string): string {
  const outcomes = Outcome.options.map(
    (outcome) => `count(*) FILTER (WHERE "status" = '${outcome}')::int AS "${outcome}"`,
  );
  const read = [
    `min("startedAt") AS first, max("startedAt") AS last`,
    ...outcomes,
    ...(also === undefined ? [] : [also]),
  ];
  return `SELECT "toolName", "version", ${read.join(", ")} FROM "Execution" WHERE ${condition} GROUP BY "toolName", "version" ORDER BY "toolName", "version"`;
}

function countedIn(row: CountedRow): VersionCounts {
  return {
    tool: row.toolName,
    version: row.version,
    counts: Object.fromEntries(
      Outcome.options.map((outcome) => [outcome, row[outcome]] as const).filter(([, count]) => count > 0),
    ),
    first: row.first,
    last: row.last,
  };
}

// The sort key as text keeps the microseconds that a Date would cut.
const EXACT_TIME = `to_char("startedAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "exactTime"`;

/** A day around the time that an id carries (RFC 9562, version 7), or null where it carries none. */
function aroundId(id: string): [Date, Date] | null {
  if (id[14] !== "7") return null;
  const at = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return [new Date(at - 86_400_000), new Date(at + 86_400_000)];
}

/**
 * @param query reads, through the transaction where there is one; `db` writes feedback and cases there too
 * @param bulk records and imports: durable when they settle, on connections of their own, whatever becomes of a transaction
 */
export function createExecutionRepository(
  query: Query,
  db: Writer,
  bulk: Pick<ExecutionRepository, "record" | "import">,
  clock: Clock,
): ExecutionRepository {
  return {
    ...bulk,
    ...createCallsByTool(query),
    ...createLatencies(query),

    async list(filter, page) {
      const condition = conditionOf(filter);
      const values = [...condition.values];
      let sql = condition.sql;
      const cursor = readCursor(page.cursor, "time");
      if (cursor !== null) {
        values.push(cursor.value, cursor.id);
        sql += ` AND ("startedAt", "id") < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`;
      }
      const limit = limitOf(page);
      const newest = (from: string, most: number, columns = "*"): string => {
        values.push(most);
        return `SELECT ${columns} FROM ${from} ORDER BY "startedAt" DESC, "id" DESC LIMIT $${values.length}::int`;
      };
      let from = `"Execution" WHERE ${sql}`;
      // Late calls are few among many: the primary key's index, which holds the latency, tells which they are.
      if (filter.slowerThan !== undefined) {
        const most = filter.text === undefined ? limit + 1 : SEARCHED;
        from = `(${newest(from, most, KEYS)}) AS late JOIN "Execution" USING ("startedAt", "id")`;
      }
      if (filter.text !== undefined) {
        from = `(${newest(from, SEARCHED)}) AS looked`;
        values.push(`%${filter.text.replace(/[\\%_]/g, "\\$&")}%`);
        from += ` WHERE concat_ws(' ', "input"::text, "output"::text, "error"::text) ILIKE $${values.length}`;
      }
      const rows = await query<{ id: string; exactTime: string }>(
        `SELECT ${READ_LIST}, ${EXACT_TIME} FROM (${newest(from, limit + 1)}) AS found ORDER BY "startedAt" DESC, "id" DESC`,
        values,
      );
      return pageOfRows(rows, limit, (row) => [row.exactTime, row.id], executionOf);
    },

    async find(id) {
      if (!isId(id)) return null;
      // A live call's id says when it ran, which leaves one partition to look into; an imported one ran at any time.
      const near = aroundId(id);
      const [row] =
        near === null
          ? []
          : await query(
              `SELECT ${READ_LIST} FROM "Execution" WHERE "id" = $1::uuid AND "startedAt" BETWEEN $2::timestamptz AND $3::timestamptz`,
              [id, ...near],
            );
      if (row !== undefined) return executionOf(row);
      const [other] = await query(`SELECT ${READ_LIST} FROM "Execution" WHERE "id" = $1::uuid LIMIT 1`, [id]);
      return other === undefined ? null : executionOf(other);
    },

    async findAll(ids) {
      const asked = ids.filter(isId);
      if (asked.length === 0) return new Map();
      const rows = await query(`SELECT ${READ_LIST} FROM "Execution" WHERE "id" = ANY($1::uuid[])`, [asked]);
      return new Map(rows.map(executionOf).map((one) => [one.id, one]));
    },

    async counts(filter) {
      const { sql, values } = conditionOf(filter);
      return (await query<CountedRow>(countsOf(sql), values)).map(countedIn);
    },

    async statistics(filter) {
      const { sql, values } = conditionOf(filter);
      const p = `percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY "latencyMs") FILTER (WHERE ${RAN}) AS p`;
      const rows = await query<CountedRow & { p: [number, number] | null }>(countsOf(sql, p), values);
      return rows.map((row) => ({ ...countedIn(row), p50Ms: row.p?.[0] ?? 0, p95Ms: row.p?.[1] ?? 0 }));
    },

    async tally(calls, { most, slowMs }) {
      const { sql, values } = conditionOf(calls);
      values.push(most, slowMs);
      const [row] = await query<Record<string, unknown>>(
        `WITH newest AS (
           SELECT "startedAt", "id", "status", "latencyMs", "cluster" FROM "Execution" WHERE ${sql}
           ORDER BY "startedAt" DESC, "id" DESC LIMIT $${values.length - 1}::int
         ), classes AS (
           SELECT "cluster", count(*)::int AS calls FROM newest WHERE "status" IN ('failed', 'timed_out') AND "cluster" IS NOT NULL
           GROUP BY "cluster" ORDER BY calls DESC, "cluster" LIMIT ${CLASSES_KEPT}
         ), timed AS (
           SELECT DISTINCT ON (date_trunc('second', "startedAt")) "latencyMs" FROM newest WHERE "status" = 'succeeded'
           ORDER BY date_trunc('second', "startedAt"), "startedAt", "id"
         )
         SELECT count(*) FILTER (WHERE "status" = 'succeeded')::int AS succeeded,
           count(*) FILTER (WHERE "status" IN ('failed', 'timed_out'))::int AS failed,
           count(*) FILTER (WHERE "status" = 'refused')::int AS refused,
           count(*) FILTER (WHERE "status" = 'rejected')::int AS rejected,
           (SELECT count(*)::int FROM timed) AS timed,
           (SELECT count(*)::int FROM timed WHERE "latencyMs" > $${values.length}::float8) AS slow,
           (SELECT coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY "latencyMs"), 0) FROM timed) AS "p95Ms",
           (SELECT coalesce(json_agg(classes), '[]') FROM classes) AS classes
         FROM newest`,
        values,
      );
      return CallTally.parse(row);
    },

    async traffic(tool, since, until, slices) {
      const width = (until.getTime() - since.getTime()) / slices;
      const starts = Array.from({ length: slices }, (_, slice) => new Date(since.getTime() + slice * width));
      const rows = await query<
        Record<"slice" | "calls" | "failures" | "refused" | "rejected", number> & { p: [number, number] | null }
      >(
        `SELECT width_bucket("startedAt", $4::timestamptz[]) - 1 AS slice,
           count(*) FILTER (WHERE "status" IN ('succeeded', 'failed', 'timed_out'))::int AS calls,
           count(*) FILTER (WHERE "status" IN ('failed', 'timed_out'))::int AS failures,
           count(*) FILTER (WHERE "status" = 'refused')::int AS refused,
           count(*) FILTER (WHERE "status" = 'rejected')::int AS rejected,
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY "latencyMs") FILTER (WHERE ${RAN}) AS p
         FROM "Execution" WHERE "toolName" = $1 AND "startedAt" >= $2::timestamptz AND "startedAt" < $3::timestamptz GROUP BY 1`,
        [tool, since, until, starts],
      );
      const bySlice = new Map(
        rows.map(({ slice, p, ...counts }) => [slice, { ...counts, p50Ms: p?.[0] ?? 0, p95Ms: p?.[1] ?? 0 }]),
      );
      const empty = { calls: 0, failures: 0, refused: 0, rejected: 0, p50Ms: 0, p95Ms: 0 };
      return starts.map((at, slice) => ({ at, ...(bySlice.get(slice) ?? empty) }));
    },

    async firstFailure(tool, since, until) {
      const [row] = await query<{ first: Date | null }>(
        `SELECT min("startedAt") AS first FROM "Execution"
         WHERE "toolName" = $1 AND "startedAt" >= $2::timestamptz AND "startedAt" < $3::timestamptz AND "status" IN ('failed', 'timed_out')`,
        [tool, since, until],
      );
      return row?.first ?? null;
    },

    async failures(tool, version, since, limit) {
      const rows = await query(
        `SELECT ${READ_LIST} FROM "Execution"
         WHERE "toolName" = $1 AND ($2::int IS NULL OR "version" = $2::int) AND "startedAt" >= $3::timestamptz AND "status" IN ('failed', 'timed_out')
         ORDER BY "startedAt" DESC, "id" DESC LIMIT $4::int`,
        [tool, version ?? null, since, limit],
      );
      return rows.map(executionOf);
    },

    async asked(tool, since, until, most) {
      // The size of a value is known without reading it: a large one stays where it is.
      const rows = await query(
        `SELECT ${ASKED_LIST}, CASE WHEN answered THEN "output" END AS "output", answered FROM (
           SELECT *, "hasOutput" AND pg_column_size("output") <= ${LARGEST_ASKED} AS answered
           FROM "Execution" WHERE "toolName" = $1 AND "startedAt" >= $2::timestamptz AND "startedAt" < $3::timestamptz
           ORDER BY "startedAt" DESC, "id" DESC LIMIT $4::int
         ) AS newest
         WHERE ("recording" IS NULL OR "recording" = 'redacted') AND pg_column_size("input") <= ${LARGEST_ASKED}`,
        [tool, since, until, most],
      );
      return rows.map(recordedCallOf);
    },

    async sample(tool, limit) {
      // One of each cluster and input shape, then a second of each, and so on: newest first within a stratum. Strata are
      // sorted by their keys alone; inputs and outputs are fetched for what was chosen.
      const rows = await query(
        `SELECT ${READ_LIST} FROM (
           SELECT "startedAt", "id" FROM (
             SELECT "startedAt", "id", row_number() OVER (PARTITION BY "version", "status", "cluster", "shape" ORDER BY "startedAt" DESC, "id" DESC) AS turn
             FROM "Execution" WHERE "toolName" = $1 AND "status" NOT IN ('rejected', 'interrupted')
               AND ("recording" IS NULL OR "recording" = 'redacted')
           ) AS strata ORDER BY turn, "startedAt" DESC LIMIT $2::int
         ) AS chosen JOIN "Execution" e USING ("startedAt", "id")`,
        [tool, limit],
      );
      return rows.map(executionOf).sort((a: Execution, b: Execution) => b.startedAt.getTime() - a.startedAt.getTime());
    },

    ...createWordRepository(db, clock),
  };
}
