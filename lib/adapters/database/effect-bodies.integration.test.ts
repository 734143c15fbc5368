/** Long bodies are kept once a tool, come back with every way of reading, and go with the last execution that holds them. */
import { Client, Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Effect } from "#lib/core/tool.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { forgetOld } from "./retention.ts";

let test_: TestDatabase;
let client: Client;
beforeAll(async () => {
  test_ = await createTestDatabase();
  client = new Client({ connectionString: test_.url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await test_.close();
});

const LONG = 'ü{"kept":"no"}\n'.repeat(1_000);

function fetched(call: number, body: string, asked?: string): Effect {
  const request = { url: "https://a.test/", method: "POST", ...(asked === undefined ? {} : { body: asked }) };
  return { call, kind: "fetch", request, response: { status: 200, headers: {}, body }, startedMs: 0, endedMs: 1 };
}

function execution(tool: string, effects: Effect[], change: Partial<Execution> = {}): Execution {
  return {
    id: systemClock.id(),
    tool,
    version: 1,
    startedAt: new Date(),
    latencyMs: 1,
    status: "succeeded",
    input: {},
    output: 1,
    effects,
    caller: "t",
    shape: "s",
    ...change,
  };
}

async function bodiesOf(tool: string): Promise<string[]> {
  const { rows } = await client.query<{ body: string }>(`SELECT "body" FROM "EffectBody" WHERE "tool" = $1`, [tool]);
  return rows.map(({ body }) => body).sort();
}

test("a body that many executions hold is there once, and each of them has it", async () => {
  const { executions } = test_.database;
  const made = Array.from({ length: 5 }, (_, at) =>
    execution("bodies", [fetched(0, LONG, "short"), fetched(1, `short ${at}`, LONG), fetched(2, `${LONG}!`)], {
      status: at === 0 ? "failed" : "succeeded",
      ...(at === 0 ? { error: { name: "E", message: "m", stack: "" }, cluster: "c" } : {}),
    }),
  );
  await Promise.all(made.map((one) => executions.record(one)));
  expect(await bodiesOf("bodies")).toEqual([LONG, `${LONG}!`].sort());
  const { rows } = await client.query(`SELECT "effects"::text AS text FROM "Execution" WHERE "toolName" = 'bodies'`);
  expect(rows).toHaveLength(5);
  for (const { text } of rows) expect(text.length).toBeLessThan(1_500);
  for (const one of made) expect((await executions.find(one.id))?.effects).toEqual(one.effects);
  const read = [
    ...(await executions.list({ tool: "bodies" }, { limit: 10 })).items,
    ...(await executions.sample("bodies", 10)),
    ...(await executions.failures("bodies", 1, new Date(0), 10)),
  ];
  expect(read).toHaveLength(11);
  for (const one of read) expect(one.effects).toEqual(made.find(({ id }) => id === one.id)?.effects);
});

test("what PostgreSQL's text cannot hold, what is no body, and what looks like a digest stay as they are", async () => {
  const { executions } = test_.database;
  const effects: Effect[] = [
    fetched(0, `${LONG}\u0000`),
    fetched(1, `${LONG}\ud800`),
    { call: 2, kind: "kv.set", request: { key: "k", value: { body: LONG } }, response: null, startedMs: 0, endedMs: 1 },
    {
      call: 3,
      kind: "kv.get",
      request: { key: "k" },
      response: { body: { kept: "0".repeat(64) } },
      startedMs: 0,
      endedMs: 1,
    },
    { call: 4, kind: "fetch", request: { url: "x" }, error: { name: "E", message: LONG }, startedMs: 0, endedMs: 1 },
  ];
  const one = execution("odd", effects);
  await executions.record(one);
  expect((await executions.find(one.id))?.effects).toEqual(effects);
  expect(await bodiesOf("odd")).toEqual([]);
});

test("imported calls have theirs, each tool its own", async () => {
  const { executions } = test_.database;
  const effects = [fetched(0, LONG)];
  await executions.import(
    ["a", "b", "a"].map((externalId) => {
      const { id: _id, ...rest } = execution("imported", effects, { externalId });
      return rest;
    }),
  );
  const { items } = await executions.list({ tool: "imported" }, { limit: 10 });
  expect(items.map((one) => one.effects)).toEqual([effects, effects]);
  expect(await bodiesOf("imported")).toEqual([LONG]);
});

test("a body goes after the last execution that holds it, and not before", async () => {
  const { executions, tools } = test_.database;
  const now = new Date();
  const days = (count: number): Date => new Date(now.getTime() - count * 24 * 3_600_000);
  await tools.upsert({ name: "short_lived", loadError: null });
  await client.query(`UPDATE "Tool" SET "settings" = '{"retentionDays": 7}' WHERE "name" = 'short_lived'`);
  const use = async (body: string, ago: number): Promise<void> => {
    await executions.record(execution("short_lived", [fetched(0, body)], { startedAt: days(ago) }));
    await client.query(`UPDATE "EffectBody" SET "usedAt" = $1 WHERE "body" = $2`, [days(ago), body]);
  };
  const [gone, kept] = [`${LONG}gone`, `${LONG}kept`];
  await use(gone, 9);
  await use(kept, 9);
  await use(kept, 2);
  const pool = new Pool({ connectionString: test_.url });
  try {
    expect(await forgetOld(pool, now)).toBe(2);
    expect(await bodiesOf("short_lived")).toEqual([kept]);
    expect((await executions.list({ tool: "short_lived" }, { limit: 5 })).items[0]?.effects).toEqual([
      fetched(0, kept),
    ]);
    expect(await forgetOld(pool, new Date(now.getTime() + 8 * 24 * 3_600_000))).toBe(1);
    expect(await bodiesOf("short_lived")).toEqual([]);
  } finally {
    await pool.end();
  }
});
