/** The worker process: one isolate a tool version, a fresh evaluation of the module for every call. */
import { Socket } from "node:net";
import { createIsolate, type GuestIsolate, readManifest } from "./isolate.ts";
import {
  type FromWorker,
  type RunMessage,
  readFrames,
  type Step,
  type ToWorker,
  type WorkerEnding,
} from "./messages.ts";

const MOST_ISOLATES = 32;

type Drained = Pick<Step, "log" | "asks"> & { ending: WorkerEnding | null; again: boolean };

type Call = {
  readonly id: number;
  readonly isolate: GuestIsolate;
  readonly deadline: number;
  /** Guest code of one call runs piece by piece: each answer after what the one before it set going. */
  turn: Promise<void>;
  timer: NodeJS.Timeout | null;
  ended: boolean;
};

// Nothing leaves by stdout, and the parent's end closing is the word to go.
const channel = new Socket({ fd: 3 });
channel.setEncoding("utf8");
const calls = new Map<number, Call>();
/** In the order of their last use. */
const isolates = new Map<string, GuestIsolate>();

function send(message: FromWorker): void {
  channel.write(`${JSON.stringify(message)}\n`);
}

function isolateFor(message: RunMessage): GuestIsolate | null {
  const known = isolates.get(message.key);
  if (known !== undefined && !known.broken) {
    isolates.delete(message.key);
    isolates.set(message.key, known);
    return known;
  }
  if (message.factory === null) return null;
  const made = createIsolate(message.name, message.factory, message.memoryMb);
  isolates.set(message.key, made);
  for (const [key, isolate] of isolates) {
    if (isolates.size <= MOST_ISOLATES) break;
    if (isolate === made || [...calls.values()].some((call) => call.isolate === isolate)) continue;
    isolates.delete(key);
    isolate.dispose();
  }
  return made;
}

function run(message: RunMessage): void {
  const { id, timeMs, seed, permissions, journal, live, outputBytes } = message;
  let isolate: GuestIsolate | null;
  try {
    isolate = isolateFor(message);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ t: "done", id, ending: { kind: "threw", error: { name: "LoadError", message: text, stack: "" } } });
    return;
  }
  if (isolate === null) {
    send({ t: "need", id });
    return;
  }
  const call: Call = {
    id,
    isolate,
    deadline: performance.now() + timeMs,
    turn: Promise.resolve(),
    timer: null,
    ended: false,
  };
  calls.set(id, call);
  send({ t: "begun", id });
  call.timer = setTimeout(() => {
    if (!call.ended && !call.isolate.running.has(id)) end(call, { kind: "timed_out", reason: "time" });
  }, timeMs);
  const settings = JSON.stringify({ now: Date.now(), seed, permissions, journal, live, outputBytes });
  inTurn(call, () => call.isolate.start(id, message.input, settings, remaining(call)));
}

/** Runs a piece of guest code when it is its turn, and carries out what came of it. */
function inTurn(call: Call, work: () => Promise<void>): void {
  call.turn = call.turn.then(async () => {
    await enter(call, work);
    await pump(call);
  });
}

function remaining(call: Call): number {
  return Math.max(1, Math.ceil(call.deadline - performance.now()));
}

/** Runs guest code for a call; what ends it from outside is told apart. */
async function enter<T>(call: Call, work: () => Promise<T>): Promise<T | undefined> {
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

// After a timeout or a memory fault the isolate is not to be trusted: its other calls are run again elsewhere.
function breakIsolate(isolate: GuestIsolate): void {
  isolate.broken = true;
  for (const call of calls.values()) if (call.isolate === isolate && !call.ended) lose(call);
  isolate.dispose();
}

function lose(call: Call): void {
  close(call);
  send({ t: "lost", id: call.id });
}

function close(call: Call): void {
  call.ended = true;
  if (call.timer !== null) clearTimeout(call.timer);
  calls.delete(call.id);
}

function end(call: Call, ending: WorkerEnding): void {
  const waits = !call.isolate.running.has(call.id) && ending.kind === "timed_out";
  close(call);
  if (waits) void call.isolate.forget(call.id);
  const { id } = call;
  const own = (stack: string): string => call.isolate.trimStack(stack);
  const told = "error" in ending ? { ...ending, error: { ...ending.error, stack: own(ending.error.stack) } } : ending;
  send({ t: "done", id, ending: told });
}

/** Tells the parent what a call did and asks for, until it waits or ends. */
async function pump(call: Call): Promise<void> {
  for (;;) {
    const text = await enter(call, () => call.isolate.drain(call.id, remaining(call)));
    if (text === undefined || text === null || call.ended) return;
    const { log, asks, ending, again } = JSON.parse(text) as Drained;
    if (log.length > 0 || asks.length > 0 || !again) send({ t: "step", id: call.id, log, asks, rests: !again });
    if (ending !== null) return end(call, ending);
    if (!again) return;
  }
}

function answer(message: Extract<ToWorker, { t: "answer" }>): void {
  const call = calls.get(message.id);
  if (call === undefined) return;
  const text = JSON.stringify(message.answer);
  inTurn(call, () => call.isolate.deliver(call.id, message.call, Date.now(), text, remaining(call)));
}

function stop(id: number): void {
  const call = calls.get(id);
  if (call === undefined) return;
  close(call);
  if (call.isolate.running.has(call.id)) breakIsolate(call.isolate);
  else void call.isolate.forget(call.id);
}

async function inspect(message: Extract<ToWorker, { t: "inspect" }>): Promise<void> {
  const { manifest, error } = await readManifest(message.name, message.factory);
  send({ t: "inspected", id: message.id, manifest, error });
}

const receive = readFrames<ToWorker>((message) => {
  if (message.t === "run") run(message);
  else if (message.t === "answer") answer(message);
  else if (message.t === "inspect") void inspect(message);
  else stop(message.id);
});
/** Without a farewell: guest code may be in the middle of a loop. */
const leave = (): void => {
  process.kill(process.pid, "SIGKILL");
};
channel.on("data", (chunk) => receive(String(chunk)));
channel.on("error", leave);
channel.on("close", leave);
// Ctrl-C reaches the whole group; the parent decides when a worker goes.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
send({ t: "ready" });
