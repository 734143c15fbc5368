import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createSandbox } from "./create-sandbox.ts";
import { JAILS, moduleOf, returned, runLive } from "./guest.fixture.ts";

describe.each(JAILS)("$where", ({ jail }) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1, jail });
  });
  afterAll(() => sandbox.close());

  const GOOD = moduleOf("return input");

  describe("what runs over its budget is stopped, and the next call is served", () => {
    it.each([
      ["a loop", "for (;;);"],
      ["a loop of caught errors", "for (;;) { try { throw new Error() } catch {} }"],
      ["a loop that finally continues", "for (;;) { try { continue } finally { continue } }"],
      ["a microtask loop", "const again = (): any => Promise.resolve().then(again); await again();"],
      ["an await loop", "for (;;) await null;"],
      ["a regular expression", "return /^(a+)+$/.test('a'.repeat(40) + 'b')"],
      ["an endless iterator", "return [...{ *[Symbol.iterator]() { for (;;); } }]"],
      ["a getter of the output", "return { get a() { for (;;); } }"],
      ["a growing number", "let n = 3n; for (;;) n = n * n;"],
      ["a big power", "return String(7n ** 50000000n).length"],
      ["a sort", "const a = Array.from({ length: 1e6 }, (_, i) => i); for (;;) a.sort(() => 0);"],
      ["a loop of log", "for (;;) ctx.log('x')"],
      ["a loop after an effect", "await ctx.kv.get('a'); for (;;);"],
    ])("%s", async (_what, body) => {
      const before = performance.now();
      const result = await runLive(sandbox, moduleOf(body), null, {
        limits: { timeMs: 200 },
        perform: () => Promise.resolve(null),
      });
      expect(result.kind === "timed_out" || result.kind === "threw", JSON.stringify(result).slice(0, 200)).toBe(true);
      expect(performance.now() - before).toBeLessThan(5_000);
      expect(returned(await runLive(sandbox, GOOD, 1))).toBe(1);
    });

    it("a loop is timed out by time, within its budget and a little", async () => {
      const before = performance.now();
      const result = await runLive(sandbox, moduleOf("for (;;);"), null, { limits: { timeMs: 100 } });
      expect(result).toMatchObject({ kind: "timed_out", reason: "time" });
      expect(performance.now() - before).toBeLessThan(3_000);
    });

    it.each([
      ["an array that grows", "const a: any[] = []; for (;;) a.push(new Array(1000).fill(0.5));"],
      ["strings that grow", "const a: string[] = []; for (let i = 0; ; i++) a.push(String(i).repeat(1000) + i);"],
      ["a huge fill", "const a = []; for (let i = 0; i < 100; i++) a.push(new Array(1e7).fill(i)); return a.length"],
      ["buffers", "const a = []; for (;;) a.push(new Uint8Array(5e7).fill(1));"],
      ["a huge join", "return new Array(3e7).join('abcdefgh'.repeat(30)).length"],
      [
        "a rope made flat",
        "let s = 'x'; for (let i = 0; i < 28; i++) s += s; return JSON.parse('[' + JSON.stringify(s) + ']')[0].length",
      ],
    ])("memory: %s", async (_what, body) => {
      const before = performance.now();
      const result = await runLive(sandbox, moduleOf(body), null, { limits: { timeMs: 5_000, memoryMb: 32 } });
      expect(["timed_out", "threw"], JSON.stringify(result).slice(0, 200)).toContain(result.kind);
      expect(performance.now() - before).toBeLessThan(15_000);
      expect(returned(await runLive(sandbox, GOOD, 1))).toBe(1);
    });

    it("an array that grows runs out of memory, not of time", async () => {
      const body = "const a: any[] = []; for (;;) a.push(new Array(1000).fill({}));";
      const result = await runLive(sandbox, moduleOf(body), null, { limits: { timeMs: 20_000, memoryMb: 32 } });
      expect(result).toMatchObject({ kind: "timed_out", reason: "memory" });
    });

    it("waiting counts too, and what was awaited is on record", async () => {
      const signals: AbortSignal[] = [];
      const result = await runLive(
        sandbox,
        moduleOf("ctx.log('asks'); return await ctx.fetch('https://example.com/')"),
        null,
        {
          limits: { timeMs: 600 },
          perform: ({ signal }) => {
            signals.push(signal);
            return new Promise(() => {});
          },
        },
      );
      expect(result).toMatchObject({ kind: "timed_out", reason: "time" });
      expect(result.effects).toMatchObject([
        { kind: "log", request: ["asks"] },
        { kind: "fetch", request: { url: "https://example.com/" }, error: { name: expect.any(String) } },
      ]);
      const fetched = result.effects[1];
      expect((fetched?.endedMs ?? 0) - (fetched?.startedMs ?? 0)).toBeGreaterThan(200);
      expect(signals[0]?.aborted).toBe(true);
    });

    it("neighbours of a call that is stopped answer as if nothing had been", async () => {
      let waiting = 0;
      const neighbour = moduleOf(
        "const at = ctx.random(); const v = await ctx.kv.get('k'); return [v, at === at, input]",
      );
      const calls = Array.from({ length: 8 }, (_, index) =>
        runLive(sandbox, neighbour, index, {
          perform: async () => {
            waiting += 1;
            await new Promise((resolve) => setTimeout(resolve, 300));
            return "value";
          },
        }),
      );
      const bad = runLive(sandbox, moduleOf("return String(7n ** 50000000n).length"), null, {
        limits: { timeMs: 100 },
      });
      expect(await bad).toMatchObject({ kind: "timed_out" });
      for (const [index, result] of (await Promise.all(calls)).entries())
        expect(returned(result)).toEqual(["value", true, index]);
      // Each effect was performed once, although the worker may have been lost in between.
      expect(waiting).toBe(8);
    });
  });
});
