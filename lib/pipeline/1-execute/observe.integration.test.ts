/** Calls of real tools, held against what the tools declare. */

import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createEffectBroker } from "#lib/adapters/effects/create-effect-broker.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { loadTools } from "#lib/registry/load-tools.ts";
import { openWorkshop, type Workshop } from "#lib/testing/workshop.ts";
import { createExecute, type Execute } from "./index.ts";
import { createObserver } from "./observe.ts";

let workshop: Workshop;
let world: Server;
let touches = 0;
beforeAll(async () => {
  workshop = await openWorkshop();
  world = createServer((_request, response) => {
    touches += 1;
    response.end(`{"n":${touches}}`);
  });
  await new Promise<void>((resolve) => world.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  world?.close();
  await workshop?.close();
});

const host = (): string => `localhost:${(world.address() as AddressInfo).port}`;

/** A tool that says it has no side effects and is idempotent, whatever it does. */
async function addTool(name: string, run: string): Promise<void> {
  const source = `import { defineTool, ToolError } from "whetstone";
export default defineTool({
  name: "${name}", description: "A tool of a test", inputSchema: {}, outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: ["${host()}"], kv: "write", secrets: [] },
  async run(input: any, ctx: any) { if (input === null) throw new ToolError("none", "nothing"); ${run} },
});
`;
  await writeFile(join(workshop.tools, `${name}.ts`), source);
  const { broken } = await loadTools(workshop);
  expect(broken).toEqual([]);
}

/** Room 1 with every call run again. */
function room(sandbox: Sandbox = workshop.sandbox): Execute {
  const { database, clock } = workshop;
  const broker = createEffectBroker({
    keyValues: database.keyValues,
    readSecret: () => undefined,
    allowPrivateAddresses: true,
    clock,
  });
  const observer = createObserver({ database, sandbox, clock }, { oneIn: 1 });
  return createExecute({ database, sandbox, broker, clock, observer });
}

async function observed(tool: string, what: string): Promise<{ times: number; detail: string; executionId: string }> {
  return vi.waitFor(
    async () => {
      const seen = (await workshop.database.observations.list([{ tool, number: 1 }])).find((one) => one.what === what);
      if (seen === undefined) throw new Error(`${tool} was not seen to ${what}`);
      return seen;
    },
    { timeout: 10_000, interval: 20 },
  );
}

const call = (execute: Execute, tool: string, input: unknown = {}): Promise<Execution> =>
  execute.execute({ tool, input, caller: "test" });

describe("what calls do", () => {
  it("is noted by kind, and the call is run again without touching the world", async () => {
    await addTool(
      "busy",
      `const before = await ctx.kv.get("n"); await ctx.kv.set("n", (before ?? 0) + 1);
       const { n } = await (await ctx.fetch("http://${host()}/", { method: "post", body: "{}" })).json();
       return { n, before, at: ctx.now(), dice: ctx.random(), id: ctx.uuid() };`,
    );
    touches = 0;
    const execution = await call(room(), "busy");
    expect(execution).toMatchObject({ status: "succeeded", output: { n: 1, before: null } });
    expect(await observed("busy", "rerun same")).toMatchObject({ times: 1, executionId: execution.id, detail: "" });
    expect(touches).toBe(1);
    expect(await workshop.database.keyValues.get("busy", "n")).toBe(1);
    await vi.waitFor(async () => {
      const kinds = (await workshop.database.observations.list([{ tool: "busy", number: 1 }])).map(({ what }) => what);
      expect(kinds).toEqual(["fetch POST", "kv.get", "kv.set", "now", "random", "rerun same", "uuid"]);
    });
  });

  it("refusals and failures are run again too", async () => {
    await addTool("sour", `ctx.log("x"); throw new TypeError("sour " + ctx.random());`);
    const execute = room();
    await call(execute, "sour");
    expect(await observed("sour", "rerun same")).toMatchObject({ detail: "" });
    await addTool("choosy", `return 1;`);
    expect((await call(execute, "choosy", null)).status).toBe("refused");
    expect(await observed("choosy", "rerun same")).toMatchObject({ detail: "" });
  });

  it("an answer that does not come again is noted with what differed", async () => {
    await addTool("plain", "return { n: input.n };");
    // The first run stands in for one that found something left over from the call before it.
    const tainted: Sandbox = {
      ...workshop.sandbox,
      run: (request) =>
        workshop.sandbox.run(request.fresh === true ? request : { ...request, input: { n: "left over" } }),
    };
    const execution = await call(room(tainted), "plain", { n: 1 });
    expect(execution).toMatchObject({ output: { n: "left over" }, input: { n: 1 } });
    expect(await observed("plain", "rerun differs")).toMatchObject({
      detail: "its output was another one",
      executionId: execution.id,
    });
  });

  it("an effect that was not asked for before is noted, and not performed", async () => {
    await addTool("turns", `return input.second ? await (await ctx.fetch("http://${host()}/")).text() : "first";`);
    const tainted: Sandbox = {
      ...workshop.sandbox,
      run: (request) => workshop.sandbox.run(request.fresh === true ? request : { ...request, input: {} }),
    };
    touches = 0;
    await call(room(tainted), "turns", { second: true });
    expect(await observed("turns", "rerun diverges")).toMatchObject({ detail: expect.stringContaining("fetch") });
    expect(touches).toBe(0);
  });
});

it("few calls are run again, one at a time, and none of them on the caller's way", async () => {
  await addTool("many", "return input;");
  let running = 0;
  let most = 0;
  let again = 0;
  const slow: Sandbox = {
    ...workshop.sandbox,
    async run(request) {
      if (request.fresh !== true) return workshop.sandbox.run(request);
      again += 1;
      running += 1;
      most = Math.max(most, running);
      // It never ends while calls come in: they do not wait for it.
      await finished.promise;
      running -= 1;
      return workshop.sandbox.run(request);
    },
  };
  const finished = Promise.withResolvers<void>();
  const execute = room(slow);
  for (let at = 0; at < 200; at += 1) await call(execute, "many", { at });
  expect({ again, most }).toEqual({ again: 1, most: 1 });
  finished.resolve();
  await observed("many", "rerun same");
});
