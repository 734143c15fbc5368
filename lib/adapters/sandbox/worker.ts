/** The worker process: one isolate a tool version, a fresh evaluation of the module for every call. */
import { Socket } from "node:net";
import type { Json } from "#lib/core/json.ts";
import type { Effect, EffectKind } from "#lib/core/tool.ts";
import { createIsolate, type GuestIsolate, readManifest } from "./isolate.ts";
import { type FromWorker, type RunMessage, readFrames, type ToWorker, type WorkerEnding } from "./messages.ts";

const MOST_ISOLATES = 32;

type Drained = {
  outbox: ({ done: Done } | { ask: { call: number; kind: EffectKind; request: Json } })[];
  ending: WorkerEnding | null;
  again: boolean;
};
type Done = {
  call: number;
  kind: EffectKind;
  request: Json;
  response?: Json;
  error?: { name: string; message: string };
};

type Call = {
  readonly id: number;
  readonly isolate: GuestIsolate;
  readonly startedAt: number;
  readonly deadline: number;
  readonly effects: Effect[];
  readonly asked: Map<number, { kind: EffectKind; request: Json; startedMs: number }>;
  /** Answers of one call are delivered one after the other, in the order of the log. */
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
    if ([...calls.values()].some((call) => call.isolate === isolate)) continue;
    isolates.delete(key);
    isolate.dispose();
  }
  return made;
}

async function run(message: RunMessage): Promise<void> {
  let isolate: GuestIsolate | null;
  const startedAt = performance.now();
  try {
    isolate = isolateFor(message);
  } catch (error) {
    const info = { name: "LoadError", message: error instanceof Error ? error.message : String(error), stack: "" };
    send({
      t: "done",
      id: message.id,
      ending: { kind: "threw", error: info },
      latencyMs: performance.now() - startedAt,
      effects: [],
    });
    return;
  }
  if (isolate === null) return send({ t: "need", id: message.id });
  const begun = performance.now();
  const call: Call = {
    id: message.id,
    isolate,
    startedAt: begun,
    deadline: begun + message.timeMs,
    effects: [],
    asked: new Map(),
    turn: Promise.resolve(),
    timer: null,
    ended: false,
  };
  calls.set(call.id, call);
  send({ t: "begun", id: call.id });
  call.timer = setTimeout(() => {
    if (!call.ended && !isolate.running.has(call.id)) end(call, { kind: "timed_out", reason: "time" });
  }, message.timeMs);
  const { seed, permissions, journal, outputBytes } = message;
  const settings = JSON.stringify({ now: Date.now(), seed, permissions, journal, outputBytes });
  await enter(call, () => isolate.start(call.id, message.input, settings, remaining(call)));
  await pump(call);
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
  const latencyMs = performance.now() - call.startedAt;
  close(call);
  const trimmed =
    "error" in ending
      ? { ...ending, error: { ...ending.error, stack: call.isolate.trimStack(ending.error.stack) } }
      : ending;
  send({ t: "done", id: call.id, ending: trimmed, latencyMs, effects: call.effects });
}

/** Carries out what the guest asks for, until it waits or ends. */
async function pump(call: Call): Promise<void> {
  for (;;) {
    const text = await enter(call, () => call.isolate.drain(call.id, remaining(call)));
    if (text === undefined || text === null || call.ended) return;
    const { outbox, ending, again } = JSON.parse(text) as Drained;
    const at = performance.now() - call.startedAt;
    for (const item of outbox) {
      if ("done" in item) {
        const { call: number, kind, request, response, error } = item.done;
        const asked = call.asked.get(number);
        call.asked.delete(number);
        call.effects.push({
          call: number,
          kind,
          request,
          ...(error === undefined ? { response: response ?? null } : { error }),
          startedMs: asked?.startedMs ?? at,
          endedMs: at,
        });
      } else {
        call.asked.set(item.ask.call, { kind: item.ask.kind, request: item.ask.request, startedMs: at });
        send({ t: "effect", id: call.id, ...item.ask });
      }
    }
    if (ending !== null) return end(call, ending);
    if (!again) return;
  }
}

async function answer(message: Extract<ToWorker, { t: "answer" }>): Promise<void> {
  const call = calls.get(message.id);
  const asked = call?.asked.get(message.call);
  if (call === undefined || asked === undefined) return;
  call.asked.delete(message.call);
  call.effects.push({
    call: message.call,
    kind: asked.kind,
    request: asked.request,
    ...message.answer,
    startedMs: asked.startedMs,
    endedMs: performance.now() - call.startedAt,
  });
  const text = JSON.stringify(message.answer);
  call.turn = call.turn.then(async () => {
    await enter(call, () => call.isolate.deliver(call.id, message.call, Date.now(), text, remaining(call)));
    await pump(call);
  });
  await call.turn;
}

async function inspect(message: Extract<ToWorker, { t: "inspect" }>): Promise<void> {
  const { manifest, error } = await readManifest(message.name, message.factory);
  send({ t: "inspected", id: message.id, manifest, error });
}

const receive = readFrames<ToWorker>((message) => {
  if (message.t === "run") void run(message);
  else if (message.t === "answer") void answer(message);
  else if (message.t === "inspect") void inspect(message);
  else {
    const call = calls.get(message.id);
    if (call === undefined) return;
    close(call);
    if (call.isolate.running.has(call.id)) breakIsolate(call.isolate);
    else void call.isolate.forget(call.id);
  }
});
channel.on("data", (chunk) => receive(String(chunk)));
channel.on("error", () => process.exit(0));
channel.on("close", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
send({ t: "ready" });
