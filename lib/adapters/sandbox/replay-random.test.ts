/**
 * Random tools with random effects: programs of every kind of effect, side by side, raced, nested, left behind, ending in an
 * answer, an exception or a refusal. Replayed on their recordings, twice over and in another worker, they end the same.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { RunResult, Sandbox } from "#lib/ports/sandbox.ts";
import { createSandbox } from "./create-sandbox.ts";
import { JAILS, moduleOf, type Perform, runLive, runReplay } from "./guest.fixture.ts";

/** A step of a program: one use of ctx, several at once, one after another, or one that nobody waits for. */
type Step =
  | { op: "now" | "random" | "uuid" | "log" | "secret" }
  | { op: "get" | "set" | "delete" | "fetch"; key: string }
  | { op: "all" | "race" | "any" | "settled" | "chain" | "left"; steps: Step[] };

const KEYS = ["a", "b", "c", "d", "bad1", "bad2"] as const;

const step: fc.Arbitrary<Step> = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({ op: fc.constantFrom("now", "random", "uuid", "log", "secret") }),
    fc.record({ op: fc.constantFrom("get", "set", "delete", "fetch"), key: fc.constantFrom(...KEYS) }),
    fc.record({
      op: fc.constantFrom("all", "race", "any", "settled", "chain", "left"),
      steps: fc.array(tie("step"), { minLength: 1, maxLength: 4 }),
    }),
  ),
})).step;

const program = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  end: fc.constantFrom("answer", "throw", "refuse"),
});

/** Carries a program out. Every answer draws a number, so that the order in which answers arrive shows in what follows. */
const MACHINE = moduleOf(`
  const seen: any[] = [];
  const note = (what: any) => { seen.push([what, ctx.random()]); return what };
  const safe = (promise: Promise<any>) => promise.then((value) => note(value), (error: any) => note([error.name, error.message]));
  const one = async (step: any): Promise<any> => {
    const { op, key, steps = [] } = step;
    switch (op) {
      case "now": return note(ctx.now());
      case "random": return note(ctx.random());
      case "uuid": return note(ctx.uuid());
      case "log": ctx.log("at", seen.length); return null;
      case "secret": return note(ctx.secret("TOKEN"));
      case "get": return note(await ctx.kv.get(key));
      case "set": return note(await ctx.kv.set(key, { n: seen.length }) ?? "set");
      case "delete": return note(await ctx.kv.delete(key) ?? "deleted");
      case "fetch": return note(await (await ctx.fetch("https://example.com/" + key, { method: key === "a" ? "POST" : "GET" })).text());
      case "chain": { let last; for (const next of steps) last = await one(next); return last }
      case "left": for (const next of steps) one(next).catch(() => 0); return null;
      default: {
        const all = steps.map((next: any) => one(next));
        for (const promise of all) promise.catch(() => 0);
        return op === "race" ? Promise.race(all) : op === "any" ? Promise.any(all) : op === "all" ? Promise.all(all) : Promise.allSettled(all).then((settled) => settled.length);
      }
    }
  };
  for (const next of input.steps) await safe(one(next));
  if (input.end === "throw") throw new RangeError("after " + seen.length + " " + ctx.random());
  if (input.end === "refuse") throw new ToolError("refused_" + seen.length, String(ctx.now()));
  return seen;`);

/** Answers each request after its own number of turns of the event loop, with a number that never comes again. */
function world(turns: readonly number[]): Perform {
  let asked = 0;
  return async ({ kind, request }) => {
    const mine = asked;
    asked += 1;
    for (let turn = 0; turn < (turns[mine % turns.length] ?? 0); turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    if (JSON.stringify(request).includes("bad")) throw Object.assign(new Error(`no ${mine}`), { name: "Unavailable" });
    if (kind === "fetch") return { status: 200, headers: {}, body: `answer ${mine}` };
    return kind === "kv.get" ? { mine } : null;
  };
}

const bare = (effects: readonly Effect[]) => effects.map(({ startedMs: _started, endedMs: _ended, ...rest }) => rest);

/** All of a run but its times. */
function ended({ latencyMs: _latency, effects, ...ending }: RunResult): unknown {
  return { ...ending, effects: bare(effects) };
}

describe.each(JAILS)("$where", ({ jail }) => {
  let sandbox: Sandbox;
  let another: Sandbox;
  beforeAll(async () => {
    [sandbox, another] = await Promise.all([
      createSandbox({ workers: 2, jail }),
      createSandbox({ workers: 1, jail: false }),
    ]);
  });
  afterAll(() => Promise.all([sandbox.close(), another.close()]));

  it("a replay equals its recording", async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(program, fc.array(fc.nat(6), { minLength: 1, maxLength: 8 }), async (input, turns) => {
        const live = await runLive(sandbox, MACHINE, input as unknown as Json, { perform: world(turns) });
        expect(["returned", "threw", "refused"], JSON.stringify(live)).toContain(live.kind);
        for (const { kind } of live.effects) kinds.add(kind);
        const replays = await Promise.all([
          runReplay(sandbox, MACHINE, live.effects, input as unknown as Json),
          runReplay(sandbox, MACHINE, live.effects, input as unknown as Json),
          runReplay(another, MACHINE, live.effects, input as unknown as Json),
        ]);
        for (const replay of replays) expect(ended(replay)).toEqual(ended(live));
      }),
      { numRuns: 200 },
    );
    expect([...kinds].sort()).toEqual(
      ["fetch", "kv.delete", "kv.get", "kv.set", "log", "now", "random", "secret", "uuid"].sort(),
    );
  });

  it("a recording that lost an effect says which one was asked for, or ends as it did where it was not needed", async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.nat(), async (input, which) => {
        const live = await runLive(sandbox, MACHINE, input as unknown as Json, { perform: world([0, 1]) });
        const lost = live.effects[which % Math.max(1, live.effects.length)];
        if (lost === undefined) return;
        const journal = live.effects.filter((effect) => effect !== lost);
        const replay = await runReplay(sandbox, MACHINE, journal, input as unknown as Json);
        if (lost.kind === "log") expect(replay.kind).toBe(live.kind);
        else if (replay.kind === "diverged") expect(replay.askedFor).toHaveProperty("kind");
        // Equal requests stand in for each other, and then the number that is missing is asked for later or not at all.
        else expect(live.effects.filter(({ kind }) => kind === lost.kind).length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});
