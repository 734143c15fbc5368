/** Values that a schema marks, followed through every place where they could turn up. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgetOld } from "#lib/adapters/database/retention.ts";
import type { Execution } from "#lib/core/execution.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { takeInEdits } from "./take-in-edits.ts";

const SECRET = "ada-private-7731";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
  await writeFile(
    join(house.tools, "greet.ts"),
    `import { defineTool } from "whetstone";
export default defineTool({
  name: "greet", description: "Greets",
  inputSchema: { type: "object", properties: { who: { type: "string", "x-sensitive": true }, fail: { type: "boolean" } } },
  outputSchema: { type: "object", properties: { text: { type: "string" }, who: { type: "string", "x-sensitive": true } } },
  characteristics: { idempotent: true, sideEffects: ["writes_kv"], safeForShadowTesting: false, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "write", secrets: [] },
  async run({ who, fail }: { who: string; fail?: boolean }, ctx: any) {
    await ctx.kv.set("last", who);
    ctx.log("greeting", who);
    if (fail) throw new Error("cannot greet " + who);
    return { text: "Hello " + who, who };
  },
});
`,
  );
  await takeInEdits(house.machinery);
});
afterAll(() => house?.close());

async function ask(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string; body: never }> {
  const response = await fetch(`${house.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as never };
}

async function call(fail = false): Promise<string> {
  const { text, body } = await ask("POST", "/tools/greet/executions", { input: { who: SECRET, fail } });
  // The caller gets what it asked for, whatever is kept.
  expect(text).toContain(fail ? `cannot greet ${SECRET}` : `Hello ${SECRET}`);
  return (body as { id: string }).id;
}

const stored = async (id: string): Promise<Execution> => {
  const execution = await house.machinery.database.executions.find(id);
  if (execution === null) throw new Error(`${id} is not on record`);
  return execution;
};

const setRecording = (recording: string | null) => ask("PATCH", "/tools/greet/settings", { recording });

describe("a value that the schema marks", () => {
  it("is not found by a search, and a replay of its call hides it", async () => {
    const id = await call();
    await call(true);
    expect(((await ask("GET", "/executions?text=Hello")).body as { items: unknown[] }).items).not.toEqual([]);
    for (const words of [SECRET, "private-77"])
      expect(((await ask("GET", `/executions?text=${words}`)).body as { items: unknown[] }).items).toEqual([]);
    const replayed = await ask("POST", `/executions/${id}/replay`, {});
    expect(replayed.body).toMatchObject({ same: true, status: "succeeded", version: 1, differences: [] });
    expect(replayed.text).not.toContain(SECRET);
  });

  it("is on record by full, and shown to nobody but its caller", async () => {
    const ids = [await call(), await call(true)];
    for (const id of ids) {
      expect(JSON.stringify(await stored(id))).toContain(SECRET);
      const one = await ask("GET", `/executions/${id}`);
      expect(one.text).toContain("•••");
      expect(one.text).not.toContain(SECRET);
    }
    await ask("POST", "/detections", {});
    const made = await ask("POST", `/executions/${ids[0]}/case`, {});
    expect(made.status).toBe(201);
    for (const path of ["/executions?tool=greet", "/opportunities?tool=greet", "/tools/greet", "/audit"]) {
      const answer = await ask("GET", path);
      expect(answer.status).toBe(200);
      expect(answer.text, path).not.toContain(SECRET);
    }
    expect(made.text).not.toContain(SECRET);
    const ran = await ask("POST", "/tools/greet/cases/runs", {});
    expect(ran.body).toMatchObject({ passed: 1, total: 1 });
    expect(ran.text).not.toContain(SECRET);
    // The case itself is whole: it is run.
    expect(JSON.stringify(await house.machinery.database.executions.cases("greet"))).toContain(SECRET);
  });

  it("is hidden in what is said of wrong answers and of failures, to people and to a model", async () => {
    const id = await call();
    const should = { text: `Good day ${SECRET}`, who: SECRET };
    await ask("POST", `/executions/${id}/feedback`, {
      correct: false,
      expectedOutput: should,
      note: `not to ${SECRET}`,
    });
    for (let more = 0; more < 8; more += 1) await call(true);
    await ask("POST", "/detections", {});
    const { items } = (await ask("GET", "/opportunities?tool=greet")).body as { items: { id: string; kind: string }[] };
    expect(items.map(({ kind }) => kind).sort()).toEqual(["failing", "incorrect"]);
    const { database } = house.machinery;
    const kept = await database.opportunities.list({ tool: "greet" }, { limit: 10 });
    expect(JSON.stringify(kept.items)).toContain("cannot greet •••");
    expect(JSON.stringify(kept.items)).toContain("should be {");
    // Nobody who reads the table, the journal or a proposal's attempts has to know that it is to be hidden.
    expect(JSON.stringify(kept.items)).not.toContain(SECRET);
    for (const one of items) {
      const made = await ask("POST", `/opportunities/${one.id}/proposals`, {});
      const { id: proposal } = made.body as { id: string };
      await expect
        .poll(async () => ((await ask("GET", `/proposals/${proposal}`)).body as { state: string }).state, {
          timeout: 60_000,
        })
        .not.toMatch(/generating|testing/);
      expect((await ask("GET", `/proposals/${proposal}`)).text).not.toContain(SECRET);
    }
    expect((await ask("GET", "/audit?limit=200")).text).not.toContain(SECRET);
  });

  it("cannot be overwritten by what stands for it", async () => {
    const id = await call();
    const masked = { expectedOutput: { text: "Hello •••", who: "•••" } };
    expect(await ask("POST", `/executions/${id}/case`, masked)).toMatchObject({ status: 422 });
    expect(await ask("POST", `/executions/${id}/feedback`, { correct: false, ...masked })).toMatchObject({
      status: 422,
    });
  });

  it("is hidden in what somebody said of the answer", async () => {
    const id = await call();
    expect((await ask("GET", `/executions/${id}`)).body).not.toHaveProperty("feedback");
    const said = {
      correct: false,
      expectedOutput: { text: `Good day ${SECRET}`, who: SECRET },
      note: `not to ${SECRET}`,
    };
    expect((await ask("POST", `/executions/${id}/feedback`, said)).status).toBe(201);
    const one = await ask("GET", `/executions/${id}`);
    expect(one.body).toMatchObject({
      feedback: {
        correct: false,
        expectedOutput: { text: "Good day •••", who: "•••" },
        note: "not to •••",
        actor: { kind: "key", name: "admin" },
      },
    });
    expect(one.text).not.toContain(SECRET);
  });

  it("is hidden in what a proposal's tests show", async () => {
    const { source } = (await ask("GET", "/tools/greet")).body as { source: string };
    const proposed = await ask("POST", "/proposals", {
      tool: "greet",
      source: source.replace('"Hello "', '"Good day "'),
      rationale: "friendlier",
      purpose: "other",
    });
    expect(proposed.status, proposed.text).toBeLessThan(300);
    const { id } = proposed.body as { id: string };
    let shown = proposed.text;
    await expect
      .poll(
        async () => {
          shown = (await ask("GET", `/proposals/${id}`)).text;
          return (JSON.parse(shown) as { evidence: { cases: unknown[] } | null }).evidence?.cases.length ?? 0;
        },
        { timeout: 60_000, interval: 100 },
      )
      .toBeGreaterThan(0);
    expect(shown).toContain("•••");
    expect(shown).not.toContain(SECRET);
  });
});

describe("recording", () => {
  it.each(["redacted", "shape", "off"])("%s keeps no value that is marked, by HTTP and by MCP", async (recording) => {
    const whole = await call();
    expect((await setRecording(recording)).status).toBe(200);
    const ids = [await call(), await call(true)];
    const client = new Client({ name: "test-agent", version: "1.0.0" });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${house.url}/mcp`), {
        requestInit: { headers: { authorization: `Bearer ${house.key}` } },
      }),
    );
    const answer = await client.callTool({ name: "greet", arguments: { who: SECRET } });
    await client.close();
    expect(JSON.stringify(answer)).toContain(SECRET);
    ids.push(String((answer._meta as Record<string, unknown>)["whetstone/executionId"]));
    for (const id of ids) {
      const kept = await stored(id);
      expect(JSON.stringify(kept)).not.toContain(SECRET);
      expect(kept.effects).toHaveLength(recording === "off" ? 0 : 2);
      expect(kept.tool).toBe("greet");
    }
    expect((await stored(ids[1] ?? "")).status).toBe("failed");
    const line = {
      tool: "greet",
      startedAt: new Date().toISOString(),
      latencyMs: 1,
      status: "succeeded",
      input: { who: SECRET },
      externalId: recording,
    };
    const imported = await fetch(`${house.url}/api/v1/executions/import`, {
      method: "POST",
      headers: { authorization: `Bearer ${house.key}`, "content-type": "application/x-ndjson" },
      body: `${JSON.stringify({ ...line, output: { text: SECRET, who: SECRET } })}\n`,
    });
    expect(await imported.json()).toMatchObject({ imported: 1 });
    const { items } = await house.machinery.database.executions.list({ tool: "greet" }, { limit: 1 });
    expect(items[0]).toMatchObject({ externalId: recording });
    expect(JSON.stringify(items)).not.toContain(SECRET);
    // How a call was recorded stays with it, whatever the tool's mode is by now.
    const replay = (id = "") => ask("POST", `/executions/${id}/replay`, {});
    expect((await replay(whole)).body).toMatchObject({ same: true });
    expect((await setRecording(null)).status).toBe(200);
    expect(await stored(ids[0] ?? "")).toMatchObject({ recording });
    expect((await replay(ids[0])).status).toBe(recording === "redacted" ? 200 : 409);
  });
});

it("is as everywhere where a tool does not say, from the next call on", async () => {
  const everywhere = (recording: string) => ask("PATCH", "/settings", { recording });
  expect((await stored(await call())).recording).toBeUndefined();
  expect((await everywhere("shape")).body).toMatchObject({ recording: "shape", sources: { recording: "settings" } });
  const kept = async () => (await stored(await call())).recording ?? "full";
  await expect.poll(kept).toBe("shape");
  expect((await setRecording("off")).body).toMatchObject({ recording: "off", sources: { recording: "tool" } });
  await expect.poll(kept).toBe("off");
  expect((await setRecording(null)).body).toMatchObject({ recording: "shape", sources: { recording: "settings" } });
  expect((await everywhere("full")).body).toMatchObject({ recording: "full", sources: { recording: "default" } });
  await expect.poll(kept).toBe("full");
});

it("what is older than the retention goes, and nothing else does", async () => {
  const { database, clock } = house.machinery;
  const at = (days: number): Date => new Date(clock.now().getTime() - days * 24 * 3_600_000);
  const add = async (tool: string, days: number): Promise<string> => {
    const id = clock.id();
    const base = {
      id,
      tool,
      version: 1,
      latencyMs: 1,
      status: "succeeded" as const,
      input: {},
      effects: [],
      caller: "t",
      shape: "s",
    };
    await database.executions.record({ ...base, startedAt: at(days) });
    return id;
  };
  const [old, young, other] = [await add("greet", 8), await add("greet", 6), await add("calculator", 400)];
  expect((await ask("PATCH", "/tools/greet/settings", { retentionDays: 7 })).status).toBe(200);
  const pool = new Pool({ connectionString: house.databaseUrl });
  try {
    expect(await forgetOld(pool, clock.now())).toBe(1);
    expect(await database.executions.find(old)).toBeNull();
    expect(await database.executions.find(young)).not.toBeNull();
    expect(await database.executions.find(other)).not.toBeNull();
    // Of all tools, but for one that says so itself.
    expect((await ask("PATCH", "/settings", { retentionDays: 0 })).status).toBe(422);
    expect((await ask("PATCH", "/settings", { retentionDays: 5 })).body).toMatchObject({ retentionDays: 5 });
    expect(await forgetOld(pool, clock.now())).toBe(1);
    expect(await database.executions.find(young)).not.toBeNull();
    expect(await database.executions.find(other)).toBeNull();
    expect((await ask("PATCH", "/settings", { retentionDays: null })).body).toMatchObject({ retentionDays: null });
  } finally {
    await pool.end();
  }
});
