/** The watchdog: calls that overstay, workers that say nothing, workers that grow. One timer for all of them. */
import type { RunningCall } from "./running-call.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

const WATCH_MS = 20;
/** How long after its budget a call's worker is killed: some built-ins of V8 cannot be stopped from inside. */
const GRACE_MS = 50;
/** Before it has begun, a call may wait behind others; where nothing is heard for longer than this, its worker hangs. */
const BEGIN_MS = 10_000;
/** A main thread that runs short calls is silent no longer than this; then it is looked at whether it computes. */
const SILENCE_MS = 200;
/** Having computed for so long beside its silence, it hangs; one that merely waits for a processor does not. */
const COMPUTED_MS = 150;
/** Silent for so long, it is given up whatever it does. */
const LONGEST_SILENCE_MS = 5_000;
/** What a worker may hold above its rest and three times the budget of the call that computes in it. */
const ROOM_MB = 192;
/** A worker that holds this much with nothing to do is replaced by a new one. */
const RECYCLE_MB = 288;

/**
 * Watches until the answer is called.
 * @param watched.onOverstay is told of a call on a thread of its own that did not end with its budget
 * @param watched.onExpired is told of a short call whose time ended while it waited
 */
export function watchWorkers(watched: {
  pool: WorkerPool;
  calls: ReadonlyMap<number, RunningCall>;
  onOverstay(call: RunningCall): void;
  onExpired(call: RunningCall): void;
}): () => void {
  const { pool, calls, onOverstay, onExpired } = watched;
  let turn = 0;
  let seenAt = performance.now();

  function lookAtCalls(now: number): void {
    for (const call of calls.values()) {
      const { timeMs } = call.request.limits;
      if (!call.long && call.pieces === 0 && call.begunHereAt !== null) {
        if (now - call.begunHereAt > timeMs) onExpired(call);
      } else if (call.begunHereAt === null) {
        const heardAt = Math.max(call.sentAt, call.worker?.heardAt ?? 0);
        if (now - heardAt > timeMs + BEGIN_MS) call.worker?.kill();
      } else if (now - call.begunHereAt > timeMs + (call.long ? GRACE_MS : BEGIN_MS)) onOverstay(call);
    }
  }

  /** Of silent workers: since when, and what they had computed when that was noticed. */
  const silent = new WeakMap<WorkerProcess, { heardAt: number; computedMs: number | null }>();

  function listenToWorkers(now: number): void {
    for (const worker of pool.serving()) {
      const { heardAt } = worker;
      if (worker.frames.owed === 0 || now - heardAt < SILENCE_MS) continue;
      // One that is starting computes too, and hangs by nobody's call.
      if (!worker.isReady) {
        if (now - heardAt > LONGEST_SILENCE_MS) worker.kill();
        continue;
      }
      const computedMs = worker.computedMs();
      const noticed = silent.get(worker);
      if (noticed?.heardAt !== heardAt) silent.set(worker, { heardAt, computedMs });
      else if (now - heardAt > LONGEST_SILENCE_MS) worker.kill();
      else if (noticed.computedMs === null || computedMs === null) {
        if (now - heardAt > SILENCE_MS + COMPUTED_MS) worker.kill();
      } else if (computedMs - noticed.computedMs >= COMPUTED_MS) worker.kill();
    }
  }

  /** V8's own limit is soft, and some built-ins never look at it. */
  function weighWorkers(): void {
    for (const worker of [...pool.serving()]) {
      if (worker.load === 0 && worker.rested) continue;
      const held = worker.memoryMb();
      if (held === null) return;
      let computing = false;
      let budget = 0;
      for (const call of calls.values()) {
        if (call.worker !== worker || call.pieces === 0) continue;
        computing = true;
        budget = Math.max(budget, call.request.limits.memoryMb);
      }
      if (!computing) worker.restingMb = held;
      worker.rested = worker.load === 0;
      if (computing && held > Math.max(worker.restingMb, 64) + ROOM_MB + 3 * budget) worker.kill();
      else if (worker.load === 0 && held > RECYCLE_MB) pool.recycle(worker);
    }
  }

  const timer = setInterval(() => {
    const now = performance.now();
    // A process that was held up itself has not listened: silence says nothing then.
    const heldUp = now - seenAt > 5 * WATCH_MS;
    seenAt = now;
    if (calls.size > 0 && !heldUp) {
      lookAtCalls(now);
      listenToWorkers(now);
    }
    turn += 1;
    if (turn % 2 === 0) weighWorkers();
  }, WATCH_MS);
  timer.unref();
  return () => clearInterval(timer);
}
