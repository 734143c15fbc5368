/** Partitions of the months to come, also where a process runs for longer than those that its start made. */
import type { Pool } from "pg";

const TWICE_A_DAY_MS = 12 * 3_600_000;

/**
 * Looks now and then whether the next months have their partitions. A month without one is no loss: its calls wait in the
 * default partition and move along later.
 * @returns what ends it
 */
export function keepPartitionsAhead(pool: Pool, everyMs = TWICE_A_DAY_MS): () => void {
  const timer = setInterval(() => {
    pool.query("SELECT partitions.ensure_ahead()").catch((error: unknown) => {
      process.stderr.write(`whetstone: partitions could not be made ahead: ${String(error)}\n`);
    });
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
