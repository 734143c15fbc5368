/** Counts of the hours that are over, kept so that no page counts a million calls. */
import type { Pool, PoolClient } from "pg";
import type { Outcome } from "#lib/core/words.ts";

const TEN_MINUTES_MS = 600_000;

export type CallHour = { toolName: string; version: number; hour: Date; status: Outcome; calls: number };

/**
 * Adds imported calls to hours that are counted already; those of later hours are counted with them. In the transaction of
 * the import and after its rows: whoever counts hours waits for it.
 * @param hours in the order of their keys, so that two imports wait for each other instead of both giving up
 */
export async function addToHours(client: PoolClient, hours: readonly CallHour[]): Promise<void> {
  await client.query(
    `INSERT INTO "CallHour" ("toolName", "version", "hour", "status", "calls")
     SELECT added.* FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::"Outcome"[], $5::int[])
       AS added ("toolName", "version", "hour", "status", "calls"),
       (SELECT "until" FROM "CountedCalls" FOR SHARE) AS counted
     WHERE added."hour" < counted."until"
     ON CONFLICT ("toolName", "version", "hour", "status") DO UPDATE SET "calls" = "CallHour"."calls" + excluded."calls"`,
    [
      hours.map(({ toolName }) => toolName),
      hours.map(({ version }) => version),
      hours.map(({ hour }) => hour),
      hours.map(({ status }) => status),
      hours.map(({ calls }) => calls),
    ],
  );
}

/** Counts what has passed since the last time; several processes may at once. */
export async function countHours(pool: Pick<Pool, "query">): Promise<void> {
  await pool.query("SELECT partitions.count_hours()");
}

/**
 * Counts at once and then now and then. Nothing hangs on when: what is not counted yet is read call by call.
 * @returns what ends it
 */
export function keepHoursCounted(pool: Pool, everyMs = TEN_MINUTES_MS): () => void {
  const count = (): void => {
    countHours(pool).catch((error: unknown) => {
      process.stderr.write(`whetstone: calls could not be counted by the hour: ${String(error)}\n`);
    });
  };
  count();
  const timer = setInterval(count, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
