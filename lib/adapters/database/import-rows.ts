/** Bulk import by COPY; what was imported before by its external id is skipped. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pool } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Clock } from "#lib/ports/clock.ts";
import type { ImportedExecution } from "#lib/ports/database.ts";
import { COLUMN_LIST, COLUMN_TYPES, COLUMNS, valuesOf } from "./execution-rows.ts";

/** One value in PostgreSQL's text format for COPY. */
function field(value: unknown): string {
  if (value === null) return "\\N";
  if (typeof value === "boolean") return value ? "t" : "f";
  return String(value).replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}

/** All of them in one transaction: after a failure nothing was imported, and the same call can be made again. */
export async function importRows(
  pool: Pool,
  clock: Clock,
  executions: ImportedExecution[],
): Promise<{ imported: number; duplicates: number }> {
  if (executions.length === 0) return { imported: 0, duplicates: 0 };
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const columns = COLUMNS.map((column) => `"${column}" ${COLUMN_TYPES[column]}`).join(", ");
    await client.query(`CREATE TEMPORARY TABLE incoming (${columns}) ON COMMIT DROP`);
    const lines = Readable.from(
      (function* () {
        for (const execution of executions)
          yield `${valuesOf({ ...execution, id: clock.id() })
            .map(field)
            .join("\t")}\n`;
      })(),
    );
    await pipeline(lines, client.query(copyFrom(`COPY incoming (${COLUMN_LIST}) FROM STDIN`)));
    await client.query(
      `SELECT partitions.ensure_month(month) FROM (SELECT DISTINCT date_trunc('month', "startedAt") AS month FROM incoming) AS months`,
    );
    // The same external id twice in one import counts once: the first line wins.
    await client.query(
      `DELETE FROM incoming a USING incoming b WHERE a."externalId" = b."externalId" AND a."id" > b."id"`,
    );
    await client.query(
      `WITH known AS (
         INSERT INTO "ExternalExecution" ("externalId", "executionId", "startedAt")
         SELECT "externalId", "id", "startedAt" FROM incoming WHERE "externalId" IS NOT NULL
         ON CONFLICT ("externalId") DO NOTHING RETURNING "executionId"
       )
       DELETE FROM incoming WHERE "externalId" IS NOT NULL AND "id" NOT IN (SELECT "executionId" FROM known)`,
    );
    const names = COLUMNS.map((column) => (column === "status" ? `"status"::"Outcome"` : `"${column}"`)).join(", ");
    const inserted = await client.query(`INSERT INTO "Execution" (${COLUMN_LIST}) SELECT ${names} FROM incoming`);
    await client.query("COMMIT");
    const imported = inserted.rowCount ?? 0;
    return { imported, duplicates: executions.length - imported };
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
