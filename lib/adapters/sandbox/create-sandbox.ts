/** The sandbox port over worker processes: spreads calls, performs effects, kills what overstays, runs neighbours again. */
import { randomFillSync } from "node:crypto";
import { availableParallelism } from "node:os";
import type { InspectResult, RunRequest, RunResult, Sandbox } from "#lib/ports/sandbox.ts";
import { createGuestModules } from "./guest-modules.ts";
import { createInspections } from "./inspections.ts";
import { createLauncher } from "./jail.ts";
import { type Answer, type Ask, FROM_WORKER, type Report, readLine, TO_WORKER } from "./messages.ts";
import {
  type Ended,
  endedOf,
  newCall,
  noteAsk,
  noteReport,
  type RunningCall,
  resultOf,
  rewind,
} from "./running-call.ts";
import { watchWorkers } from "./watch-workers.ts";
import { createWorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A call that lost its worker this often is given up as interrupted. */
const MOST_TRIES = 4;
/** Neighbours that may break a call's isolate before it is given up. */
const MOST_LOSSES = 500;
/** Calls of a tool that run on threads of their own after one that was not short. */
const LONG_CALLS = 200;

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
  const modules = createGuestModules();
  const nextSeed = createSeeds();
  let lastId = 0;
  let closed = false;
  const size = Math.max(1, options.workers ?? Math.min(2, availableParallelism()));
  const launcher = createLauncher({ jail: options.jail ?? true, jitless: options.jitless ?? true });
  const pool = await createWorkerPool(size, launcher, { onLine, onDeath });
  const inspections = createInspections(pool);
  const stopWatching = watchWorkers({ pool, calls, onOverstay: overstayed });

  function begin(call: RunningCall): void {
    const { id, module, seed, request, journal } = call;
    const worker = pool.take(call.suspect);
    call.worker = worker;
    call.tries += 1;
    call.pieces = 1;
    call.long ||= module.longCalls > 0;
    call.sentAt = performance.now();
    if (!call.long) {
      call.begunAt ??= call.sentAt;
      call.begunHereAt = call.sentAt;
      owe(worker);
    }
    if (!worker.modules.has(module.key)) {
      worker.modules.add(module.key);
      worker.send(`${TO_WORKER.module} ${module.key} ${module.message}`);
    }
    const live = request.effects.mode === "live" ? 1 : 0;
    const recorded = request.effects.mode === "live" && journal.length === 0 ? "null" : JSON.stringify(journal);
    const word = call.long ? TO_WORKER.thread : TO_WORKER.run;
    const { timeMs } = request.limits;
    worker.send(
      `${word} ${id} ${module.key} ${timeMs} [${id},${seed[0]},${seed[1]},${seed[2]},${live},${recorded},${JSON.stringify(request.input)}]`,
    );
  }

  /** The worker owes a word: its main thread runs guest code for a call that should be short. */
  function owe(worker: WorkerProcess): void {
    if (worker.owes === 0) worker.heardAt = performance.now();
    worker.owes += 1;
  }

  function finish(call: RunningCall, ended: Ended, ranMs: number | null = null): void {
    if (!calls.delete(call.id)) return;
    if (call.worker !== null) leave(call, call.worker);
    const result = resultOf(call, ended, ranMs);
    call.stop?.abort();
    call.settle(result);
  }

  function leave(call: RunningCall, worker: WorkerProcess): void {
    if (!call.long) worker.owes -= call.pieces;
    pool.release(worker);
  }

  function startAgain(call: RunningCall, detail: string): void {
    rewind(call);
    if (call.tries >= MOST_TRIES || closed) finish(call, { kind: "interrupted", detail });
    else begin(call);
  }

  /** The worker is there, but not for this call any more. */
  function moveOn(call: RunningCall, worker: WorkerProcess, detail: string): void {
    leave(call, worker);
    startAgain(call, detail);
  }

  function onDeath(worker: WorkerProcess): void {
    for (const call of [...calls.values()].filter((one) => one.worker === worker)) {
      if (!call.long) {
        // It may have been this one that blocked the worker: on a thread of its own that will show.
        if (call.pieces > 0) call.module.longCalls = LONG_CALLS;
        startAgain(call, "The sandbox worker was lost");
        continue;
      }
      const computed = call.begunHereAt !== null && call.pieces > 0;
      // By itself in its worker for the second time: nothing else can have taken the memory.
      if (computed && call.suspect && !closed) {
        call.worker = null;
        finish(call, { kind: "timed_out", reason: "memory" });
        continue;
      }
      call.suspect ||= computed;
      startAgain(call, "The sandbox worker was lost");
    }
    inspections.onDeath(worker, closed);
  }

  /** A long call that did not end with its budget: some built-ins of V8 cannot be stopped from inside. */
  function overstayed(call: RunningCall): void {
    const { worker } = call;
    finish(call, { kind: "timed_out", reason: "time" });
    worker?.kill();
  }

  function onLine(worker: WorkerProcess, line: string): void {
    const { word, numbers, json } = readLine(line);
    const id = numbers[0] ?? 0;
    if (word === FROM_WORKER.inspected) inspections.onInspected(id, json);
    const call = calls.get(id);
    if (call === undefined || call.worker !== worker) return;
    switch (word) {
      case FROM_WORKER.ended: {
        const ranMs = (numbers[1] ?? 0) / 1_000;
        const report = JSON.parse(json) as Report;
        // What was asked for as the call ended is performed no more, but it is on record: a replay asks for it too.
        for (const ask of report.asks ?? []) noteAsk(call, ask);
        noteReport(call, report, ranMs);
        if (report.ending === undefined) return;
        if (call.long && call.module.longCalls > 0) call.module.longCalls -= 1;
        finish(call, endedOf(report.ending, call.request.module.name), ranMs);
        return;
      }
      case FROM_WORKER.step: {
        if (call.pieces > 0) {
          call.pieces -= 1;
          if (!call.long) worker.owes -= 1;
        }
        const report = JSON.parse(json) as Report;
        noteReport(call, report, null);
        for (const ask of report.asks ?? []) onAsk(call, ask);
        return;
      }
      case FROM_WORKER.begun:
        call.begunHereAt = performance.now();
        call.begunAt ??= call.begunHereAt;
        return;
      case FROM_WORKER.long:
        call.module.longCalls = LONG_CALLS;
        call.long = true;
        worker.owes -= call.pieces;
        pool.release(worker);
        startAgain(call, "The call was moved to a thread of its own");
        return;
      case FROM_WORKER.need:
        worker.modules.delete(call.module.key);
        call.tries -= 1;
        moveOn(call, worker, "The worker forgot the module");
        return;
      case FROM_WORKER.lost:
        // Each loss ended one of the neighbours, so that this one's turn comes.
        call.losses += 1;
        if (call.losses < MOST_LOSSES) call.tries -= 1;
        moveOn(call, worker, "A neighbour of the call broke its isolate");
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
    call.stop ??= new AbortController();
    const { signal } = call.stop;
    const settle = (answer: Answer): void => {
      asked.answer = answer;
      asked.endedMs = call.begunAt === null ? 0 : performance.now() - call.begunAt;
      deliver(call, ask.call, answer);
    };
    const perform = async () => effects.perform({ kind, request, signal });
    perform().then(
      (response) => settle({ response: response ?? null }),
      (error: unknown) => settle({ error: describeFailure(error) }),
    );
  }

  function deliver(call: RunningCall, number: number, answer: Answer): void {
    const { worker } = call;
    if (!calls.has(call.id) || worker === null) return;
    call.pieces += 1;
    if (!call.long) owe(worker);
    worker.send(`${TO_WORKER.answer} ${call.id} [${call.id},${number},${JSON.stringify(answer)}]`);
  }

  function run(request: RunRequest, settle: (result: RunResult) => void): void {
    const nothing = { latencyMs: 0, effects: [] };
    const { signal } = request;
    if (closed || signal?.aborted === true) {
      settle({ kind: "interrupted", detail: closed ? "The sandbox is closed" : "The call was given up", ...nothing });
      return;
    }
    const module = modules.of(request);
    if ("error" in module) {
      settle({ kind: "threw", error: { name: "LoadError", message: module.error, stack: "" }, ...nothing });
      return;
    }
    lastId += 1;
    const giveUp = (): void => {
      call.worker?.send(`${TO_WORKER.stop} ${call.id}`);
      finish(call, { kind: "interrupted", detail: "The call was given up" });
    };
    const call = newCall({
      id: lastId,
      request,
      module,
      seed: nextSeed(),
      settle:
        signal === undefined
          ? settle
          : (result) => {
              signal.removeEventListener("abort", giveUp);
              settle(result);
            },
    });
    calls.set(call.id, call);
    begin(call);
    signal?.addEventListener("abort", giveUp, { once: true });
  }

  return {
    inspect(module): Promise<InspectResult> {
      if (closed) return Promise.resolve({ ok: false, error: "The sandbox is closed" });
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
      closed = true;
      stopWatching();
      for (const call of calls.values()) finish(call, { kind: "interrupted", detail: "The sandbox is closing" });
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

function describeFailure(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message };
}
