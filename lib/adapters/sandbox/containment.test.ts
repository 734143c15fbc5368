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

  describe("what a guest cannot reach", () => {
    it.each([
      [
        "host globals",
        "return ['process', 'require', 'global', 'Buffer', 'fetch', 'setTimeout', 'queueMicrotask', 'performance', 'console', 'structuredClone', 'URL', 'crypto', 'Deno', 'ivm'].filter((name) => name in globalThis)",
      ],
      [
        "clocks, chance, collectors, shared memory, other engines",
        "return ['Atomics', 'SharedArrayBuffer', 'WebAssembly', 'WeakRef', 'FinalizationRegistry', 'ShadowRealm', 'Temporal', 'gc', 'eval'].filter((name) => name in globalThis)",
      ],
      ["parts of Intl with a clock or state", "return ['Segmenter'].filter((name) => name in Intl)"],
      [
        "statics of RegExp",
        "/(a)/.exec('cab'); return ['$1', '$_', 'lastMatch', 'input', 'leftContext'].filter((name) => (RegExp as any)[name] !== undefined)",
      ],
    ])("%s are not there", async (_what, body) => {
      expect(returned(await runLive(sandbox, moduleOf(body)))).toEqual([]);
    });

    it.each([
      ["Function by constructor", "return (function () {} as any).constructor('return 1')()"],
      ["arrow constructor", "return (() => {}).constructor('return this')()"],
      ["AsyncFunction", "return await (async () => {}).constructor('return 1')()"],
      ["GeneratorFunction", "return [...(function* () {} as any).constructor('yield 1')()]"],
      ["AsyncGeneratorFunction", "return (async function* () {} as any).constructor('yield 1')"],
      ["the global Function", "return new Function('return this')()"],
      ["Function by Reflect", "return Reflect.construct(Function, ['return this'])()"],
      ["Function by ToolError", "return (ToolError as any).constructor('return this')()"],
      ["Function by defineTool", "return (defineTool as any).constructor('return this')()"],
      ["Function by ctx.fetch", "return ctx.fetch.constructor('return this')()"],
      ["Function by ctx.kv.get", "return ctx.kv.get.constructor('return this')()"],
      [
        "Function by a getter",
        "return Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!.constructor('return this')()",
      ],
      ["Function by the class chain", "class A {}; return (A as any).__proto__.constructor('return this')()"],
      ["Function by a bound function", "return (function () {} as any).bind(null).constructor('return 1')()"],
      [
        "Function by an error that the host made",
        "try { await ctx.kv.get('k') } catch (error: any) { return error.constructor.constructor('return process')() } return 0",
      ],
      [
        "Function by a promise of ctx",
        "const p = ctx.kv.get('k'); p.catch(() => 0); return p.constructor.constructor('return process')()",
      ],
      ["caller", "return (function f() { return (f as any).caller })()"],
      ["argless Date", "return new Date().getTime()"],
      ["Date.now", "return Date.now()"],
      ["Date as a function", "return (Date as any)()"],
      ["Date by its prototype", "return new (Date.prototype.constructor as any)().getTime()"],
      ["Date by Reflect", "return Reflect.construct(Date, []).getTime()"],
      ["Date by a class", "class D extends Date {}; return new D().getTime()"],
      ["Date by a value", "return new ((new Date(0) as any).constructor)().getTime()"],
      ["a date format without a date", "return new Intl.DateTimeFormat('en').format()"],
      ["a date format by parts", "return new Intl.DateTimeFormat('en').formatToParts().length"],
      ["a date format of undefined", "return new Intl.DateTimeFormat('en').format(undefined)"],
      ["Math.random", "return Math.random()"],
      [
        "stack traces as objects",
        "(Error as any).prepareStackTrace = (_: any, sites: any) => sites; return typeof new Error('x').stack !== 'string' ? new Error('x').stack : (() => { throw new Error('text only') })()",
      ],
      ["a global", "(globalThis as any).leak = 1; return (globalThis as any).leak"],
      ["a prototype", "(Object.prototype as any).leak = 1; return ({} as any).leak"],
      ["a built-in's method", "Array.prototype.push = () => 7; return [].push() === 7"],
      ["JSON", "JSON.stringify = () => '1'; return 1"],
      [
        "the iterator's prototype",
        "(Object.getPrototypeOf([][Symbol.iterator]()) as any).next = () => ({ done: true }); return 1",
      ],
      [
        "the generator's prototype",
        "Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())).next = null; return 1",
      ],
      ["then of promises", "Promise.prototype.then = function () { return this } as any; return 1"],
      ["ctx", "ctx.fetch = () => 1; return 1"],
      ["ctx.kv", "ctx.kv.get = () => 1; return 1"],
      ["ToolError", "(ToolError as any).leak = 1; return 1"],
      ["ToolError's prototype", "ToolError.prototype.leak = 1; return 1"],
    ])("%s", async (_what, body) => {
      const result = await runLive(sandbox, moduleOf(body));
      expect(result, JSON.stringify(result)).toMatchObject({ kind: "threw" });
    });

    it("nothing of one call is there in the next", async () => {
      // Every object that can be reached from the global, a call's arguments and syntax is written to; then looked for.
      const body = `
      const seen = new Set();
      const mark = "leak";
      let reached = 0;
      const dirty: string[] = [];
      const walk = (value: any, path: string) => {
        if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return;
        seen.add(value);
        reached += 1;
        if (Object.prototype.hasOwnProperty.call(value, mark)) dirty.push(path);
        if (!shared.has(value)) { /* made by this call */ } else {
          try { value[mark] = 1 } catch {}
          try { Object.defineProperty(value, mark, { value: 1 }) } catch {}
          try { Object.setPrototypeOf(value, null) } catch {}
        }
        for (const key of Reflect.ownKeys(value)) {
          const own = Object.getOwnPropertyDescriptor(value, key)!;
          walk(own.value, path + "." + String(key));
          walk(own.get, path + ".get " + String(key));
          walk(own.set, path + ".set " + String(key));
        }
        walk(Object.getPrototypeOf(value), path + ".__proto__");
      };
      const shared = { has: () => true };
      const starts: [string, any][] = [
        ["global", globalThis], ["ctx.fetch", Object.getPrototypeOf(ctx.fetch)], ["tool", ToolError], ["define", defineTool],
        ["array iterator", [][Symbol.iterator]()], ["map iterator", new Map().entries()], ["set iterator", new Set().values()],
        ["string iterator", ""[Symbol.iterator]()], ["regexp iterator", "a".matchAll(/a/g)], ["generator", (function* () {})],
        ["async generator", (async function* () {})], ["async", (async () => {})], ["generator object", (function* () {})()],
        ["async generator object", (async function* () {})()], ["iterator helper", [].values().map((x) => x)],
        ["wrapped iterator", (Iterator as any).from({ next() { return { done: true } } })],
        ["error stack", Object.getOwnPropertyDescriptor(new Error("x"), "stack")],
        ["arguments", (function () { return Object.getOwnPropertyDescriptor(arguments, "callee") })()],
        ["proxy", Proxy.revocable({}, {}).revoke], ["promise", Promise.withResolvers()], ["template", ((x: any) => x)\`a\`],
        ["collator", new Intl.Collator("en").compare], ["dates", Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format")],
        ["typed", Object.getPrototypeOf(Uint8Array)], ["locale", new Intl.Locale("en")],
      ];
      for (const [name, start] of starts) walk(start, name);
      return { reached, dirty };`;
      const module = moduleOf(body);
      const first = returned(await runLive(sandbox, module)) as { reached: number; dirty: string[] };
      expect(first.reached).toBeGreaterThan(900);
      expect(first.dirty).toEqual([]);
      const second = returned(await runLive(sandbox, module)) as { dirty: string[] };
      // What a call makes itself is new each time; what both calls can reach has kept no mark.
      expect(second.dirty).toEqual([]);
    });

    it("module state starts anew for each call", async () => {
      const module = moduleOf("count += 1; cache.set(count, 1); return [count, cache.size]", {
        before: "let count = 0; const cache = new Map(); const tags = (x: any) => x;",
      });
      for (let call = 0; call < 5; call += 1) expect(returned(await runLive(sandbox, module))).toEqual([1, 1]);
    });

    it("regular expressions, symbols and collations carry nothing over", async () => {
      const module = moduleOf("const before = pattern.lastIndex; pattern.test('aaa'); return before", {
        before: "const pattern = /a/g;",
      });
      for (let call = 0; call < 3; call += 1) expect(returned(await runLive(sandbox, module))).toBe(0);
    });
  });

  describe("what ordinary code may do in the frozen realm", () => {
    it("assigns what prototypes hold, extends built-ins, formats dates that it was given", async () => {
      const body = `
      const o: any = {}; o.toString = () => "mine"; o.constructor = 1; o.hasOwnProperty = 2; o.valueOf = () => 3;
      const list: any = [3, 1, 2]; list.map = 1; list.sort(); list.push(4);
      class Mine extends Map { get(key: any) { return super.get(key) ?? "none" } }
      class Wrong extends Error { constructor(message: string) { super(message); this.name = "Wrong"; } }
      const error = new Wrong("w"); error.message = "changed";
      function Old(this: any) { this.a = 1 } Old.prototype.toString = () => "old";
      const sub: any = Object.create(Error.prototype); sub.name = "Sub"; sub.message = "m";
      const when = new Date(2024, 0, 31, 12);
      const { next } = [1].values() as any;
      return {
        text: String(o), list: [...list], get: new Mine([[1, 2]]).get(5), error: error.toString(),
        old: String(new (Old as any)()), sub: String(sub),
        iso: when.toISOString(), zone: when.getTimezoneOffset(), instance: when instanceof Date, name: Date.name,
        utc: Date.UTC(2020, 1, 29), parsed: Date.parse("2020-02-29T00:00:00Z"), again: new Date(when).getTime() === when.getTime(),
        format: new Intl.DateTimeFormat("en-US", { timeZone: "Asia/Tokyo" }).format(new Date(0)),
        locale: (1234.5).toLocaleString(), day: new Date(0).toLocaleDateString(), resolved: new Intl.DateTimeFormat().resolvedOptions().timeZone,
        match: "a-b".replace(/(\\w)-(\\w)/, "$2-$1"), split: "a,b".split(/,/), next: typeof next, all: [..."a1b2".matchAll(/\\d/g)].map((m) => m[0]),
        grouped: Object.groupBy([1, 2, 3], (n) => n % 2 ? "odd" : "even"), structured: JSON.stringify({ b: 1 }), fn: (() => {}) instanceof Function,
      };`;
      expect(returned(await runLive(sandbox, moduleOf(body)))).toEqual({
        text: "mine",
        list: [1, 2, 3, 4],
        get: "none",
        error: "Wrong: changed",
        old: "old",
        sub: "Sub: m",
        iso: "2024-01-31T12:00:00.000Z",
        zone: 0,
        instance: true,
        name: "Date",
        utc: 1582934400000,
        parsed: 1582934400000,
        again: true,
        format: "1/1/1970",
        locale: "1,234.5",
        day: "1/1/1970",
        resolved: "UTC",
        match: "b-a",
        split: ["a", "b"],
        next: "function",
        all: ["1", "2"],
        grouped: { odd: [1, 3], even: [2] },
        structured: '{"b":1}',
        fn: true,
      });
    });
  });
});
