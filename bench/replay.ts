/** Replays a second of a recording with three effects, 64 in flight, each output's digest compared. */
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { moduleOf, returned, runLive, runReplay } from "#lib/adapters/sandbox/guest.fixture.ts";
import { canonicalJson, sha256 } from "#lib/core/json.ts";
import { type BenchResult, figure } from "./figure.ts";

/** Measures; a digest that differs ends the bench. */
export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  const total = quick ? 2_000 : 40_000;
  const sandbox = await createSandbox({ workers: 2 });
  try {
    const module = moduleOf(
      "const a = await ctx.kv.get('a'); const b = await ctx.kv.get('b'); return [a, b, await ctx.kv.get('c'), input]",
    );
    const live = await runLive(sandbox, module, 1, { perform: async ({ request }) => request });
    const digest = sha256(canonicalJson(returned(live)));
    const measure = async (count: number): Promise<number> => {
      let left = count;
      const started = performance.now();
      const lane = async (): Promise<void> => {
        while (left-- > 0) {
          const replayed = returned(await runReplay(sandbox, module, live.effects, 1));
          if (sha256(canonicalJson(replayed)) !== digest) throw new Error("a replay differs from its recording");
        }
      };
      await Promise.all(Array.from({ length: 64 }, lane));
      return Math.round(count / ((performance.now() - started) / 1000));
    };
    await measure(total >> 2);
    const figures = { replays_per_s: figure(await measure(total), "replays/s", { atLeast: 150_000 }) };
    return { bench: "replay", ok: figures.replays_per_s.ok === true, figures };
  } finally {
    await sandbox.close();
  }
}
