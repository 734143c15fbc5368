import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "#lib/core/json.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createSandbox } from "./create-sandbox.ts";
import { JAILS, moduleOf, returned, runLive } from "./guest.fixture.ts";

describe.each(JAILS)("$where", ({ jail }) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1, jail });
  });
  afterAll(() => sandbox.close());

  const SAMPLES = new URL("../../../tools/", import.meta.url);

  describe("reading a tool's definition", () => {
    it("reads every sample tool", async () => {
      for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith(".ts"))) {
        const source = readFileSync(new URL(file, SAMPLES), "utf8");
        const result = await sandbox.inspect({ name: file.slice(0, -3), source, hash: sha256(source) });
        expect(result, file).toMatchObject({ ok: true, manifest: { name: file.slice(0, -3) } });
      }
    });

    it("keeps descriptions of postconditions and leaves the functions", async () => {
      const extra = `postconditions: [{ description: "is even", check: (_: any, output: any) => output % 2 === 0 }], latencyBudgetMs: 5,`;
      expect(await sandbox.inspect(moduleOf("return 2", { extra }))).toMatchObject({
        ok: true,
        manifest: { postconditions: [{ description: "is even" }], latencyBudgetMs: 5, owners: [] },
      });
    });

    it.each([
      ["a loop at load", { before: "for (;;);" }, /does not end|time/i],
      [
        "a memory bomb at load",
        { before: "const a: any[] = []; for (;;) a.push(new Array(10000).fill({}));" },
        /memory|does not end/i,
      ],
      ["an exception at load", { before: "throw new Error('broken at load');" }, /broken at load.*probe\.ts:2/],
      ["chance at load", { before: "const x = Math.random();" }, /random/],
      ["the clock at load", { before: "const x = new Date();" }, /ctx\.now/],
      ["a schema that is none", { extra: "inputSchema: { type: 'strng' }," }, /inputSchema.*type/],
      ["a number that is not JSON", { extra: "latencyBudgetMs: Infinity," }, /latencyBudgetMs is Infinity/],
      ["a check that is no function", { extra: "postconditions: [{ description: 'x', check: 1 }]," }, /check/],
      ["a wrong characteristic", { extra: "characteristics: { idempotent: 'yes' }," }, /characteristics\.idempotent/],
    ])("says what is wrong with %s", async (_what, options, message) => {
      const result = await sandbox.inspect(moduleOf("return 1", options));
      expect(result, JSON.stringify(result)).toMatchObject({ ok: false, error: expect.stringMatching(message) });
      expect(returned(await runLive(sandbox, moduleOf("return 1")))).toBe(1);
    });

    it.each([
      [{ extra: "inputSchema: { type: 'strng' }," }, ["inputSchema"]],
      [{ extra: "characteristics: { idempotent: 'yes' }," }, ["characteristics", "idempotent"]],
      [{ extra: "testCases: [{ description: 'a/b', input: { 'a/b': 1 / 0 } }]," }, ["testCases", "0", "input", "a/b"]],
    ])("says which part is wrong: %j", async (options, path) => {
      expect(await sandbox.inspect(moduleOf("return 1", options))).toMatchObject({ ok: false, path });
    });

    it("needs the file's name, and a `run`", async () => {
      const module = moduleOf("return 1");
      expect(await sandbox.inspect({ ...module, name: "other" })).toMatchObject({
        ok: false,
        path: ["name"],
        error: expect.stringMatching(/"probe".*other/),
      });
      const source = 'import { defineTool } from "whetstone";\nexport default defineTool({ name: "probe" });';
      expect(await sandbox.inspect({ name: "probe", source, hash: "no-run" })).toMatchObject({
        ok: false,
        error: expect.stringMatching(/run/),
      });
    });
  });
});
