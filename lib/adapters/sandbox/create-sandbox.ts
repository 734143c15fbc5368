/** The sandbox port over worker processes: spreads calls, performs effects, kills what overstays, runs neighbours again. */
import { randomInt } from "node:crypto";
import { canonicalJson, type Json } from "#lib/core/json.ts";
import { checkSchema } from "#lib/core/json-schema.ts";
import { compileModule } from "#lib/core/module-rules.ts";
import { Manifest } from "#lib/core/tool.ts";
import type { InspectResult, Module, RunRequest, RunResult, Sandbox } from "#lib/ports/sandbox.ts";
import type { FromWorker, WorkerEnding } from "./messages.ts";
import { spawnWorker, type WorkerProcess } from "./worker-process.ts";

/** How long after its budget a call's worker is killed: built-ins of V8 cannot be stopped from inside. */
const GRACE_MS = 150;
/** A call that lost its worker this often is given up as interrupted. */
const MOST_TRIES = 3;
const MOST_FACTORIES = 2_000;

type Answer = { response: Json } | { error: { name: string; message: string } };

type Running = {
  readonly request: RunRequest;
  readonly key: string;
  readonly factory: string;
  readonly seed: number;
  readonly settle: (result: RunResult) => void;
  readonly stop: AbortController;
  /** Effects that were performed, by what was asked and how often: asked again after a lost worker, answered from here. */
  readonly performed: Map<string, Promise<Answer>[]>;
  worker: WorkerProcess | null;
  /** When the worker said that the call has begun. */
  begunAt: number | null;
  askedHere: Map<string, number>;
  tries: number;
  watchdog: NodeJS.Timeout | null;
};

type Inspecting = {
  readonly settle: (result: InspectResult) => void;
  readonly module: Module;
  readonly factory: string;
  worker: WorkerProcess;
  tries: number;
};

/**
 * Starts the workers.
 * @param options.workers how many processes share the calls
 */
export async function createSandbox(options: { workers?: number } = {}): Promise<Sandbox> {
  const size = options.workers ?? 2;
  const running = new Map<number, Running>();
  const inspecting = new Map<number, Inspecting>();
  const factories = new Map<string, string>();
  const workers: WorkerProcess[] = [];
  let lastId = 0;
  let closed = false;

  function addWorker(): WorkerProcess {
    const worker: WorkerProcess = spawnWorker({
      onMessage: (message) => onMessage(worker, message),
      onDeath: () => onDeath(worker),
    });
    workers.push(worker);
    return worker;
  }

  /** The worker with the least to do. */
  function choose(): WorkerProcess {
    const load = new Map<WorkerProcess, number>(workers.map((worker) => [worker, 0]));
    for (const { worker } of [...running.values(), ...inspecting.values()])
      if (worker !== null) load.set(worker, (load.get(worker) ?? 0) + 1);
    let best = workers[0] ?? addWorker();
    for (const worker of workers) if ((load.get(worker) ?? 0) < (load.get(best) ?? 0)) best = worker;
    return best;
  }

  function begin(id: number, call: Running): void {
    const worker = choose();
    call.worker = worker;
    call.begunAt = null;
    call.askedHere = new Map();
    call.tries++;
    const { request, key, factory, seed } = call;
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
      timeMs: request.limits.timeMs,
      memoryMb: request.limits.memoryMb,
      outputBytes: request.limits.outputBytes,
      seed,
      journal: request.effects.mode === "replay" ? request.effects.journal : null,
    });
    // Before it has begun, the call may wait behind a neighbour that is stopped first.
    watch(id, call, request.limits.timeMs * 2 + 5_000);
  }

  function watch(id: number, call: Running, afterMs: number): void {
    if (call.watchdog !== null) clearTimeout(call.watchdog);
    call.watchdog = setTimeout(() => {
      if (!running.has(id)) return;
      if (call.begunAt !== null)
        finish(id, call, { kind: "timed_out", reason: "time", latencyMs: call.request.limits.timeMs, effects: [] });
      call.worker?.kill();
    }, afterMs);
  }

  function finish(id: number, call: Running, result: RunResult): void {
    running.delete(id);
    if (call.watchdog !== null) clearTimeout(call.watchdog);
    call.stop.abort();
    call.settle(result);
  }

  function again(id: number, call: Running, detail: string): void {
    if (call.tries >= MOST_TRIES || closed)
      finish(id, call, { kind: "interrupted", detail, latencyMs: 0, effects: [] });
    else begin(id, call);
  }

  function onDeath(worker: WorkerProcess): void {
    workers.splice(workers.indexOf(worker), 1);
    if (!closed && workers.length < size) addWorker();
    const lost = [...running].filter(([, call]) => call.worker === worker);
    // Memory that one call took brings the whole worker down: alone in it, the call is to blame; else each is tried alone.
    for (const [id, call] of lost) {
      const alone = lost.length === 1 && call.begunAt !== null && call.tries > 1;
      if (alone)
        finish(id, call, {
          kind: "timed_out",
          reason: "memory",
          latencyMs: performance.now() - (call.begunAt ?? 0),
          effects: [],
        });
      else again(id, call, "the sandbox worker was lost");
    }
    for (const [id, one] of inspecting) {
      if (one.worker !== worker) continue;
      inspecting.delete(id);
      if (one.tries > 1 || closed) one.settle({ ok: false, error: "evaluating the module brings the sandbox down" });
      else beginInspection({ ...one, tries: one.tries + 1 });
    }
  }

  function beginInspection(one: Omit<Inspecting, "worker">): void {
    const id = ++lastId;
    const worker = choose();
    inspecting.set(id, { ...one, worker });
    worker.send({ t: "inspect", id, name: one.module.name, factory: one.factory });
  }

  function onMessage(worker: WorkerProcess, message: FromWorker): void {
    if (message.t === "inspected") {
      const one = inspecting.get(message.id);
      inspecting.delete(message.id);
      one?.settle(
        message.manifest === null
          ? { ok: false, error: message.error ?? "it cannot be read" }
          : readManifestText(one.module, message.manifest),
      );
      return;
    }
    if (message.t === "ready") return;
    const call = running.get(message.id);
    if (call === undefined || call.worker !== worker) return;
    switch (message.t) {
      case "begun":
        call.begunAt = performance.now();
        watch(message.id, call, call.request.limits.timeMs + GRACE_MS);
        break;
      case "effect":
        void perform(message.id, call, message.call, message);
        break;
      case "need":
        worker.modules.delete(call.key);
        call.tries--;
        begin(message.id, call);
        break;
      case "lost":
        worker.modules.delete(call.key);
        again(message.id, call, "a neighbour of the call broke its isolate");
        break;
      case "done":
        finish(message.id, call, {
          ...endingOf(message.ending),
          latencyMs: message.latencyMs,
          effects: message.effects,
        });
    }
  }

  async function perform(
    id: number,
    call: Running,
    number: number,
    asked: Extract<FromWorker, { t: "effect" }>,
  ): Promise<void> {
    const { effects } = call.request;
    if (effects.mode !== "live") return;
    const { worker } = call;
    const what = `${asked.kind} ${canonicalJson(asked.request)}`;
    const turn = call.askedHere.get(what) ?? 0;
    call.askedHere.set(what, turn + 1);
    const answers = call.performed.get(what) ?? [];
    call.performed.set(what, answers);
    answers[turn] ??= effects
      .perform({ kind: asked.kind, request: asked.request, signal: call.stop.signal })
      .then<Answer>((response) => ({ response }))
      .catch((error: unknown) => ({
        error:
          error instanceof Error
            ? { name: error.name, message: error.message }
            : { name: "Error", message: String(error) },
      }));
    const answer = await answers[turn];
    if (running.get(id) === call && call.worker === worker) worker?.send({ t: "answer", id, call: number, answer });
  }

  function factoryOf(module: Module): { factory: string } | { error: string } {
    const known = factories.get(module.hash);
    if (known !== undefined) return { factory: known };
    const compiled = compileModule(module.name, module.source);
    if (!compiled.ok)
      return { error: compiled.faults.map(({ line, message }) => `line ${line}: ${message}`).join(" ") };
    if (factories.size >= MOST_FACTORIES) factories.clear();
    factories.set(module.hash, compiled.factory);
    return compiled;
  }

  for (let index = 0; index < size; index++) addWorker();
  await Promise.all(workers.map(({ ready }) => ready));

  return {
    inspect(module) {
      const made = factoryOf(module);
      if ("error" in made) return Promise.resolve({ ok: false, error: made.error });
      return new Promise((settle) => beginInspection({ settle, module, factory: made.factory, tries: 1 }));
    },
    run(request) {
      const made = factoryOf(request.module);
      if ("error" in made) {
        const error = { name: "LoadError", message: made.error, stack: "" };
        return Promise.resolve({ kind: "threw", error, latencyMs: 0, effects: [] });
      }
      if (closed)
        return Promise.resolve({ kind: "interrupted", detail: "the sandbox is closed", latencyMs: 0, effects: [] });
      return new Promise((settle) => {
        const id = ++lastId;
        const call: Running = {
          request,
          key: `${request.module.hash}:${request.limits.memoryMb}`,
          factory: made.factory,
          seed: randomInt(2 ** 31),
          settle,
          stop: new AbortController(),
          performed: new Map(),
          worker: null,
          begunAt: null,
          askedHere: new Map(),
          tries: 0,
          watchdog: null,
        };
        running.set(id, call);
        begin(id, call);
        request.signal?.addEventListener(
          "abort",
          () => {
            if (!running.has(id)) return;
            call.worker?.send({ t: "stop", id });
            finish(id, call, { kind: "interrupted", detail: "the call was cancelled", latencyMs: 0, effects: [] });
          },
          { once: true },
        );
      });
    },
    describe: () => ({
      engine: "isolated-vm",
      jailed: false,
      workers: size,
      detail: `${size} worker ${size === 1 ? "process" : "processes"}, isolated-vm, not jailed`,
    }),
    async close() {
      closed = true;
      for (const [id, call] of running)
        finish(id, call, { kind: "interrupted", detail: "the sandbox is closing", latencyMs: 0, effects: [] });
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

function endingOf(ending: WorkerEnding): EndedRun {
  if (ending.kind === "returned") return { kind: "returned", output: JSON.parse(ending.output) as Json };
  if (ending.kind === "postcondition") return { ...ending, output: JSON.parse(ending.output) as Json };
  return ending;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type EndedRun = DistributiveOmit<RunResult, "latencyMs" | "effects">;

function readManifestText(module: Module, text: string): InspectResult {
  const parsed = Manifest.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      ok: false,
      error: `its definition is not right: ${issue?.path.join(".") || "definition"}: ${issue?.message ?? "invalid"}`,
    };
  }
  const manifest = parsed.data;
  if (manifest.name !== module.name)
    return {
      ok: false,
      error: `it is named "${manifest.name}", but its file is ${module.name}.ts: both must be the same.`,
    };
  for (const [which, schema] of [
    ["inputSchema", manifest.inputSchema],
    ["outputSchema", manifest.outputSchema],
  ] as const) {
    const check = checkSchema(schema);
    if (!check.ok) return { ok: false, error: `its ${which} is no JSON Schema: ${check.message}` };
  }
  return { ok: true, manifest };
}
