import { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import type { ImportedExecution } from "#lib/ports/executions.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { countHours } from "./calls-by-hour.ts";
import { forgetOld } from "./retention.ts";

const HOUR_MS = 3_600_000;
const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
let store: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  store = await createTestDatabase();
  pool = new Pool({ connectionString: store.url });
});
afterAll(async () => {
  await pool.end();
  await store.close();
});

/** Calls of a tool so many hours ago, the first of `count` failed. */
function calls(tool: string, hoursAgo: number, count: number): ImportedExecution[] {
  return Array.from({ length: count }, (_, index) => ({
    tool,
    version: 1,
    startedAt: new Date(thisHour - hoursAgo * HOUR_MS + index * 1_000),
    latencyMs: 1,
    status: index === 0 ? ("failed" as const) : ("succeeded" as const),
    input: index,
    effects: [],
    caller: "test",
    shape: "s",
  }));
}

const counted = async (tool: string): Promise<number> =>
  (await pool.query(`SELECT coalesce(sum("calls"), 0)::int AS calls FROM "CallHour" WHERE "toolName" = $1`, [tool]))
    .rows[0].calls;

test("calls count the same before and after their hour was counted, by whomever, and those that are imported later too", async () => {
  const { executions } = store.database;
  const version = [{ tool: "counted", number: 1 }];
  await executions.import([...calls("counted", 30, 4), ...calls("counted", 3, 5), ...calls("counted", 0, 2)]);
  const since = new Date(thisHour - 23 * HOUR_MS);
  // Two seconds after the full hour: the first two calls of that hour are no longer among them.
  const within = new Date(thisHour - 3 * HOUR_MS + 2_000);
  const read = async () => ({
    outcomes: await executions.outcomes(version),
    hours: await executions.hours(since, 24),
    within: (await executions.hours(within, 3)).get("counted"),
  });

  const none = { calls: 0, failures: 0, refused: 0, rejected: 0 };
  const before = await read();
  expect(before.outcomes).toEqual([{ tool: "counted", version: 1, counts: { succeeded: 8, failed: 3 } }]);
  expect(before.hours.get("counted")?.[20]).toEqual({ ...none, calls: 5, failures: 1 });
  expect(before.hours.get("counted")?.[23]).toEqual({ ...none, calls: 2, failures: 1 });
  expect(before.within).toEqual([{ ...none, calls: 3 }, none, none, { ...none, calls: 2, failures: 1 }]);

  // What was counted when the store was opened is counted anew, as on a store of an earlier version.
  await pool.query(`TRUNCATE "CallHour"`);
  await pool.query(`UPDATE "CountedCalls" SET "until" = '0001-01-01T00:00:00Z'`);
  await Promise.all([countHours(pool), countHours(pool), countHours(pool)]);
  expect(await counted("counted")).toBe(9);
  expect(await read()).toEqual(before);

  const more = calls("counted", 3, 3).map((call, index) => ({ ...call, externalId: `more-${index}` }));
  expect(await executions.import(more)).toEqual({ imported: 3, duplicates: 0 });
  expect(await executions.import(more)).toEqual({ imported: 0, duplicates: 3 });
  expect(await counted("counted")).toBe(12);
  expect((await read()).hours.get("counted")?.[20]).toEqual({ ...none, calls: 8, failures: 2 });
});

test("imports beside a count are counted once", async () => {
  await pool.query(`TRUNCATE "CallHour"`);
  await pool.query(`UPDATE "CountedCalls" SET "until" = '0001-01-01T00:00:00Z'`);
  const { executions } = store.database;
  await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      if (index % 4 === 3) await countHours(pool);
      else await executions.import(calls("beside", 5 + (index % 3), 10));
    }),
  );
  await countHours(pool);
  expect(await counted("beside")).toBe(90);
});

test("an hour of which nothing is kept goes", async () => {
  const { database } = store;
  await database.tools.upsert({ name: "forgotten", loadError: null });
  await database.tools.setSettings("forgotten", { retentionDays: 1 });
  await database.executions.import([...calls("forgotten", 50, 3), ...calls("forgotten", 4, 2)]);
  await countHours(pool);
  expect(await counted("forgotten")).toBe(5);
  await forgetOld(pool, systemClock.now());
  expect(await counted("forgotten")).toBe(2);
});
