/** Bulk import by COPY; what was imported before by its external id is skipped. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pool } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Clock } from "#lib/ports/clock.ts";
import type { ImportedExecution } from "#lib/ports/executions.ts";
import { addToHours, type CallHour } from "./calls-by-hour.ts";
import { type Bodies, keepBodies } from "./effect-bodies.ts";
import { COLUMN_LIST, COLUMN_TYPES, COLUMNS, rowOf } from "./execution-rows.ts";

/** Lines go to the server in pieces of about this many characters. */
const PIECE = 65_536;

/** @param held gets the long bodies, which are not in the lines */
function* lines(
  executions: ImportedExecution[],
  clock: Clock,
  held: { tool: string; bodies: Bodies }[],
): Generator<string> {
  let piece = "";
  for (const execution of executions) {
    const bodies: Bodies = new Map();
    piece += rowOf({ ...execution, id: clock.id() }, bodies);
    if (bodies.size > 0) held.push({ tool: execution.tool, bodies });
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/** The months that an import touches, each by its first day (UTC). */
function monthsOf(executions: ImportedExecution[]): string[] {
  return [...new Set(executions.map(({ startedAt }) => `${startedAt.toISOString().slice(0, -16)}01T00:00:00Z`))];
}

/** All of them in one transaction: after a failure nothing was imported, and the same call can be made again. */
export async function importRows(
  pool: Pool,
  clock: Clock,
  executions: ImportedExecution[],
): Promise<{ imported: number; duplicates: number }> {
  if (executions.length === 0) return { imported: 0, duplicates: 0 };
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // Before the transaction: making a month locks readers out, which must not last as long as the import.
    await client.query("SELECT partitions.ensure_month(month) FROM unnest($1::timestamptz[]) AS month", [
      monthsOf(executions),
    ]);
    await client.query("BEGIN");
    const columns = COLUMNS.map((column) => `"${column}" ${COLUMN_TYPES[column]}`).join(", ");
    await client.query(`CREATE TEMPORARY TABLE incoming (${columns}) ON COMMIT DROP`);
    const held: { tool: string; bodies: Bodies }[] = [];
    await pipeline(
      Readable.from(lines(executions, clock, held)),
      client.query(copyFrom(`COPY incoming (${COLUMN_LIST}) FROM STDIN`)),
    );
    await keepBodies(client, held);
    await client.query("ANALYZE incoming");
    const names = COLUMNS.map((column) => (column === "status" ? `i."status"::"Outcome"` : `i."${column}"`)).join(", ");
    // The same external id twice in one import counts once: the first line wins. In one order, so that two imports of
    // the same lines at once wait for each other instead of both giving up.
    const hours = await client.query<CallHour>(
      `WITH known AS (
         INSERT INTO "ExternalExecution" ("externalId", "executionId", "startedAt")
         SELECT DISTINCT ON ("externalId") "externalId", "id", "startedAt" FROM incoming
         WHERE "externalId" IS NOT NULL ORDER BY "externalId", "id"
         ON CONFLICT ("externalId") DO NOTHING RETURNING "executionId"
       )
       , added AS (
         INSERT INTO "Execution" (${COLUMN_LIST})
         SELECT ${names} FROM incoming i LEFT JOIN known k ON k."executionId" = i."id"
         WHERE i."externalId" IS NULL OR k."executionId" IS NOT NULL
         RETURNING "toolName", "version", "startedAt", "status"
       )
       SELECT "toolName", "version", date_trunc('hour', "startedAt", 'UTC') AS hour, "status", count(*)::int AS calls
       FROM added GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    );
    await addToHours(client, hours.rows);
    await client.query("COMMIT");
    const imported = hours.rows.reduce((sum, { calls }) => sum + calls, 0);
    return { imported, duplicates: executions.length - imported };
  } catch (error) {
    await client.query("ROLLBACK").catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
