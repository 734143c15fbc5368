/** The sandbox port over worker processes: spreads calls, performs effects, kills what overstays, runs neighbours again. */
import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { compileModule } from "#lib/core/module-rules.ts";
import type { InspectResult, Module, RunRequest, RunResult, Sandbox } from "#lib/ports/sandbox.ts";
import { createLauncher } from "./jail.ts";
import type { Answer, Ask, FromWorker } from "./messages.ts";
import { readManifestText } from "./read-manifest-text.ts";
import { type Ended, endedOf, newCall, noteAsk, noteLog, type RunningCall, resultOf, rewind } from "./running-call.ts";
import { createWorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** How long after its budget a call's worker is killed: some built-ins of V8 cannot be stopped from inside. */
const GRACE_MS = 60;
/** Before it has begun, a call may wait behind others; one that waits longer than this has a worker that hangs. */
const BEGIN_MS = 10_000;
const INSPECT_MS = 8_000;
/** A call that lost its worker this often is given up as interrupted. */
const MOST_TRIES = 3;
const MOST_FACTORIES = 1_000;
const WATCH_MS = 40;
/** What a worker may hold above its rest and three times the budget of the call that computes in it. */
const ROOM_MB = 192;

type Inspection = {
  readonly module: Module;
  readonly factory: string;
  readonly settle: (result: InspectResult) => void;
  worker: WorkerProcess;
  readonly tries: number;
  readonly watchdog: NodeJS.Timeout;
};

/**
 * Starts the workers.
 * @param options.workers how many processes share the calls; by default one a core, at most two
 * @param options.jail false: no jail, even where the machine has one
 * @param options.jitless false: machine code for guests, which is faster and takes the limit on their memory away
 */
export async function createSandbox(
  options: { workers?: number; jail?: boolean; jitless?: boolean } = {},
): Promise<Sandbox> {
  const calls = new Map<number, RunningCall>();
  const inspections = new Map<number, Inspection>();
  const factories = new Map<string, string>();
  let lastId = 0;
  let closed = false;
  const size = Math.max(1, options.workers ?? Math.min(2, availableParallelism()));
  const launcher = createLauncher({ jail: options.jail ?? true, jitless: options.jitless ?? true });
  const pool = await createWorkerPool(size, launcher, { onMessage, onDeath });
  const watch = setInterval(weighWorkers, WATCH_MS);
  watch.unref();

  function begin(call: RunningCall): void {
    const { id, key, factory, seed, request, journal } = call;
    const worker = pool.take(call.suspect);
    call.worker = worker;
    call.tries += 1;
    call.pieces = 1;
    const known = worker.modules.has(key);
    worker.modules.add(key);
    worker.send({
      t: "run",
      id,
      key,
      name: request.module.name,
      factory: known ? null : factory,
      input: JSON.stringify(request.input),
      permissions: request.manifest.permissions,
      ...request.limits,
      seed,
      journal,
      live: request.effects.mode === "live",
    });
    setWatchdog(call, request.limits.timeMs + BEGIN_MS, false);
  }

  function setWatchdog(call: RunningCall, afterMs: number, begun: boolean): void {
    if (call.watchdog !== null) clearTimeout(call.watchdog);
    call.watchdog = setTimeout(() => {
      const { worker } = call;
      if (begun) finish(call, { kind: "timed_out", reason: "time" });
      worker?.kill();
    }, afterMs);
  }

  function finish(call: RunningCall, ended: Ended): void {
    if (!calls.delete(call.id)) return;
    if (call.watchdog !== null) clearTimeout(call.watchdog);
    if (call.worker !== null) pool.release(call.worker);
    const result = resultOf(call, ended);
    call.stop.abort();
    call.settle(result);
  }

  function startAgain(call: RunningCall, detail: string): void {
    rewind(call);
    if (call.tries >= MOST_TRIES || closed) finish(call, { kind: "interrupted", detail });
    else begin(call);
  }

  function onDeath(worker: WorkerProcess): void {
    for (const call of [...calls.values()].filter((one) => one.worker === worker)) {
      const computed = call.begunHere && call.pieces > 0;
      // By itself in its worker for the second time: nothing else can have taken the memory.
      if (computed && call.suspect && !closed) {
        call.worker = null;
        finish(call, { kind: "timed_out", reason: "memory" });
        continue;
      }
      call.suspect ||= computed;
      startAgain(call, "The sandbox worker was lost");
    }
    for (const [id, one] of inspections) {
      if (one.worker !== worker) continue;
      inspections.delete(id);
      clearTimeout(one.watchdog);
      if (one.tries > 1 || closed) one.settle({ ok: false, error: "Evaluating the module brings the sandbox down" });
      else beginInspection({ ...one, tries: one.tries + 1 });
    }
  }

  /** V8's own limit is soft, and some built-ins never look at it. */
  function weighWorkers(): void {
    for (const worker of pool.serving()) {
      if (worker.load === 0 && worker.restingMb > 0) continue;
      const held = worker.memoryMb();
      if (held === null) return;
      const computing = [...calls.values()].filter((call) => call.worker === worker && call.pieces > 0);
      if (computing.length === 0) worker.restingMb = held;
      const budget = Math.max(0, ...computing.map(({ request }) => request.limits.memoryMb));
      if (computing.length > 0 && held > Math.max(worker.restingMb, 64) + ROOM_MB + 3 * budget) worker.kill();
    }
  }

  function beginInspection(start: Pick<Inspection, "module" | "factory" | "settle" | "tries">): void {
    lastId += 1;
    const id = lastId;
    const { module, factory, settle, tries } = start;
    const worker = pool.take(tries > 1);
    const watchdog = setTimeout(() => worker.kill(), INSPECT_MS);
    inspections.set(id, { module, factory, settle, tries, worker, watchdog });
    worker.send({ t: "inspect", id, name: module.name, factory });
  }

  function onMessage(worker: WorkerProcess, message: FromWorker): void {
    if (message.t === "ready") return;
    if (message.t === "inspected") {
      const one = inspections.get(message.id);
      if (one === undefined) return;
      inspections.delete(message.id);
      clearTimeout(one.watchdog);
      pool.release(worker);
      one.settle(
        message.manifest === null
          ? { ok: false, error: message.error ?? "The definition cannot be read" }
          : readManifestText(one.module, message.manifest),
      );
      return;
    }
    const call = calls.get(message.id);
    if (call === undefined || call.worker !== worker) return;
    switch (message.t) {
      case "begun":
        call.begunAt ??= performance.now();
        call.begunHere = true;
        setWatchdog(call, call.request.limits.timeMs + GRACE_MS, true);
        break;
      case "step":
        if (message.rests) call.pieces -= 1;
        noteLog(call, message.log);
        for (const ask of message.asks) onAsk(call, ask);
        break;
      case "need":
      case "lost":
        worker.modules.delete(call.key);
        pool.release(worker);
        if (message.t === "need") call.tries -= 1;
        startAgain(call, "A neighbour of the call broke its isolate");
        break;
      case "done":
        finish(call, endedOf(message.ending));
    }
  }

  function onAsk(call: RunningCall, ask: Ask): void {
    const { effects } = call.request;
    if (effects.mode !== "live" || !calls.has(call.id)) return;
    const noted = noteAsk(call, ask);
    if (noted === null) {
      finish(call, { kind: "interrupted", detail: "The call was started again and asked for something else" });
      return;
    }
    const { asked, isNew } = noted;
    if (!isNew) {
      if (asked.answer !== null) deliver(call, ask.call, asked.answer);
      return;
    }
    const { kind, request } = ask;
    const perform = async () => effects.perform({ kind, request, signal: call.stop.signal });
    perform()
      .then<Answer>((response) => ({ response: response ?? null }))
      .catch((error: unknown) => ({ error: describeFailure(error) }))
      .then((answer) => {
        asked.answer = answer;
        asked.endedMs = call.begunAt === null ? 0 : performance.now() - call.begunAt;
        deliver(call, ask.call, answer);
      });
  }

  function deliver(call: RunningCall, number: number, answer: Answer): void {
    if (!calls.has(call.id) || call.worker === null) return;
    call.pieces += 1;
    call.worker.send({ t: "answer", id: call.id, call: number, answer });
  }

  function factoryOf(module: Module): { factory: string } | { error: string } {
    const known = factories.get(`${module.name} ${module.hash}`);
    if (known !== undefined) return { factory: known };
    const compiled = compileModule(module.name, module.source);
    if (!compiled.ok) {
      return { error: compiled.faults.map(({ line, message }) => `line ${line}: ${message}`).join(" ") };
    }
    if (factories.size >= MOST_FACTORIES) factories.clear();
    factories.set(`${module.name} ${module.hash}`, compiled.factory);
    return compiled;
  }

  function run(request: RunRequest, settle: (result: RunResult) => void): void {
    const nothing = { latencyMs: 0, effects: [] };
    const { signal, module } = request;
    if (closed || signal?.aborted === true) {
      settle({ kind: "interrupted", detail: closed ? "The sandbox is closed" : "The call was given up", ...nothing });
      return;
    }
    const made = factoryOf(module);
    if ("error" in made) {
      settle({ kind: "threw", error: { name: "LoadError", message: made.error, stack: "" }, ...nothing });
      return;
    }
    lastId += 1;
    const words = randomBytes(12);
    const call = newCall({
      id: lastId,
      request,
      key: `${module.name} ${module.hash} ${request.limits.memoryMb}`,
      factory: made.factory,
      seed: [words.readInt32LE(0), words.readInt32LE(4), words.readInt32LE(8)],
      settle(result) {
        signal?.removeEventListener("abort", giveUp);
        settle(result);
      },
    });
    const giveUp = (): void => {
      call.worker?.send({ t: "stop", id: call.id });
      finish(call, { kind: "interrupted", detail: "The call was given up" });
    };
    calls.set(call.id, call);
    begin(call);
    signal?.addEventListener("abort", giveUp, { once: true });
  }

  return {
    inspect(module) {
      if (closed) return Promise.resolve({ ok: false, error: "The sandbox is closed" });
      const made = factoryOf(module);
      if ("error" in made) return Promise.resolve({ ok: false, error: made.error });
      return new Promise((settle) => beginInspection({ module, factory: made.factory, settle, tries: 1 }));
    },
    run: (request) => new Promise((settle) => run(request, settle)),
    describe: () => ({
      engine: "isolated-vm",
      jailed: launcher.jailed,
      workers: size,
      detail: `${size} worker ${size === 1 ? "process" : "processes"}, isolated-vm, ${launcher.detail}`,
    }),
    async close() {
      closed = true;
      clearInterval(watch);
      for (const call of calls.values()) finish(call, { kind: "interrupted", detail: "The sandbox is closing" });
      await pool.close();
    },
  };
}

function describeFailure(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message };
}
