/**
 * Replays a second of a recording with three effects, 64 in flight for each worker, each output's digest compared; beside
 * the same function called in this very process, unsandboxed, with its effects answered from a list. In turns.
 */
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { moduleOf, returned, runLive, runReplay } from "#lib/adapters/sandbox/guest.fixture.ts";
import { canonicalJson, type Json, sha256 } from "#lib/core/json.ts";
import { type BenchResult, figure } from "./figure.ts";
import { inTurns } from "./turns.ts";

const WORKERS = 2;
const WINDOWS = 15;

/** Measures; a digest that differs ends the bench. */
export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  const total = quick ? 1_000 : 6_000;
  const sandbox = await createSandbox({ workers: WORKERS });
  try {
    const module = moduleOf(
      "const a = await ctx.kv.get('a'); const b = await ctx.kv.get('b'); return [a, b, await ctx.kv.get('c'), input]",
    );
    const live = await runLive(sandbox, module, 1, { perform: async ({ request }) => request });
    const digest = sha256(canonicalJson(returned(live)));
    const answers = live.effects.map(({ response }) => response ?? null);
    const bare = async (get: () => Promise<Json>, input: Json): Promise<Json> => {
      const a = await get();
      const b = await get();
      return [a, b, await get(), input];
    };
    const replayBare = async (): Promise<Json> => {
      let next = 0;
      return bare(async () => answers[next++] ?? null, 1);
    };
    const replay = async (): Promise<Json> => returned(await runReplay(sandbox, module, live.effects, 1));
    const measure = async (once: () => Promise<Json>): Promise<number> => {
      let left = total;
      const started = performance.now();
      const lane = async (): Promise<void> => {
        while (left-- > 0) {
          if (sha256(canonicalJson(await once())) !== digest) throw new Error("a replay differs from its recording");
        }
      };
      await Promise.all(Array.from({ length: 64 * WORKERS }, lane));
      return Math.round(total / ((performance.now() - started) / 1000));
    };
    for (const once of [replayBare, replay, replay]) await measure(once);
    const { own, peer, ratio, best } = await inTurns(
      WINDOWS,
      "more",
      () => measure(replay),
      () => measure(replayBare),
    );
    process.stderr.write(`replay: ${own} replays/s (best window ${best}), bare function ${peer}/s\n`);
    const figures = {
      replays_per_s: { ...figure(own, "replays/s", { atLeast: 150_000 }), peer, ratio },
      replays_per_s_best: figure(best, "replays/s in the best window"),
    };
    return { bench: "replay", ok: figures.replays_per_s.ok === true, figures };
  } finally {
    await sandbox.close();
  }
}
