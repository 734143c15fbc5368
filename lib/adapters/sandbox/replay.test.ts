import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createSandbox } from "./create-sandbox.ts";
import { JAILS, moduleOf, type Perform, returned, runLive, runReplay } from "./guest.fixture.ts";

describe.each(JAILS)("$where", ({ jail }) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ workers: 1, jail });
  });
  afterAll(() => sandbox.close());

  /** Answers each key after its own number of turns of the event loop; keys that start with "bad" fail. */
  function answersAfter(turns: Record<string, number>): Perform {
    return async ({ request }) => {
      const { key } = request as { key: string };
      for (let turn = 0; turn < (turns[key] ?? 0); turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (key.startsWith("bad")) throw Object.assign(new Error(`no ${key}`), { name: "Unavailable" });
      return `value of ${key}`;
    };
  }

  const bare = (effects: readonly Effect[]) => effects.map(({ startedMs: _started, endedMs: _ended, ...rest }) => rest);

  describe("a replay", () => {
    it("answers a race as it was, though the order of asking was another", async () => {
      const module = moduleOf("return await Promise.race([ctx.kv.get('slow'), ctx.kv.get('fast')])");
      const live = await runLive(sandbox, module, null, { perform: answersAfter({ slow: 40, fast: 0 }) });
      expect(returned(live)).toBe("value of fast");
      const replayed = await runReplay(sandbox, module, live.effects);
      expect(returned(replayed)).toBe("value of fast");
      expect(bare(replayed.effects)).toEqual(bare(live.effects));
    });

    it("gives the same time and chance, and the same errors", async () => {
      const body =
        "const a = [ctx.now(), ctx.random(), ctx.uuid(), ctx.random()]; try { await ctx.kv.get('bad') } catch (error: any) { a.push(error.name, error.message) } return [...a, ctx.now()]";
      const module = moduleOf(body);
      const live = await runLive(sandbox, module, null, { perform: answersAfter({}) });
      const replayed = await runReplay(sandbox, module, live.effects);
      expect(returned(replayed)).toEqual(returned(live));
      expect(returned(live)).toContain("Unavailable");
      expect(bare(replayed.effects)).toEqual(bare(live.effects));
    });

    it("equal requests get their own answers", async () => {
      let count = 0;
      const module = moduleOf("const both = [ctx.kv.get('k'), ctx.kv.get('k')]; return await Promise.all(both)");
      const gates: ((value: Json) => void)[] = [];
      const live = await runLive(sandbox, module, null, {
        perform: () =>
          new Promise((resolve) => {
            count += 1;
            const mine = count;
            gates.push(() => resolve(mine));
            // The second is answered first.
            if (gates.length === 2) {
              gates[1]?.(null);
              setImmediate(() => setImmediate(() => gates[0]?.(null)));
            }
          }),
      });
      expect(returned(live)).toEqual([1, 2]);
      expect(live.effects.map(({ call }) => call)).toEqual([1, 0]);
      expect(returned(await runReplay(sandbox, module, live.effects))).toEqual([1, 2]);
    });

    it("ends as diverged with what was asked for, whatever the guest does about it", async () => {
      const journal = (
        await runLive(sandbox, moduleOf("return await ctx.kv.get('a')"), null, { perform: answersAfter({}) })
      ).effects;
      const other = moduleOf(
        "const a = await ctx.kv.get('a'); try { return await ctx.kv.get('b') } catch { return a }",
      );
      expect(await runReplay(sandbox, other, journal)).toMatchObject({
        kind: "diverged",
        askedFor: { kind: "kv.get", request: { key: "b" } },
      });
      const caught = moduleOf("try { ctx.random() } catch { return 'caught' } return 'random'");
      expect(await runReplay(sandbox, caught, [])).toMatchObject({ kind: "diverged", askedFor: { kind: "random" } });
      const twice = moduleOf("await ctx.kv.get('a'); return await ctx.kv.get('a')");
      expect(await runReplay(sandbox, twice, journal)).toMatchObject({
        kind: "diverged",
        askedFor: { request: { key: "a" } },
      });
    });

    it("lets a new version log and leave effects out", async () => {
      const live = await runLive(sandbox, moduleOf("await ctx.kv.get('a'); return ctx.now()"), null, {
        perform: answersAfter({}),
      });
      const fewer = moduleOf("ctx.log('new'); return ctx.now()");
      expect(returned(await runReplay(sandbox, fewer, live.effects))).toBe(returned(live));
    });

    it("does not mind the order of members in a request", async () => {
      const effect = {
        call: 0,
        kind: "kv.set",
        request: { value: { b: 1, a: 2 }, key: "k" },
        response: null,
        startedMs: 0,
        endedMs: 1,
      } as const;
      const module = moduleOf("await ctx.kv.set('k', { a: 2, b: 1 }); return 'set'");
      expect(returned(await runReplay(sandbox, module, [{ ...effect, request: { ...effect.request } }]))).toBe("set");
    });

    it("ends as the call did that ran out of time while it waited", async () => {
      const module = moduleOf("return await ctx.kv.get('never')");
      const live = await runLive(sandbox, module, null, {
        limits: { timeMs: 100 },
        perform: () => new Promise(() => {}),
      });
      expect(live).toMatchObject({ kind: "timed_out", reason: "time" });
      expect(await runReplay(sandbox, module, live.effects)).toMatchObject({ kind: "timed_out", reason: "time" });
    });

    it("performs what was not awaited before the call ends, and replays it", async () => {
      const performed: Json[] = [];
      const module = moduleOf("ctx.kv.set('forgotten', 1); return 'done'");
      const live = await runLive(sandbox, module, null, {
        perform: async ({ request }) => {
          await new Promise((resolve) => setImmediate(resolve));
          performed.push(request);
          return null;
        },
      });
      expect(returned(live)).toBe("done");
      expect(performed).toEqual([{ key: "forgotten", value: 1 }]);
      expect(live.effects).toMatchObject([{ kind: "kv.set", request: { key: "forgotten" } }]);
      expect(returned(await runReplay(sandbox, module, live.effects))).toBe("done");
    });

    // Any program of reads, races and alls, with answers in any order, replays to the same output and the same log.
    it("equals its recording, whatever the order of the answers", async () => {
      const key = fc.constantFrom("a", "b", "c", "bad1", "bad2", "d");
      const step = fc.oneof(
        fc.record({ op: fc.constant("get" as const), keys: fc.array(key, { minLength: 1, maxLength: 1 }) }),
        fc.record({
          op: fc.constantFrom("all" as const, "race" as const, "any" as const, "chain" as const),
          keys: fc.array(key, { minLength: 1, maxLength: 4 }),
        }),
        fc.record({
          op: fc.constantFrom("now" as const, "random" as const, "log" as const),
          keys: fc.constant([] as string[]),
        }),
      );
      const module = moduleOf(`
      const out: any[] = [];
      const get = (key: string) => ctx.kv.get(key).then((value: any) => { out.push(["seen", key, ctx.random()]); return value; });
      const safe = (promise: Promise<any>) => promise.then((value) => value, (error: any) => error.name);
      for (const { op, keys } of input) {
        if (op === "now") out.push(ctx.now());
        else if (op === "random") out.push(ctx.random());
        else if (op === "log") ctx.log("step", out.length);
        else if (op === "chain") out.push(await safe((async () => { let last; for (const key of keys) last = await get(key); return last; })()));
        else {
          const asked = keys.map(get);
          out.push(await safe(op === "race" ? Promise.race(asked) : op === "any" ? Promise.any(asked) : Promise.all(asked)));
        }
      }
      return out;`);
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 6 }),
          fc.record({ a: fc.nat(6), b: fc.nat(6), c: fc.nat(6), d: fc.nat(6), bad1: fc.nat(6), bad2: fc.nat(6) }),
          async (program, turns) => {
            const input = program as unknown as Json;
            const live = await runLive(sandbox, module, input, { perform: answersAfter(turns) });
            const replayed = await runReplay(sandbox, module, live.effects, input);
            expect(returned(replayed)).toEqual(returned(live));
            expect(bare(replayed.effects)).toEqual(bare(live.effects));
          },
        ),
        { numRuns: 150 },
      );
    });
  });
});
