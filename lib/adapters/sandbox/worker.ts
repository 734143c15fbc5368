/** The worker process: one isolate a tool version, a fresh evaluation of the module for every call. */
import { Socket, type SocketConstructorOpts } from "node:net";
import { StringDecoder } from "node:string_decoder";
import { Worker } from "node:worker_threads";
import { createIsolate, type GuestIsolate, readManifest, SHORT_MS } from "./isolate.ts";
import { FROM_WORKER, type ModuleMessage, readLine, readLines, TO_WORKER, type WorkerEnding } from "./messages.ts";

const MOST_ISOLATES = 32;
const MOST_MODULES = 256;
/** An isolate is made anew after so many calls: what V8 keeps of them grows. */
const MOST_USES = 100_000;
/** How often calls that wait are looked at for the end of their time. */
const LOOK_MS = 10;
/** Replays go on on the main thread for so long before others are heard again. */
const TURN_MS = 25;
const MOST_IN_TURN = 16;
const PARENT_LOOK_MS = 200;
const READ_BYTES = 65_536;

type Call = {
  readonly id: number;
  readonly isolate: GuestIsolate;
  readonly timeMs: number;
  /** On a thread of its own, where it may have to wait for others of its tool. */
  readonly isLong: boolean;
  /** Counts from when its guest code first ran. */
  startedAt: number;
  deadline: number;
  /** Guest code ran for it since it was last looked at. */
  touched: boolean;
  ended: boolean;
};

// Nothing leaves by stdout, and the parent's end closing is the word to go.
// It is read past the machinery of streams, which without a JIT takes longer than a call.
const decoder = new StringDecoder("utf8");
const channel = new Socket({
  fd: 3,
  onread: {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback(size: number, buffer: Uint8Array): boolean {
      hear(decoder.write(buffer.subarray(0, size)));
      return true;
    },
  },
} as SocketConstructorOpts);
const modules = new Map<number, ModuleMessage>();
const calls = new Map<number, Call>();
/** In the order of their last use; long calls have isolates of their own, which no short call has to wait for. */
const isolates = new Map<string, GuestIsolate>();
/** What isolates are to be told in their next turn: starts and answers of short calls. */
const turns = new Map<GuestIsolate, { messages: string[]; timeMs: number }>();
/** Isolates with short calls that ran since they were last looked at. */
const due = new Set<GuestIsolate>();
let outgoing = "";
let flushing = false;

function send(line: string): void {
  outgoing += `${line}\n`;
  if (flushing) return;
  flushing = true;
  setImmediate(flush);
}

function flush(): void {
  flushing = false;
  if (outgoing === "") return;
  channel.write(outgoing);
  outgoing = "";
}

function isolateFor(key: number, kind: "short" | "long"): GuestIsolate | null {
  const place = `${key} ${kind}`;
  const known = isolates.get(place);
  if (known !== undefined && !known.broken && known.uses < MOST_USES) {
    if (isolates.size > MOST_ISOLATES >> 1) {
      isolates.delete(place);
      isolates.set(place, known);
    }
    known.uses += 1;
    return known;
  }
  const module = modules.get(key);
  if (module === undefined) return null;
  const made = createIsolate(module);
  isolates.delete(place);
  isolates.set(place, made);
  if (known !== undefined) retire(known);
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

function run(id: number, key: number, timeMs: number, message: string, kind: "short" | "long"): void {
  let isolate: GuestIsolate | null;
  try {
    isolate = isolateFor(key, kind);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    sendEnding(id, 0, { kind: "threw", error: { name: "LoadError", message: text, stack: "" } });
    return;
  }
  if (isolate === null) {
    send(`${FROM_WORKER.need} ${id}`);
    return;
  }
  const isLong = kind === "long";
  const startedAt = performance.now();
  const deadline = isLong ? Number.POSITIVE_INFINITY : startedAt + timeMs;
  const call: Call = { id, isolate, timeMs, isLong, startedAt, deadline, touched: true, ended: false };
  calls.set(id, call);
  if (!isLong) {
    addToTurn(isolate, message, timeMs);
    return;
  }
  inTurn(call, async () => {
    call.startedAt = performance.now();
    call.deadline = call.startedAt + timeMs;
    send(`${FROM_WORKER.begun} ${id}`);
    flush();
    tell(`-${await isolate.onThread.turn(`[${message}]`, remaining(call))}`);
  });
}

const TIMED_OUT: WorkerEnding = { kind: "timed_out", reason: "time" };

function sendEnding(id: number, elapsedMs: number, ending: WorkerEnding): void {
  send(`${FROM_WORKER.ended} ${id} ${Math.round(elapsedMs * 1_000)} ${JSON.stringify({ ending })}`);
}

/** Tells that a call has ended, with the guest's own report. */
function ended(call: Call, report: string): void {
  close(call);
  const ranMs = (performance.now() - call.startedAt) / call.isolate.share;
  send(`${FROM_WORKER.ended} ${call.id} ${Math.round(ranMs * 1_000)} ${report}`);
}

/** Ends a call from outside. */
function end(call: Call, ending: WorkerEnding): void {
  close(call);
  if (!call.isolate.running.has(call.id)) call.isolate.forget(call.id);
  sendEnding(call.id, performance.now() - call.startedAt, ending);
}

function close(call: Call): void {
  call.ended = true;
  calls.delete(call.id);
}

/** Passes on what guests report; true where another look is due. */
function tell(text: string): boolean {
  for (let from = 1, stop = text.indexOf("\n", 1); stop !== -1; from = stop + 1, stop = text.indexOf("\n", from)) {
    const space = text.indexOf(" ", from);
    const call = calls.get(Number(text.slice(from + 1, space)));
    if (call === undefined) continue;
    const report = text.slice(space + 1, stop);
    call.touched = false;
    if (text[from] === "e") ended(call, report);
    else send(`${FROM_WORKER.step} ${call.id} ${report}`);
  }
  return text[0] === "+";
}

function addToTurn(isolate: GuestIsolate, message: string, timeMs: number): void {
  const turn = turns.get(isolate);
  if (turn === undefined) {
    turns.set(isolate, { messages: [message], timeMs });
    return;
  }
  turn.messages.push(message);
  turn.timeMs = Math.min(turn.timeMs, timeMs);
  if (turn.messages.length < MOST_IN_TURN) return;
  // The parent goes on with the first answers while the next calls run.
  takeTurn(isolate, turn);
  lookAt(isolate, performance.now() + TURN_MS);
  flush();
}

/** Lets an isolate run what it was told, all of it in one crossing. */
function takeTurn(isolate: GuestIsolate, { messages, timeMs }: { messages: string[]; timeMs: number }): void {
  turns.delete(isolate);
  const began = performance.now();
  try {
    // One after the other: each takes its share of the turn.
    isolate.share = messages.length;
    const told = isolate.turn(`[${messages.join(",")}]`, timeMs);
    if (told !== "") tell(`-${told}`);
    due.add(isolate);
  } catch (error) {
    const alone = messages.length === 1 && timeMs <= SHORT_MS && isolate.reasonOf(error) === "time";
    giveUp(isolate, alone && performance.now() - began >= timeMs);
  }
}

/** Looks at all short calls that ran, and lets recordings answer them, until each waits or has ended. */
function lookAround(): void {
  const until = performance.now() + TURN_MS;
  for (const [isolate, turn] of turns) takeTurn(isolate, turn);
  for (const isolate of due) {
    if (lookAt(isolate, until)) continue;
    setImmediate(lookAround);
    return;
  }
}

/** The same for one isolate; false where the time was over first. */
function lookAt(isolate: GuestIsolate, until: number): boolean {
  try {
    while (!isolate.broken && tell(isolate.drain())) if (performance.now() > until) return false;
  } catch {
    giveUp(isolate, false);
  }
  due.delete(isolate);
  return true;
}

/** Short calls that were not: which of them it was does not show, so that each finds out by itself. */
function giveUp(isolate: GuestIsolate, isOver: boolean): void {
  for (const call of calls.values()) {
    if (call.isolate !== isolate) continue;
    close(call);
    if (isOver && call.touched) sendEnding(call.id, performance.now() - call.startedAt, TIMED_OUT);
    else send(`${call.touched ? FROM_WORKER.long : FROM_WORKER.lost} ${call.id}`);
  }
  breakIsolate(isolate);
}

// After a timeout or a memory fault the isolate is not to be trusted: its other calls are run again elsewhere.
function breakIsolate(isolate: GuestIsolate): void {
  isolate.broken = true;
  due.delete(isolate);
  turns.delete(isolate);
  for (const call of calls.values()) if (call.isolate === isolate && !call.ended) lose(call);
  isolate.dispose();
}

function lose(call: Call): void {
  close(call);
  send(`${FROM_WORKER.lost} ${call.id}`);
}

// ---- long calls

/** Runs a piece of guest code when it is its turn, and carries out what came of it. */
function inTurn(call: Call, work: () => Promise<void>): void {
  const { isolate } = call;
  isolate.queue = isolate.queue.then(async () => {
    await enter(call, work);
    for (;;) {
      const text = await enter(call, () => isolate.onThread.drain(call.id, remaining(call)));
      if (text === undefined || !tell(text) || call.ended) return;
    }
  });
}

function remaining(call: Call): number {
  return Math.max(1, Math.ceil(call.deadline - performance.now()));
}

/** Runs guest code on its thread; what ends it from outside is told apart. */
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

// ---- what the parent says

function answer(id: number, message: string): void {
  const call = calls.get(id);
  if (call === undefined) return;
  const { isolate } = call;
  if (call.isLong) {
    inTurn(call, async () => {
      await isolate.onThread.turn(`[${message}]`, remaining(call));
    });
    return;
  }
  // Answers of one call come one by one, each after what the one before it set going: a replay has them so too.
  if (call.touched) {
    const turn = turns.get(isolate);
    if (turn !== undefined) takeTurn(isolate, turn);
    lookAt(isolate, Number.POSITIVE_INFINITY);
  }
  if (call.ended) return;
  call.touched = true;
  addToTurn(isolate, message, call.deadline - performance.now());
}

function stop(id: number): void {
  const call = calls.get(id);
  if (call === undefined) return;
  close(call);
  if (call.isolate.running.has(call.id)) breakIsolate(call.isolate);
  else call.isolate.forget(call.id);
}

async function inspect(id: number, json: string): Promise<void> {
  send(`${FROM_WORKER.inspected} ${id} ${JSON.stringify(await readManifest(JSON.parse(json)))}`);
}

function addModule(key: number, json: string): void {
  modules.set(key, JSON.parse(json) as ModuleMessage);
  for (const old of modules.keys()) {
    if (modules.size <= MOST_MODULES) break;
    modules.delete(old);
  }
}

const receive = readLines((text) => {
  const { word, numbers, json } = readLine(text);
  const [first = 0, second = 0, third = 0] = numbers;
  if (word === TO_WORKER.run) run(first, second, third, json, "short");
  else if (word === TO_WORKER.answer) answer(first, json);
  else if (word === TO_WORKER.thread) run(first, second, third, json, "long");
  else if (word === TO_WORKER.module) addModule(first, json);
  else if (word === TO_WORKER.stop) stop(first);
  else if (word === TO_WORKER.inspect) void inspect(first, json);
});
function hear(text: string): void {
  receive(text);
  if (turns.size > 0 || due.size > 0) lookAround();
  flush();
}
channel.resume();

setInterval(() => {
  if (calls.size === 0) return;
  const now = performance.now();
  for (const call of calls.values())
    if (now > call.deadline && !call.isolate.running.has(call.id)) end(call, TIMED_OUT);
}, LOOK_MS);

/** Without a farewell: guest code may be in the middle of a loop. */
const leave = (): void => {
  process.kill(process.pid, "SIGKILL");
};
channel.on("error", leave);
channel.on("close", leave);
// Ctrl-C reaches the whole group; the parent decides when a worker goes.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// While a guest holds the main thread, only another one sees that the parent is gone. A jail sees to that by itself.
if (process.ppid > 1)
  new Worker(
    `const parent = process.ppid;
    setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGKILL"), ${PARENT_LOOK_MS});`,
    { eval: true },
  ).unref();
send(FROM_WORKER.ready);
