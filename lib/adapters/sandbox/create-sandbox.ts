/** The sandbox port over worker processes: what is asked is begun in one of them, what they say is heard. */
import { randomBytes, randomFillSync } from "node:crypto";
import { availableParallelism } from "node:os";
import type { InspectResult, RunRequest, RunResult, Sandbox } from "#lib/ports/sandbox.ts";
import { createCalls } from "./calls.ts";
import { createGuestModules } from "./guest-modules.ts";
import { hearWorker } from "./hear-worker.ts";
import { createInspections } from "./inspections.ts";
import { createLauncher } from "./jail.ts";
import { newCall, type RunningCall } from "./running-call.ts";
import { watchWorkers } from "./watch-workers.ts";
import { createWorkerPool } from "./worker-pool.ts";

/**
 * Starts the workers.
 * @param options.workers how many processes share the calls; by default one a core, at most two
 * @param options.jail false: no jail, even where the machine has one
 * @param options.jitless false: machine code for guests, which is faster and takes the limit on their memory away
 */
export async function createSandbox(
  options: { workers?: number; jail?: boolean; jitless?: boolean } = {},
): Promise<Sandbox> {
  const modules = createGuestModules();
  const nextSeed = createSeeds();
  let lastId = 0;
  const size = Math.max(1, options.workers ?? Math.min(2, availableParallelism()));
  const launcher = createLauncher({ jail: options.jail ?? true, jitless: options.jitless ?? true });
  const pool = await createWorkerPool(size, launcher, {
    onLine: (worker, line) => hear(worker, line),
    onDeath(worker) {
      calls.onDeath(worker);
      inspections.onDeath(worker);
    },
  });
  const calls = createCalls(pool);
  const inspections = createInspections(pool, () => calls.isClosed);
  const hear = hearWorker(calls, inspections);
  const stopWatching = watchWorkers({
    pool,
    calls: calls.running,
    onOverstay: calls.overstayed,
    onExpired: calls.expired,
  });

  function run(request: RunRequest, settle: (result: RunResult) => void): void {
    const nothing = { latencyMs: 0, effects: [] };
    const { signal } = request;
    if (calls.isClosed || signal?.aborted === true) {
      const detail = calls.isClosed ? "The sandbox is closed" : "The call was given up";
      settle({ kind: "interrupted", detail, ...nothing });
      return;
    }
    const module = modules.of(request);
    if ("error" in module) {
      settle({ kind: "threw", error: { name: "LoadError", message: module.error, stack: "" }, ...nothing });
      return;
    }
    lastId += 1;
    const giveUp = (): void => calls.giveUp(call);
    const call: RunningCall = newCall({
      id: lastId,
      request,
      module,
      seed: nextSeed(),
      seal: request.manifest.permissions.secrets.length === 0 ? "" : randomBytes(16).toString("hex"),
      settle:
        signal === undefined
          ? settle
          : (result) => {
              signal.removeEventListener("abort", giveUp);
              settle(result);
            },
    });
    calls.begin(call);
    signal?.addEventListener("abort", giveUp, { once: true });
  }

  return {
    inspect(module): Promise<InspectResult> {
      if (calls.isClosed) return Promise.reject(new Error("The sandbox is closed"));
      const made = modules.factoryOf(module);
      if ("error" in made) return Promise.resolve({ ok: false, error: made.error });
      return inspections.inspect(module, made.factory);
    },
    run: (request) => new Promise((settle) => run(request, settle)),
    describe: () => ({
      engine: "isolated-vm",
      jailed: launcher.jailed,
      workers: size,
      detail: `${size} worker ${size === 1 ? "process" : "processes"}, isolated-vm, ${launcher.detail}`,
    }),
    async close() {
      stopWatching();
      calls.close();
      await pool.close();
    },
  };
}

/** Three random words a call, drawn from the system many at a time. */
function createSeeds(): () => readonly [number, number, number] {
  const words = new Int32Array(3 * 256);
  let at = words.length;
  return () => {
    if (at === words.length) {
      randomFillSync(words);
      at = 0;
    }
    at += 3;
    return [words[at - 3] as number, words[at - 2] as number, words[at - 1] as number];
  };
}
