/** Executions go when their tool's retention, or that of all tools, is over; evidence and cases hold copies of what they show. */
import type { Pool } from "pg";
import { FORGET_BODIES } from "./effect-bodies.ts";

const HOUR_MS = 3_600_000;
/** Rows of one statement: no lock is held for long. */
const BATCH = 5_000;

/** For how many days a tool's calls are kept: as it says, or as the settings say for all; null for ever. */
const DAYS = `COALESCE((t."settings"->>'retentionDays')::numeric,
  (SELECT (s."value"->>'retentionDays')::numeric FROM "Settings" s WHERE s."id" = 1))`;
/** When what a tool keeps begins; $1 is now. */
const KEPT_FROM = `$1::timestamptz - make_interval(days => LEAST(${DAYS}, 100000)::int)`;

const FORGET = `DELETE FROM "Execution" WHERE ("startedAt", "id") IN (
  SELECT e."startedAt", e."id" FROM "Execution" e
  JOIN "Tool" t ON t."name" = e."toolName"
  WHERE ${DAYS} IS NOT NULL AND e."startedAt" < ${KEPT_FROM}
  LIMIT ${BATCH})`;

/** Hours of which nothing is left. */
const FORGET_HOURS = `DELETE FROM "CallHour" h USING "Tool" t
  WHERE t."name" = h."toolName" AND ${DAYS} IS NOT NULL AND h."hour" + interval '1 hour' <= ${KEPT_FROM}`;

/** Deletes what is older than its tool says; answers how many went. */
export async function forgetOld(pool: Pick<Pool, "query">, now: Date): Promise<number> {
  let gone = 0;
  for (;;) {
    const { rowCount } = await pool.query(FORGET, [now.toISOString()]);
    gone += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) break;
  }
  await pool.query(FORGET_HOURS, [now.toISOString()]);
  await pool.query(FORGET_BODIES, [now.toISOString()]);
  return gone;
}

/**
 * Looks every hour, and soon after the start.
 * @returns what ends it
 */
export function keepRetention(pool: Pool, now: () => Date, everyMs = HOUR_MS): () => void {
  const look = (): void => {
    forgetOld(pool, now()).catch((error: unknown) => {
      process.stderr.write(`whetstone: old executions could not be deleted: ${String(error)}\n`);
    });
  };
  const first = setTimeout(look, everyMs / 60);
  const timer = setInterval(look, everyMs);
  for (const one of [first, timer]) one.unref();
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}
