/**
 * The worker process: hears the parent line by line and lets guests run. Without a JIT the machinery of streams and of the
 * event loop takes longer than a call, so it reads and writes like a plain program: it blocks until something is said. Only
 * while calls run on threads of their own does it go by the event loop, which brings their ends.
 */
import { read, readSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { Worker } from "node:worker_threads";
import { readManifest } from "./isolate.ts";
import { answerLong, hasLong, runLong, startLongCalls, stopLong } from "./long-calls.ts";
import { FROM_WORKER, type ModuleMessage, readLine, readLines, TO_WORKER } from "./messages.ts";
import { runFrame, stopShort } from "./short-calls.ts";

/** Nothing leaves by stdout. */
const CHANNEL = 3;
const READ_BYTES = 262_144;
/** Texts up to this length are written by one call of the system. */
const SHORT_TEXT = 8_192;
const MOST_MODULES = 256;
const PARENT_LOOK_MS = 200;
const LINE_END = 10;

const modules = new Map<number, ModuleMessage>();
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
const decoder = new StringDecoder("utf8");
/** What was read last ended in the middle of a line. */
let inLine = false;
let inspecting = 0;

/** Without a farewell: guest code may be in the middle of a loop. */
function leave(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("killed");
}

function write(text: string): void {
  try {
    if (text.length <= SHORT_TEXT && writeSync(CHANNEL, text) >= text.length) return;
    if (text.length <= SHORT_TEXT) leave();
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(CHANNEL, bytes, at);
  } catch {
    leave();
  }
}

async function inspect(id: number, json: string): Promise<void> {
  inspecting += 1;
  const told = await readManifest(JSON.parse(json));
  inspecting -= 1;
  write(`${FROM_WORKER.inspected} ${id} ${JSON.stringify(told)}\n`);
}

function addModule(key: number, json: string): void {
  modules.set(key, JSON.parse(json) as ModuleMessage);
  for (const old of modules.keys()) {
    if (modules.size <= MOST_MODULES) break;
    modules.delete(old);
  }
}

const receive = readLines((line) => {
  const { word, numbers, json } = readLine(line);
  const first = numbers[0] ?? 0;
  const second = numbers[1] ?? 0;
  const third = numbers[2] ?? 0;
  if (word === TO_WORKER.frame) write(runFrame({ key: first, timeMs: second, count: third, messages: json }, modules));
  else if (word === TO_WORKER.answer) answerLong(first, json);
  else if (word === TO_WORKER.thread) runLong({ id: first, key: second, timeMs: third, message: json }, modules);
  else if (word === TO_WORKER.module) addModule(first, json);
  else if (word === TO_WORKER.stop) {
    stopLong(first);
    stopShort(first, second);
  } else if (word === TO_WORKER.inspect) void inspect(first, json);
});

function hear(size: number): void {
  if (size === 0) leave();
  // What ends a line ends a character.
  const ends = buffer[size - 1] === LINE_END;
  receive(ends && !inLine ? buffer.toString("utf8", 0, size) : decoder.write(buffer.subarray(0, size)));
  inLine = !ends;
}

function serve(): void {
  while (!hasLong() && inspecting === 0) hear(readSync(CHANNEL, buffer));
  read(CHANNEL, buffer, 0, READ_BYTES, null, (error, size) => {
    if (error !== null) leave();
    hear(size);
    serve();
  });
}

startLongCalls(write);
// Ctrl-C reaches the whole group; the parent decides when a worker goes.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// While a guest holds the main thread, only another one sees that the parent is gone. A jail sees to that by itself.
if (process.ppid > 1)
  new Worker(
    `const parent = process.ppid;
    setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGKILL"), ${PARENT_LOOK_MS});`,
    { eval: true },
  ).unref();
write(`${FROM_WORKER.ready}\n`);
serve();
