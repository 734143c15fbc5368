/** The life of calls as the parent leads it: begun in a worker, their effects performed, begun again where a worker was lost. */

import type { Frame } from "./frames.ts";
import type { Answer, Ask, BrokenReason } from "./messages.ts";
import { TO_WORKER } from "./messages.ts";
import {
  type Ended,
  elapsed,
  hasUnanswered,
  noteAsk,
  type RunningCall,
  resultOf,
  rewind,
  startText,
} from "./running-call.ts";
import { SHORT_MS } from "./short.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A call that lost its worker this often is given up as interrupted. */
const MOST_TRIES = 4;
/** And so is one whose workers were killed from outside more often than this. */
const MOST_OUTAGES = 4;
/** Whoever kills one worker from outside may kill them all: only then is a call begun again. */
export const OUTAGE_MS = 50;
/** Neighbours that may break a call's isolate before it is given up. */
const MOST_LOSSES = 500;
/** Calls of a tool that run on threads of their own after one that was not short. */
const LONG_CALLS = 200;

export type Calls = {
  readonly running: ReadonlyMap<number, RunningCall>;
  readonly isClosed: boolean;
  begin(call: RunningCall): void;
  finish(call: RunningCall, ended: Ended, ranMs: number | null): void;
  /** The caller wants it no more. */
  giveUp(call: RunningCall): void;
  /** The guest asks for an effect: it is performed once, however often the guest is started. */
  ask(call: RunningCall, ask: Ask): void;
  /** The worker is there, but does not have the call any more: it is run again. */
  again(call: RunningCall, worker: WorkerProcess, detail: string): void;
  /** A neighbour ended the isolate that the call was in. */
  lost(call: RunningCall, worker: WorkerProcess): void;
  /** An isolate was given up over a frame: which of its calls it was shows once each has a thread of its own. */
  broke(worker: WorkerProcess, frame: Frame, told: { reason: BrokenReason; calls: number[] }, ranMs: number): void;
  overstayed(call: RunningCall): void;
  expired(call: RunningCall): void;
  onDeath(worker: WorkerProcess): void;
  close(): void;
};

export function createCalls(pool: WorkerPool): Calls {
  const running = new Map<number, RunningCall>();
  let isClosed = false;

  function begin(call: RunningCall): void {
    const { id, module } = call;
    running.set(id, call);
    const worker = pool.take(call.suspect);
    call.worker = worker;
    call.tries += 1;
    call.pieces = 1;
    call.long ||= module.longCalls > 0;
    call.sentAt = performance.now();
    if (!worker.modules.has(module.key)) {
      worker.modules.add(module.key);
      worker.send(`${TO_WORKER.module} ${module.key} ${module.message}`);
    }
    const { timeMs } = call.request.limits;
    if (call.long) {
      worker.send(`${TO_WORKER.thread} ${id} ${module.key} ${timeMs} ${startText(call)}`);
      return;
    }
    call.begunAt ??= call.sentAt;
    call.begunHereAt = call.sentAt;
    worker.addToFrame(call, startText(call), timeMs);
  }

  function finish(call: RunningCall, ended: Ended, ranMs: number | null): void {
    if (!running.delete(call.id)) return;
    if (call.worker !== null) pool.release(call.worker);
    const result = resultOf(call, ended, ranMs);
    if (call.stop !== null && hasUnanswered(call)) call.stop.abort();
    call.settle(result);
  }

  function startAgain(call: RunningCall, detail: string): void {
    rewind(call);
    if (call.tries >= MOST_TRIES || isClosed) finish(call, { kind: "interrupted", detail }, null);
    else begin(call);
  }

  /** Nothing that a guest did ended the worker, so that no call is to blame for it. */
  function startAfterOutage(call: RunningCall): void {
    rewind(call);
    call.tries -= 1;
    call.outages += 1;
    if (call.outages > MOST_OUTAGES || isClosed)
      finish(call, { kind: "interrupted", detail: "The sandbox worker was lost" }, null);
    else setTimeout(() => running.has(call.id) && begin(call), OUTAGE_MS);
  }

  function again(call: RunningCall, worker: WorkerProcess, detail: string): void {
    pool.release(worker);
    startAgain(call, detail);
  }

  function lost(call: RunningCall, worker: WorkerProcess): void {
    // Each loss ended one of the neighbours, so that this one's turn comes.
    call.losses += 1;
    if (call.losses < MOST_LOSSES) call.tries -= 1;
    again(call, worker, "A neighbour of the call broke its isolate");
  }

  function moveToThread(call: RunningCall, worker: WorkerProcess): void {
    call.module.longCalls = LONG_CALLS;
    call.long = true;
    again(call, worker, "The call was moved to a thread of its own");
  }

  function stop(call: RunningCall): void {
    call.worker?.send(`${TO_WORKER.stop} ${call.id} ${call.module.key}`);
  }

  function deliver(call: RunningCall, number: number, answer: Answer): void {
    const { worker } = call;
    if (!running.has(call.id) || worker === null) return;
    call.pieces += 1;
    const text = `[${call.id},${number},${JSON.stringify(answer)}]`;
    if (call.long) worker.send(`${TO_WORKER.answer} ${call.id} ${text}`);
    // What was lost with a worker is not taken off the call's time.
    else worker.addToFrame(call, text, call.request.limits.timeMs - (performance.now() - (call.begunHereAt ?? 0)));
  }

  return {
    running,
    get isClosed() {
      return isClosed;
    },
    begin,
    finish,
    again,
    lost,
    giveUp(call) {
      stop(call);
      finish(call, { kind: "interrupted", detail: "The call was given up" }, null);
    },
    ask(call, ask) {
      const { effects } = call.request;
      if (effects.mode !== "live" || !running.has(call.id)) return;
      const noted = noteAsk(call, ask);
      if (noted === null) {
        finish(call, { kind: "interrupted", detail: "The call was started again and asked for something else" }, null);
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
        asked.endedMs = elapsed(call);
        deliver(call, ask.call, answer);
      };
      const perform = async () => effects.perform({ kind, request, seal: call.seal, signal });
      perform().then(
        (response) => settle({ response: response ?? null }),
        (error: unknown) => settle({ error: describeFailure(error) }),
      );
    },
    broke(worker, frame, { reason, calls }, ranMs) {
      const { module, timeMs, count } = frame;
      module.messageMs = Math.max(module.messageMs, ranMs / count);
      const isOver = reason === "time" && count === 1 && timeMs <= SHORT_MS && ranMs >= timeMs;
      const computed = new Set(calls);
      for (const call of [...running.values()]) {
        if (call.worker !== worker || call.module !== module || call.long) continue;
        // What was sent meanwhile is run in the isolate that follows.
        if (!computed.has(call.id)) {
          if (call.heard) lost(call, worker);
        } else if (isOver) finish(call, { kind: "timed_out", reason: "time" }, ranMs);
        else moveToThread(call, worker);
      }
    },
    /** A long call that did not end with its budget: some built-ins of V8 cannot be stopped from inside. */
    overstayed(call) {
      const { worker } = call;
      finish(call, { kind: "timed_out", reason: "time" }, null);
      worker?.kill();
    },
    expired(call) {
      stop(call);
      finish(call, { kind: "timed_out", reason: "time" }, null);
    },
    onDeath(worker) {
      for (const call of [...running.values()].filter((one) => one.worker === worker)) {
        if (worker.isLostToOthers) {
          startAfterOutage(call);
          continue;
        }
        if (!call.long) {
          // It may have been this one that blocked the worker: on a thread of its own that will show.
          if (call.pieces > 0) call.module.longCalls = LONG_CALLS;
          startAgain(call, "The sandbox worker was lost");
          continue;
        }
        const computed = call.begunHereAt !== null && call.pieces > 0;
        // By itself in its worker for the second time: nothing else can have taken the memory.
        if (computed && call.suspect && !isClosed) {
          call.worker = null;
          finish(call, { kind: "timed_out", reason: "memory" }, null);
          continue;
        }
        call.suspect ||= computed;
        startAgain(call, "The sandbox worker was lost");
      }
    },
    close() {
      isClosed = true;
      for (const call of running.values())
        finish(call, { kind: "interrupted", detail: "The sandbox is closing" }, null);
    },
  };
}

function describeFailure(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message };
}
