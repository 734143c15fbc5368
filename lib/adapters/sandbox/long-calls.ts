/**
 * Calls that may be long, each piece of their guest code on a thread of isolated-vm's. They have isolates of their own, for
 * which no short call has to wait.
 */
import { createIsolate, type GuestIsolate } from "./isolate.ts";
import { FROM_WORKER, type ModuleMessage, type WorkerEnding } from "./messages.ts";

const MOST_ISOLATES = 8;
const MOST_USES = 100_000;
/** How often calls that wait are looked at for the end of their time. */
const LOOK_MS = 10;

export type LongStart = {
  readonly id: number;
  readonly key: number;
  readonly timeMs: number;
  /** The text of a start. */
  readonly message: string;
};

type Call = {
  readonly id: number;
  readonly isolate: GuestIsolate;
  /** Counts from when its guest code first ran; it may have to wait for others of its tool before. */
  startedAt: number;
  deadline: number;
  ended: boolean;
};

const TIMED_OUT: WorkerEnding = { kind: "timed_out", reason: "time" };

const calls = new Map<number, Call>();
/** By module, in the order of their last use. */
const isolates = new Map<number, GuestIsolate>();
let write: (text: string) => void = () => {};

/** To be called once, with what takes the lines for the parent. */
export function startLongCalls(say: (text: string) => void): void {
  write = say;
  setInterval(() => {
    const now = performance.now();
    for (const call of calls.values())
      if (now > call.deadline && !call.isolate.running.has(call.id)) end(call, TIMED_OUT);
  }, LOOK_MS);
}

/** Whether a call is under way whose end the event loop brings. */
export const hasLong = (): boolean => calls.size > 0;

/** Begins a call when it is its turn. */
export function runLong({ id, key, timeMs, message }: LongStart, modules: ReadonlyMap<number, ModuleMessage>): void {
  let isolate: GuestIsolate | null;
  try {
    isolate = isolateOf(key, modules);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    tellEnding(id, 0, { kind: "threw", error: { name: "LoadError", message: text, stack: "" } });
    return;
  }
  if (isolate === null) {
    write(`${FROM_WORKER.needLong} ${id}\n`);
    return;
  }
  const call: Call = { id, isolate, startedAt: performance.now(), deadline: Number.POSITIVE_INFINITY, ended: false };
  calls.set(id, call);
  inTurn(call, () => {
    call.startedAt = performance.now();
    call.deadline = call.startedAt + timeMs;
    write(`${FROM_WORKER.begun} ${id}\n`);
    return isolate.onThread.turn(`[${message}]`, remaining(call));
  });
}

/** Hands over the answer to an effect. */
export function answerLong(id: number, message: string): void {
  const call = calls.get(id);
  if (call !== undefined) inTurn(call, () => call.isolate.onThread.turn(`[${message}]`, remaining(call)));
}

/** The call is given up. */
export function stopLong(id: number): void {
  const call = calls.get(id);
  if (call === undefined) return;
  close(call);
  if (call.isolate.running.has(call.id)) breakIsolate(call.isolate);
  else call.isolate.forget(call.id);
}

function isolateOf(key: number, modules: ReadonlyMap<number, ModuleMessage>): GuestIsolate | null {
  const known = isolates.get(key);
  if (known !== undefined && !known.broken && known.uses < MOST_USES) {
    known.uses += 1;
    isolates.delete(key);
    isolates.set(key, known);
    return known;
  }
  const module = modules.get(key);
  if (module === undefined) return null;
  const made = createIsolate(module);
  made.uses = 1;
  isolates.delete(key);
  isolates.set(key, made);
  if (known !== undefined && !known.broken) retire(known);
  for (const [other, isolate] of isolates) {
    if (isolates.size <= MOST_ISOLATES) break;
    if (isolate === made || isUsed(isolate)) continue;
    isolates.delete(other);
    isolate.dispose();
  }
  return made;
}

function isUsed(isolate: GuestIsolate): boolean {
  for (const call of calls.values()) if (call.isolate === isolate) return true;
  return false;
}

/** Disposes of an isolate that is out of use, once its last call has ended. */
function retire(isolate: GuestIsolate): void {
  if (isUsed(isolate)) setTimeout(retire, LOOK_MS * 10, isolate);
  else isolate.dispose();
}

/** Runs a piece of guest code when it is its turn, and what recordings then set going. */
function inTurn(call: Call, work: () => Promise<string>): void {
  const { isolate } = call;
  isolate.queue = isolate.queue.then(async () => {
    let told = await enter(call, work);
    while (told !== undefined) {
      tell(call, told.slice(1));
      if (call.ended || told[0] !== "+") return;
      told = await enter(call, () => isolate.onThread.drain(remaining(call)));
    }
  });
}

/** Passes on the guest's report of a call. */
function tell(call: Call, report: string): void {
  if (report === "") return;
  const json = report.slice(report.indexOf("{"));
  if (report[0] === "e") {
    close(call);
    write(`${FROM_WORKER.ended} ${call.id} ${Math.round((performance.now() - call.startedAt) * 1_000)} ${json}`);
  } else write(`${FROM_WORKER.step} ${call.id} ${json}`);
}

function remaining(call: Call): number {
  return Math.max(1, Math.ceil(call.deadline - performance.now()));
}

/** Runs guest code on its thread; what ends it from outside is told apart. */
async function enter(call: Call, work: () => Promise<string>): Promise<string | undefined> {
  if (call.ended) return undefined;
  call.isolate.running.add(call.id);
  try {
    return await work();
  } catch (error) {
    if (call.ended) return undefined;
    const reason = call.isolate.reasonOf(error);
    if (reason === "lost") lose(call);
    else {
      end(call, { kind: "timed_out", reason });
      breakIsolate(call.isolate);
    }
    return undefined;
  } finally {
    call.isolate.running.delete(call.id);
  }
}

function tellEnding(id: number, elapsedMs: number, ending: WorkerEnding): void {
  write(`${FROM_WORKER.ended} ${id} ${Math.round(elapsedMs * 1_000)} ${JSON.stringify({ ending })}\n`);
}

/** Ends a call from outside. */
function end(call: Call, ending: WorkerEnding): void {
  close(call);
  if (!call.isolate.running.has(call.id)) call.isolate.forget(call.id);
  tellEnding(call.id, performance.now() - call.startedAt, ending);
}

function close(call: Call): void {
  call.ended = true;
  calls.delete(call.id);
}

// After a timeout or a memory fault the isolate is not to be trusted: its other calls are run again elsewhere.
function breakIsolate(isolate: GuestIsolate): void {
  isolate.broken = true;
  for (const call of calls.values()) if (call.isolate === isolate && !call.ended) lose(call);
  isolate.dispose();
}

function lose(call: Call): void {
  close(call);
  write(`${FROM_WORKER.lost} ${call.id}\n`);
}
