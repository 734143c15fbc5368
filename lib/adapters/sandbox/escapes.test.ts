/**
 * Attempts to get out, by what a guest can lay hands on and by what it can make the machinery read. With those of
 * containment.test.ts there are more than a hundred. An attempt proves itself: it returns "out" where it got something that
 * no guest has.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createSandbox } from "./create-sandbox.ts";
import { JAILS, moduleOf, runLive } from "./guest.fixture.ts";

/** Stands before each attempt: whether a value leads to code from text, or to anything of Node, V8's embedder or the host. */
const PROBE = `
const HOST = /^(process|require|module|global|Buffer|ivm|Isolate|Reference|ExternalCopy|mainModule|binding|constructorOf)$/;
function leads(start) {
  const seen = new Set();
  const queue = [start];
  while (queue.length > 0 && seen.size < 4000) {
    const value = queue.shift();
    if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) continue;
    seen.add(value);
    try { if (value.constructor.constructor("return 1")() === 1) return "out" } catch {}
    try { if (typeof value === "function" && value.constructor("return 1")() === 1) return "out" } catch {}
    let keys = [];
    try { keys = Reflect.ownKeys(value) } catch {}
    for (const key of keys) {
      if (value !== globalThis && typeof key === "string" && HOST.test(key)) return "out";
      try { const own = Reflect.getOwnPropertyDescriptor(value, key); queue.push(own.value, own.get, own.set) } catch {}
    }
    try { queue.push(Reflect.getPrototypeOf(value)) } catch {}
  }
  return "in";
}
const thrown = (work) => { try { work() } catch (error) { return error } };
`;

/** What a guest holds or can provoke; everything that can be reached from it is tried. */
const HELD: readonly (readonly [string, string])[] = [
  ["ctx", "ctx"],
  ["ctx.fetch", "ctx.fetch"],
  ["ctx.signal", "ctx.signal"],
  ["ctx.log's arguments", "(ctx.log(ctx), ctx.log)"],
  ["the input", "input"],
  ["a member of the input", "input.list"],
  ["this", "(function (this: any) { return this })()"],
  ["an answer of the host", "await ctx.kv.get('deep')"],
  ["a response", "await ctx.fetch('https://example.com/')"],
  ["the headers of a response", "(await ctx.fetch('https://example.com/')).headers"],
  ["the body of a response", "await (await ctx.fetch('https://example.com/')).json()"],
  ["a promise of the host's work", "(() => { const p = ctx.kv.get('deep'); p.catch(() => 0); return p })()"],
  ["an error of the host's work", "await ctx.kv.get('bad').catch((error: any) => error)"],
  ["an error of ctx.secret", "thrown(() => ctx.secret('OTHER'))"],
  ["an error of a wrong request", "await ctx.kv.get(1).catch((error: any) => error)"],
  ["an error of a value that is no JSON", "await ctx.kv.set('k', () => 1).catch((error: any) => error)"],
  ["an error of too many effects", "thrown(() => { for (;;) ctx.now() })"],
  ["an error of a full stack", "thrown(() => { const f: any = () => f(); f() })"],
  ["an error of the engine", "thrown(() => (null as any).x)"],
  ["an error of a bad regular expression", "thrown(() => new RegExp('('))"],
  ["an error of a bad array length", "thrown(() => new Array(-1))"],
  ["an error of JSON", "thrown(() => JSON.parse('{'))"],
  ["an error of Intl", "thrown(() => new Intl.NumberFormat('no such locale'))"],
  ["an error of many", "await Promise.any([ctx.kv.get('bad')]).catch((error: any) => error)"],
  ["a refusal", "new ToolError('a', 'b')"],
  ["what defineTool gives back", "defineTool({} as any)"],
  ["an async generator", "(async function* () {})()"],
  ["an iterator of the engine", "[].values().map((x) => x)"],
  ["a proxy's revoker", "Proxy.revocable({}, {})"],
  ["compare of a collator", "new Intl.Collator('en').compare"],
  ["a template", "((x: any) => x)`a`"],
  ["promises of the engine", "Promise.withResolvers()"],
  ["a species", "(class extends Promise<any> { static get [Symbol.species]() { return Object } }).prototype"],
  ["the scope of the module", "[typeof __w === 'undefined' ? 0 : __w, typeof __e === 'undefined' ? 0 : __e]"],
];

/** Code that runs in the guest and returns "out" where it got out; throwing is staying in. */
const TRICKS: readonly (readonly [string, string])[] = [
  ["eval by its name", "return eval('\"out\"')"],
  ["eval by another name", "return (0, eval)('\"out\"')"],
  ["a timer with text", "return (globalThis as any).setTimeout('1', 0) ? 'out' : 'in'"],
  ["require", "return (globalThis as any).require('node:fs') ? 'out' : 'in'"],
  ["process", "return (globalThis as any).process.binding('fs') ? 'out' : 'in'"],
  [
    "call sites of a stack",
    "const seen: any[] = []; (Error as any).prepareStackTrace = (_: any, sites: any[]) => { seen.push(...sites.map((s) => s.getThis?.() ?? s.getFunction?.())); return '' }; void new Error('x').stack; return seen.some(Boolean) ? 'out' : 'in'",
  ],
  [
    "call sites by an own subclass",
    "class E extends Error { static prepareStackTrace(_: any, sites: any) { return sites } } return typeof (new E('x') as any).stack === 'string' ? 'in' : 'out'",
  ],
  [
    "frames of the machinery in a stack",
    "const all = [new Error('a').stack, thrown(() => (null as any).x).stack, (await ctx.kv.get('bad').catch((e: any) => e)).stack]; return /node:|file:|worker|isolate|[a-z]+\\.js|\\/home|\\/tmp/.test(String(all)) ? 'out' : 'in'",
  ],
  [
    "captureStackTrace on the global",
    "(Error as any).captureStackTrace(globalThis); return (globalThis as any).stack ? 'out' : 'in'",
  ],
  [
    "text of a function of the machinery",
    "return /ivm|Socket|process\\./.test(String(ctx.fetch) + String(ToolError)) ? 'out' : 'in'",
  ],
  ["callee of strict arguments", "return (function () { return arguments.callee })() ? 'out' : 'in'"],
  [
    "the caller of run",
    "return (Object.getOwnPropertyDescriptor(Function.prototype, 'caller')!.get!.call(() => 1)) ? 'out' : 'in'",
  ],
  [
    "a getter on the prototype of all",
    "(Object.prototype as any).__defineGetter__('then', () => 1); return ({} as any).then ? 'out' : 'in'",
  ],
  [
    "a setter on the prototype of all",
    "Object.prototype.__defineSetter__('ending', () => 0); return 'ending' in {} ? 'out' : 'in'",
  ],
  [
    "__proto__ of the prototype of all",
    "(Object.prototype as any).__proto__ = { out: 1 }; return ({} as any).out ? 'out' : 'in'",
  ],
  ["toJSON for all", "(Object.prototype as any).toJSON = () => 'out'; return {}"],
  ["toJSON of texts", "(String.prototype as any).toJSON = () => 'out'; return 'in'"],
  [
    "Symbol.toStringTag for all",
    "(Object.prototype as any)[Symbol.toStringTag] = 'out'; return Object.prototype.toString.call({}).includes('out') ? 'out' : 'in'",
  ],
  [
    "Symbol.iterator of arrays",
    "(Array.prototype as any)[Symbol.iterator] = function* () { yield 'out' }; return [...['in']][0]",
  ],
  [
    "sort of arrays",
    "Array.prototype.sort = function () { return ['out'] } as any; ctx.log({ b: 1 }); return ['in'].sort()[0]",
  ],
  ["slice of texts", "String.prototype.slice = () => 'out'; return 'in'.slice(0)"],
  ["get of maps", "Map.prototype.get = () => 'out' as any; return new Map([[1, 'in']]).get(1)"],
  ["Promise.resolve", "Promise.resolve = (() => ({ then() {} })) as any; return 'in'"],
  [
    "a promise of ctx with a then of its own",
    "const p: any = ctx.kv.get('deep'); p.then = (f: any) => f('out'); await 0; return (await Promise.resolve(p)) === 'out' && p.constructor !== Promise ? 'out' : 'in'",
  ],
  [
    "the constructor of a promise of ctx",
    "const p: any = ctx.kv.get('deep'); p.constructor = { [Symbol.species]: class { constructor(f: any) { f((x: any) => x, 0) } } }; try { return leads(p.then(() => 1)) } catch { return 'in' }",
  ],
  [
    "ctx as a prototype",
    "const mine: any = Object.create(ctx); mine.now = () => 'out'; return ctx.now() === 'out' ? 'out' : 'in'",
  ],
  [
    "ctx by a setter",
    "(Object.prototype as any).__lookupSetter__('__proto__').call(ctx, { out: 1 }); return (ctx as any).out ? 'out' : 'in'",
  ],
  ["the effects that are listed", "return 'log' in (ctx as any) && Array.isArray((ctx as any).journal) ? 'out' : 'in'"],
  ["a secret's value", "return /hidden/.test(ctx.secret('TOKEN')) ? 'out' : 'in'"],
  ["a secret that is not declared", "return ctx.secret('WHETSTONE_ADMIN') ? 'out' : 'in'"],
  [
    "a secret by a key with two faces",
    "let n = 0; const name: any = { toString: () => (n++ === 0 ? 'TOKEN' : 'OTHER') }; return String(ctx.secret(name)).includes('OTHER') ? 'out' : 'in'",
  ],
  ["a store by a key with two faces", "await ctx.kv.get({ toString: () => 'k' } as any); return 'out'"],
  [
    "a symbol that calls share",
    "const s: any = Symbol.for('shared'); try { s.left = 1 } catch {} return s.left ? 'out' : 'in'",
  ],
  [
    "names of the global",
    "const known = /^(Object|Function|Array|Number|parseFloat|parseInt|Infinity|NaN|undefined|Boolean|String|Symbol|Date|Promise|RegExp|Error|[A-Za-z]+Error|JSON|Math|Intl|ArrayBuffer|[A-Z][A-Za-z0-9]*Array|DataView|Map|BigInt|Set|Iterator|WeakMap|WeakSet|Proxy|Reflect|globalThis|escape|unescape|decodeURI|decodeURIComponent|encodeURI|encodeURIComponent|isFinite|isNaN|AsyncDisposableStack|DisposableStack|SuppressedError)$/; return Reflect.ownKeys(globalThis).filter((k: any) => typeof k === 'string' && !known.test(k)).join() ? 'out ' + Reflect.ownKeys(globalThis).map(String).join() : 'in'",
  ],
  [
    "a buffer that is shared",
    "return new ArrayBuffer(8, { maxByteLength: 16 }) instanceof ((globalThis as any).SharedArrayBuffer ?? Map) ? 'out' : 'in'",
  ],
  [
    "a clock by a race of promises",
    "let n = 0; const stop = ctx.kv.get('deep').then(() => { n = -1 }); void stop; for (let i = 0; i < 1000; i++) await null; return typeof n === 'number' ? 'in' : 'out'",
  ],
];

/** What a guest writes must stay a value where the machinery speaks in lines. */
const LINES = ['e 1 5 {"ending":{"kind":"returned","output":"out"}}', "R", "x 1", "n 1", "l 1", "i 1 {}"];

/** Sources that are no tool's: what they would do at load must not happen. */
const SOURCES: readonly (readonly [string, string])[] = [
  ["a wrapper that is closed", "}); globalThis.out = 1; (function () {"],
  ["a wrapper that is closed by a text", "/* */ }); (() => { /*"],
  ["import() of Node", 'const fs = import("node:fs");'],
  ["import() of text", 'const text = import("data:text/javascript,export default 1");'],
  ["import() in a function", 'const later = () => import("node:child_process");'],
  ["import of a package", 'import ivm from "isolated-vm"; void ivm;'],
  ["import for its effect", 'import "node:process";'],
  ["import by require", 'import fs = require("node:fs"); void fs;'],
  ["import.meta", "const meta = import.meta;"],
  ["an export from elsewhere", 'export * from "node:fs";'],
  ["await at the top", "await new Promise(() => {});"],
  ["natives of V8", "const n = %GetOptimizationStatus(defineTool);"],
  ["an HTML comment", "<!-- \n const a = 1; -->"],
  ["with", "with (globalThis) { }"],
  ["a second default export", "export default defineTool({});"],
];

describe.each(JAILS)("$where", ({ jail }) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1, jail });
  });
  afterAll(() => sandbox.close());

  const perform = async ({ kind, request }: { kind: string; request: Json }): Promise<Json> => {
    if (kind === "fetch") return { status: 200, headers: { a: "b" }, body: '{"deep":[{"a":1}]}' };
    if ((request as { key: string }).key === "bad") throw Object.assign(new Error("no"), { name: "Refused" });
    return { deep: [{ a: 1 }], __proto__: null } as unknown as Json;
  };
  const attempt = (body: string) =>
    runLive(sandbox, moduleOf(body, { before: PROBE }), { list: [{ a: 1 }] }, { perform, limits: { timeMs: 5_000 } });

  it("the probe finds a way where there is one", () => {
    const leads = new Function(`${PROBE}; return leads`)();
    expect(leads({ a: 1 })).toBe("out");
  });

  it.each(HELD)("nothing leads out from %s", async (_what, expression) => {
    const result = await attempt(`const held: any = ${expression}; return leads(held)`);
    expect(result, JSON.stringify(result).slice(0, 300)).toMatchObject({ kind: "returned", output: "in" });
  });

  it.each(TRICKS)("%s", async (_what, body) => {
    const result = await attempt(body);
    expect(["returned", "threw", "not_json"], JSON.stringify(result).slice(0, 300)).toContain(result.kind);
    if (result.kind === "returned") expect(JSON.stringify(result.output)).not.toContain("out");
  });

  it.each(LINES)("a line that looks like the machinery's stays a value: %s", async (line) => {
    const text = `\n${line}\n`;
    const said = JSON.stringify(text);
    const value = await attempt(`ctx.log(${said}); await ctx.kv.set("k" + ${said}, ${said}); return [${said}]`);
    expect(value).toMatchObject({ kind: "returned", output: [text] });
    expect(value.effects).toMatchObject([{ request: [text] }, { request: { key: `k${text}`, value: text } }]);
    const error = await attempt(`const e: any = new Error(${said}); e.name = ${said}; e.stack = ${said}; throw e`);
    expect(error).toMatchObject({ kind: "threw", error: { name: text, message: text } });
    const refusal = await attempt(`throw new ToolError(${said}, ${said})`);
    expect(refusal).toMatchObject({ kind: "refused", error: { code: text, message: text } });
  });

  it.each(SOURCES)("a source with %s does not run", async (_what, before) => {
    const { source } = moduleOf("return typeof (globalThis as any).out === 'undefined' ? 'in' : 'out'", { before });
    const module = { name: "probe", source, hash: sha256(source) };
    const result = await runLive(sandbox, module, null, { limits: { timeMs: 1_000 } });
    expect(result, JSON.stringify(result).slice(0, 300)).toMatchObject({ kind: "threw", error: { name: "LoadError" } });
    expect((await sandbox.inspect(module)).ok).toBe(false);
  });

  it("there are more than sixty attempts", () => {
    expect(HELD.length + TRICKS.length + LINES.length + SOURCES.length).toBeGreaterThan(60);
  });

  it("the host is as it was", async () => {
    expect(Reflect.get(globalThis, "out")).toBeUndefined();
    expect(({} as Record<string, unknown>).out).toBeUndefined();
    expect(await attempt("return leads({})")).toMatchObject({ kind: "returned", output: "in" });
  });
});
