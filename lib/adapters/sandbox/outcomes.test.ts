import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createSandbox } from "./create-sandbox.ts";
import { JAILS, MANIFEST, moduleOf, returned, runLive } from "./guest.fixture.ts";

describe.each(JAILS)("$where", ({ jail }) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1, jail });
  });
  afterAll(() => sandbox.close());

  const run = (body: string, input: Json = null, options: Parameters<typeof moduleOf>[1] = {}) =>
    runLive(sandbox, moduleOf(body, options), input);

  describe("how a run ends", () => {
    it("returns JSON, by value and by promise", async () => {
      expect(returned(await run("return { sum: input.a + input.b, list: [1, null, true] }", { a: 1, b: 2 }))).toEqual({
        sum: 3,
        list: [1, null, true],
      });
      const plain = moduleOf("").source.replace(
        "async run(input: any, ctx: any): Promise<any> {",
        "run(input: any) { return input * 2;",
      );
      expect(returned(await runLive(sandbox, { name: "probe", source: plain, hash: "plain" }, 21))).toBe(42);
    });

    it.each([
      ["return { result: 1 / 0 }", "/result is Infinity"],
      ["return { result: [0, Number.NaN] }", "/result/1 is NaN"],
      ["return { a: { 'b/c': -Infinity } }", "/a/b~1c is -Infinity"],
      ["return undefined", "undefined"],
      ["return [1, undefined]", "/1 is undefined"],
      ["return new Array(3)", "/0 is undefined"],
      ["return { f() {} }", "/f is a function"],
      ["return 10n", "bigint"],
      ["return { m: new Map([[1, 2]]) }", "/m is a Map"],
      ["return { p: Promise.resolve(1) }", "/p is a Promise"],
      ["return { s: Symbol('s') }", "/s is a symbol"],
      ["const a: any = {}; a.a = { again: a }; return a", "/a/again is a cycle"],
      ["return { toJSON() { return 1 / 0 } }", "Infinity"],
      ["return { d: new Date(NaN) }", "/d"],
      ["return { get x() { throw new Error('no') } }", "no"],
      ["let deep: any = 1; for (let i = 0; i < 100000; i++) deep = { deep }; return deep", "deep"],
    ])("tells what is not JSON: %s", async (body, detail) => {
      const result = await run(body);
      expect(result).toMatchObject({ kind: "not_json" });
      expect(result.kind === "not_json" && result.detail).toContain(detail);
    });

    it("leaves undefined members out, as JSON does, and writes dates as text", async () => {
      expect(returned(await run("return { a: undefined, at: new Date(0), same: [input, input] }", 1))).toEqual({
        at: "1970-01-01T00:00:00.000Z",
        same: [1, 1],
      });
    });

    it("allows the same object twice, which is no cycle", async () => {
      expect(returned(await run("const x = { n: 1 }; return { a: x, b: [x, x] }"))).toEqual({
        a: { n: 1 },
        b: [{ n: 1 }, { n: 1 }],
      });
    });

    it("caps the output", async () => {
      const result = await runLive(sandbox, moduleOf("return 'x'.repeat(2000)"), null, {
        limits: { outputBytes: 1000 },
      });
      expect(result).toMatchObject({ kind: "not_json", detail: expect.stringMatching(/2002 .*1000/) });
    });

    it("tells a refusal from an exception", async () => {
      expect(await run("throw new ToolError('out_of_range', 'Too large')")).toMatchObject({
        kind: "refused",
        error: { name: "ToolError", code: "out_of_range", message: "Too large" },
      });
      expect(await run("class Mine extends ToolError {}; throw new Mine('mine', 'x')")).toMatchObject({
        kind: "refused",
      });
      expect(await run("throw Object.assign(new Error('x'), { code: 'fake', name: 'ToolError' })")).toMatchObject({
        kind: "threw",
      });
      expect(await run("throw 'text'")).toMatchObject({ kind: "threw", error: { message: "text" } });
      expect(await run("throw null")).toMatchObject({ kind: "threw" });
      expect(await run("throw new Proxy({}, { get() { throw new Error('trap') } })")).toMatchObject({ kind: "threw" });
      expect(await run("null.x")).toMatchObject({ kind: "threw", error: { name: "TypeError" } });
    });

    it("names lines and columns of the source, and the tool's own frames only", async () => {
      const body = `    const early: number = 1;
    helper(early as number);`;
      const result = await run(body, null, {
        before:
          "type A = { a: string };\nfunction helper(n: number): void { deeper(n) }\nfunction deeper(n: number) { throw new RangeError('deep ' + n) }",
      });
      if (result.kind !== "threw") throw new Error(JSON.stringify(result));
      expect(result.error.stack.split("\n")).toEqual([
        "at deeper (probe.ts:4:36)",
        "at helper (probe.ts:3:36)",
        "at run (probe.ts:11:5)",
      ]);
    });

    it("names the place of an effect that failed", async () => {
      const result = await run("    const a = 1;\n    await ctx.kv.get('k');\n    return a");
      expect(result).toMatchObject({ kind: "threw", error: { name: "Refused", message: "no kv.get here" } });
      expect(result.kind === "threw" && result.error.stack).toMatch(/at (async )?run \(probe\.ts:9:\d+\)/);
    });

    it("sees when nothing can ever settle the call", async () => {
      const before = performance.now();
      expect(await run("await new Promise(() => {}); return 1")).toMatchObject({
        kind: "timed_out",
        reason: "never_settled",
      });
      expect(performance.now() - before).toBeLessThan(5_000);
    });

    it("checks postconditions after the run", async () => {
      const extra = `postconditions: [{ description: "grows", check: (input: any, output: any) => output > input }],`;
      expect(await run("return input + 1", 1, { extra })).toMatchObject({ kind: "returned", output: 2 });
      expect(await run("return input - 1", 1, { extra })).toMatchObject({
        kind: "postcondition",
        broken: "grows",
        output: 0,
      });
      const throwing = `postconditions: [{ description: "breaks", check: () => { throw new Error("x") } }],`;
      expect(await run("return 1", 1, { extra: throwing })).toMatchObject({ kind: "postcondition", broken: "breaks" });
    });

    it("a module that throws, breaks rules or exports nothing useful is a load error, not a crash", async () => {
      expect(await run("return 1", null, { before: "throw new Error('at load');" })).toMatchObject({
        kind: "threw",
        error: { message: "at load" },
      });
      const broken = { name: "probe", source: "export default 1", hash: "broken" };
      expect(await runLive(sandbox, broken)).toMatchObject({ kind: "threw", error: { name: "LoadError" } });
      const syntax = { ...moduleOf("const a = 1; const a = 2; return a") };
      expect(await runLive(sandbox, syntax)).toMatchObject({ kind: "threw" });
    });

    it("stops at once when the caller gives up", async () => {
      const stop = new AbortController();
      const seen: AbortSignal[] = [];
      const pending = runLive(sandbox, moduleOf("return await ctx.kv.get('k')"), null, {
        signal: stop.signal,
        perform: ({ signal }) => {
          seen.push(signal);
          stop.abort();
          return new Promise(() => {});
        },
      });
      expect(await pending).toMatchObject({ kind: "interrupted" });
      expect(seen[0]?.aborted).toBe(true);
      const before = AbortSignal.abort();
      expect(await runLive(sandbox, moduleOf("return 1"), null, { signal: before })).toMatchObject({
        kind: "interrupted",
      });
    });
  });

  describe("ctx", () => {
    it("has only what the permissions grant", async () => {
      const nothing = { ...MANIFEST, permissions: { network: [], kv: "none" as const, secrets: [] } };
      const body = "return { keys: Object.keys(ctx).sort(), kv: Object.keys(ctx.kv ?? {}).sort() }";
      expect(returned(await runLive(sandbox, moduleOf(body), null, { manifest: nothing }))).toEqual({
        keys: ["log", "now", "random", "signal", "uuid"],
        kv: [],
      });
      const reading = { ...MANIFEST, permissions: { network: [], kv: "read" as const, secrets: [] } };
      expect(returned(await runLive(sandbox, moduleOf(body), null, { manifest: reading }))).toMatchObject({
        kv: ["get"],
      });
      expect(returned(await run(body))).toEqual({
        keys: ["fetch", "kv", "log", "now", "random", "secret", "signal", "uuid"],
        kv: ["delete", "get", "set"],
      });
    });

    it("fetches with a small response", async () => {
      const asked: Json[] = [];
      const body = `const r = await ctx.fetch("https://example.com/a", { method: "POST", headers: { "X-A": "1" }, body: "b" });
      return { status: r.status, ok: r.ok, type: r.headers["content-type"], text: await r.text(), json: await r.json() };`;
      const result = await runLive(sandbox, moduleOf(body), null, {
        perform: ({ request }) => {
          asked.push(request);
          return Promise.resolve({ status: 201, headers: { "content-type": "application/json" }, body: '{"a":[1]}' });
        },
      });
      expect(returned(result)).toEqual({
        status: 201,
        ok: true,
        type: "application/json",
        text: '{"a":[1]}',
        json: { a: [1] },
      });
      expect(asked).toEqual([{ url: "https://example.com/a", method: "POST", headers: { "X-A": "1" }, body: "b" }]);
      expect(result.effects).toMatchObject([{ call: 0, kind: "fetch", response: { status: 201 } }]);
    });

    it("gives time and chance that differ from call to call, each logged", async () => {
      const body = "return { now: ctx.now(), random: ctx.random(), uuid: ctx.uuid() }";
      const [first, second] = [await run(body), await run(body)];
      const [a, b] = [returned(first), returned(second)] as { now: number; random: number; uuid: string }[];
      expect(Math.abs((a?.now ?? 0) - Date.now())).toBeLessThan(10_000);
      expect(a?.random).not.toBe(b?.random);
      expect(a?.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(a?.uuid).not.toBe(b?.uuid);
      expect(first.effects.map(({ kind, response }) => [kind, response])).toEqual([
        ["now", a?.now],
        ["random", a?.random],
        ["uuid", a?.uuid],
      ]);
    });

    it("keeps the log and hands out placeholders for secrets", async () => {
      const result = await run("ctx.log('seen', { n: 1 }); return ctx.secret('TOKEN')");
      const placeholder = returned(result);
      expect(placeholder).toMatch(/^\{\{secret:TOKEN:[0-9a-f]{32}\}\}$/);
      expect(returned(await run("return ctx.secret('TOKEN')"))).not.toBe(placeholder);
      expect(result.effects.map(({ kind, request }) => [kind, request])).toEqual([
        ["log", ["seen", { n: 1 }]],
        ["secret", { name: "TOKEN" }],
      ]);
      expect(await run("return ctx.secret('OTHER')")).toMatchObject({ kind: "threw" });
    });

    it("logs effects in the order in which they were done", async () => {
      const gates = new Map<string, (value: Json) => void>();
      const body =
        "const a = ctx.kv.get('a'); const b = ctx.kv.get('b'); const first = await Promise.race([a, b]); return [first, await a, await b]";
      const result = await runLive(sandbox, moduleOf(body), null, {
        perform: ({ request }) => {
          const { key } = request as { key: string };
          return new Promise((resolve) => {
            gates.set(key, resolve);
            if (gates.size < 2) return;
            gates.get("b")?.("from b");
            setTimeout(() => gates.get("a")?.("from a"), 5);
          });
        },
      });
      expect(returned(result)).toEqual(["from b", "from a", "from b"]);
      expect(result.effects.map(({ call }) => call)).toEqual([1, 0]);
      for (const { startedMs, endedMs } of result.effects) expect(endedMs).toBeGreaterThanOrEqual(startedMs);
    });
  });
});
