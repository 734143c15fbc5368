import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createEffectBroker } from "#lib/adapters/effects/create-effect-broker.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { machine } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { createExecute, type Execute } from "./index.ts";

let test: TestDatabase;
let sandbox: Sandbox;
let room: Execute;
beforeAll(async () => {
  [test, sandbox] = await Promise.all([createTestDatabase(), createSandbox({ workers: 1 })]);
  const { database } = test;
  const broker = createEffectBroker({
    keyValues: database.keyValues,
    readSecret: () => undefined,
    allowPrivateAddresses: false,
    clock: systemClock,
  });
  room = createExecute({ database, sandbox, broker, clock: systemClock });
  for (const name of ["calculator", "add_note"]) {
    await activate(name, await readFile(new URL(`../../../tools/${name}.ts`, import.meta.url), "utf8"));
  }
});
afterAll(async () => {
  await sandbox.close();
  await test.close();
});

/** Makes a source the active version of a tool; answers its number. */
async function activate(tool: string, source: string): Promise<number> {
  const inspected = await sandbox.inspect({ name: tool, source, hash: sha256(source) });
  if (!inspected.ok) throw new Error(inspected.error);
  const { database } = test;
  const { activeVersion } = await database.tools.upsert({ name: tool, loadError: null });
  const { number } = await database.versions.add({
    tool,
    source,
    manifest: inspected.manifest,
    author: machine("test"),
    reason: "test",
    origin: "disk",
    parents: [],
  });
  await database.tools.setActive(tool, activeVersion, number);
  return number;
}

const call = (tool: string, input: unknown) => room.execute({ tool, input, caller: "agent" });

describe("execute", () => {
  it("answers what it recorded", async () => {
    const execution = await call("calculator", { operation: "add", a: 1, b: 2 });
    expect(execution).toMatchObject({ status: "succeeded", output: { result: 3 }, version: 1, caller: "agent" });
    expect(await test.database.executions.find(execution.id)).toEqual(execution);
  });

  it("records what fails, with its cluster, and what never reached the tool", async () => {
    const failed = await call("calculator", { operation: "divide", a: 1, b: 0 });
    expect(failed).toMatchObject({
      status: "failed",
      error: { name: "OutputNotJson", message: expect.stringContaining("/result is Infinity") },
      cluster: expect.any(String),
    });
    const rejected = await call("calculator", { operation: "root", a: 1 });
    expect(rejected).toMatchObject({ status: "rejected", latencyMs: 0, effects: [] });
    expect(rejected.error?.message).toMatch(/operation.*one of/);
    for (const { id, status } of [failed, rejected])
      expect(await test.database.executions.find(id)).toMatchObject({ id, status });
  });

  it("performs effects through the broker and keeps them on record", async () => {
    const first = await call("add_note", { notebook: "ideas", text: "one" });
    const second = await call("add_note", { notebook: "ideas", text: "two" });
    expect([first.output, second.output]).toMatchObject([{ count: 1 }, { count: 2 }]);
    const recorded = await test.database.executions.find(second.id);
    expect(recorded?.effects.map(({ kind }) => kind)).toEqual(["kv.get", "uuid", "now", "kv.set"]);
    expect(await test.database.keyValues.get("add_note", "notes/ideas")).toHaveLength(2);
  });

  it("follows the active version: at once when told, and when the database says so", async () => {
    const source = await readFile(new URL("../../../tools/calculator.ts", import.meta.url), "utf8");
    await activate("calculator", `${source}\n// a second version\n`);
    room.forget("calculator");
    expect(await call("calculator", { operation: "add", a: 1, b: 2 })).toMatchObject({ version: 2 });
    await test.database.tools.setActive("calculator", 2, 1);
    const heard = new Promise<void>((resolve) => {
      const stop = test.database.subscribe(({ kind }) => {
        if (kind !== "tool") return;
        stop();
        resolve();
      });
    });
    await test.database.publish({ kind: "tool", id: "calculator", tool: "calculator" });
    await heard;
    expect(await call("calculator", { operation: "add", a: 1, b: 2 })).toMatchObject({ version: 1 });
  });

  it("keeps texts that databases find hard to hold", async () => {
    const source = `import { defineTool } from "whetstone";
export default defineTool({
  name: "echo", description: "Says it again", inputSchema: {}, outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  run(input) { if (input === "throw") throw new Error("a\\u0000b"); return input; },
});
`;
    await activate("echo", source);
    for (const input of ["zero \u0000 inside", { "key\u0000": 1 }, "half \ud800 pair", "ü€😀", -0, 1e308, [[]]]) {
      const execution = await call("echo", input);
      expect(execution.status).toBe("succeeded");
      expect(await test.database.executions.find(execution.id)).toMatchObject({ id: execution.id });
    }
    expect(await call("echo", "throw")).toMatchObject({ status: "failed" });
  });

  it("refuses what there is no tool for, and what is no JSON", async () => {
    await expect(call("absent", {})).rejects.toMatchObject({ name: "Problem", code: "not_found" });
    await expect(call("../etc/passwd", {})).rejects.toMatchObject({ code: "not_found" });
    await expect(call("calculator", { operation: "add", a: Number.NaN, b: 1 })).rejects.toMatchObject({
      code: "invalid_input",
    });
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    await expect(call("calculator", deep)).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("many calls at once are each recorded", async () => {
    const executions = await Promise.all(
      Array.from({ length: 200 }, (_, index) => call("calculator", { operation: "multiply", a: index, b: 2 })),
    );
    expect(executions.map(({ output }) => output)).toEqual(executions.map((_, index) => ({ result: index * 2 })));
    const ids = new Set(executions.map(({ id }) => id));
    expect(ids.size).toBe(200);
    const found = await Promise.all([...ids].map((id) => test.database.executions.find(id)));
    expect(found.every((execution) => execution !== null)).toBe(true);
  });
});
