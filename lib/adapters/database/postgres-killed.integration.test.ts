/** The embedded server killed in the middle of work: it comes back by itself, and so does everything that uses it. */
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import type { Execution } from "#lib/core/execution.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Database } from "#lib/ports/database.ts";
import { createDatabase } from "./create-database.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { migrate } from "./migrate.ts";

let home: string;
let postgres: EmbeddedPostgres;
let database: Database;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "whetstone-killed-pg-"));
  await chmod(home, 0o755);
  postgres = await startEmbeddedPostgres({ home });
  await migrate({ url: postgres.url });
  database = await createDatabase({ url: postgres.url, clock: systemClock });
}, 60_000);
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
  await rm(home, { recursive: true, force: true });
});

function execution(number: number): Execution {
  return {
    id: systemClock.id(),
    tool: "t",
    version: 1,
    startedAt: systemClock.now(),
    latencyMs: 1,
    status: "succeeded",
    input: { number },
    output: number,
    effects: [],
    caller: "test",
    shape: "{number:number}",
  };
}

async function killServer(): Promise<void> {
  const pid = Number((await readFile(join(home, "pg", "postmaster.pid"), "utf8")).split("\n")[0]);
  process.kill(pid, "SIGKILL");
}

it("loses no acknowledged execution and doubles none, twice over, and hears events again", async () => {
  const key = await database.access.createKey({ name: "k", kind: "key", scopes: ["call"], secretHash: sha256("s") });
  const acknowledged: string[] = [];
  const refused: unknown[] = [];
  let over = false;
  const lane = async (seed: number): Promise<void> => {
    for (let turn = 0; !over; turn += 1) {
      const one = execution(seed * 1_000_000 + turn);
      try {
        await database.executions.record(one);
        acknowledged.push(one.id);
        // What a call asks before it runs has to outlast the same loss.
        expect((await database.access.findKeyByHash(sha256("s")))?.id).toBe(key.id);
      } catch (error) {
        refused.push(error);
      }
    }
  };
  const lanes = Array.from({ length: 16 }, (_, seed) => lane(seed));
  for (let round = 1; round <= 2; round += 1) {
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 500);
    await killServer();
    const atKill = acknowledged.length;
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(atKill + 500);
  }
  over = true;
  await Promise.all(lanes);
  expect(refused).toEqual([]);

  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query<{ id: string; n: string }>(
    `SELECT "id", count(*) AS n FROM "Execution" GROUP BY "id"`,
  );
  await client.end();
  const found = new Map(rows.map(({ id, n }) => [id, Number(n)]));
  expect(acknowledged.filter((id) => found.get(id) !== 1)).toEqual([]);
  expect([...found.values()].every((count) => count === 1)).toBe(true);

  let heard = false;
  database.subscribe(({ kind, id }) => {
    heard ||= kind === "tool" && id === "t";
  });
  await expect
    .poll(
      async () => {
        await database.publish({ kind: "tool", id: "t", tool: "t" }).catch(() => {});
        return heard;
      },
      { timeout: 30_000 },
    )
    .toBe(true);
}, 120_000);
