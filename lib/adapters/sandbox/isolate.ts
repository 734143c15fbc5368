/** One isolate: V8 with a heap of its own, the frozen realm in it, and the module as a factory. */
import { readFileSync } from "node:fs";
import ivm from "isolated-vm";

const REALM = readFileSync(new URL("./realm.js", import.meta.url), "utf8");
const VALUES = readFileSync(new URL("./values.js", import.meta.url), "utf8");
const GUEST = readFileSync(new URL("./guest.js", import.meta.url), "utf8");
/** Evaluating a module and reading its definition takes a millisecond; one that takes longer hangs. */
const LOAD_TIME_MS = 1_000;
const INSPECT_MEMORY_MB = 64;

export type GuestIsolate = {
  broken: boolean;
  /** Calls whose guest code runs at this moment. */
  readonly running: Set<number>;
  start(id: number, input: string, settings: string, timeMs: number): Promise<void>;
  deliver(id: number, call: number, now: number, answer: string, timeMs: number): Promise<void>;
  drain(id: number, timeMs: number): Promise<string | null>;
  forget(id: number): Promise<void>;
  /** Why guest code was stopped: its own time or memory, or something that happened to the isolate. */
  reasonOf(error: unknown): "time" | "memory" | "lost";
  /** Keeps the tool's own frames. */
  trimStack(stack: string): string;
  dispose(): void;
};

type Host = ivm.Reference<Record<string, unknown>>;

function load(isolate: ivm.Isolate, name: string, factory: string): Host {
  const context = isolate.createContextSync();
  const evaluate = (text: string, filename: string, columnOffset = 0): ivm.Reference =>
    isolate
      .compileScriptSync(text, { filename, columnOffset })
      .runSync(context, { reference: true, timeout: LOAD_TIME_MS }) as ivm.Reference;
  const own = (text: string, part: string): ivm.Reference => evaluate(`"use strict";${text}`, `whetstone:${part}`);
  const seal = own(REALM, "realm");
  const values = own(VALUES, "values");
  const guest = own(GUEST, "guest");
  const host = guest.applySync(undefined, [seal.derefInto(), values.derefInto()], {
    timeout: LOAD_TIME_MS,
    result: { reference: true },
  }) as Host;
  // The opening stands before column 1 of line 1, so that places in the source stay as written.
  const opening = '(function (__w, __e) {"use strict";';
  const made = evaluate(`${opening}${factory}\n})`, `${name}.ts`, -opening.length);
  const install = host.getSync("install", { reference: true }) as ivm.Reference;
  install.applySync(undefined, [made.derefInto()], { timeout: LOAD_TIME_MS });
  return host;
}

/** @throws Error where the factory is not JavaScript */
export function createIsolate(name: string, factory: string, memoryMb: number): GuestIsolate {
  const isolate = new ivm.Isolate({ memoryLimit: Math.max(8, memoryMb), onCatastrophicError: () => process.abort() });
  const host = load(isolate, name, factory);
  const part = (member: string): ivm.Reference => host.getSync(member, { reference: true }) as ivm.Reference;
  const [start, deliver, drain, forget] = [part("start"), part("deliver"), part("drain"), part("forget")];
  return {
    broken: false,
    running: new Set(),
    async start(id, input, settings, timeMs) {
      await start.apply(undefined, [id, input, settings], { timeout: timeMs });
    },
    async deliver(id, call, now, answer, timeMs) {
      await deliver.apply(undefined, [id, call, now, answer], { timeout: timeMs });
    },
    async drain(id, timeMs) {
      return (await drain.apply(undefined, [id], { timeout: timeMs, result: { copy: true } })) as string | null;
    },
    async forget(id) {
      await forget.apply(undefined, [id]).catch(() => {});
    },
    reasonOf: stopReason,
    trimStack: (stack) => trimStack(stack, name),
    dispose() {
      if (!isolate.isDisposed) isolate.dispose();
    },
  };
}

function stopReason(error: unknown): "time" | "memory" | "lost" {
  const message = error instanceof Error ? error.message : String(error);
  if (/timed out/i.test(message)) return "time";
  return /memory limit|allocation failed|out of memory/i.test(message) ? "memory" : "lost";
}

/** The tool's own frames, innermost first; methods of the definition under their bare names. */
export function trimStack(stack: string, name: string): string {
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const frame = /^\s*at /.test(line) && line.includes(`${name}.ts:`) ? line.trim() : "";
    if (frame !== "") frames.push(frame.replace(/^at (async )?(new )?Object\./, "at $1$2"));
  }
  return frames.join("\n");
}

/** Reads the definition twice, each time in a fresh context: both readings must be the same text. */
export async function readManifest(
  name: string,
  factory: string,
): Promise<{ manifest: string | null; error: string | null }> {
  const isolate = new ivm.Isolate({ memoryLimit: INSPECT_MEMORY_MB, onCatastrophicError: () => process.abort() });
  try {
    const readings: string[] = [];
    for (let reading = 0; reading < 2; reading++) {
      const host = load(isolate, name, factory);
      const manifest = host.getSync("manifest", { reference: true }) as ivm.Reference;
      readings.push((await manifest.apply(undefined, [], { timeout: LOAD_TIME_MS, result: { copy: true } })) as string);
    }
    if (readings[0] !== readings[1]) return { manifest: null, error: "Two readings of its definition differ" };
    return { manifest: readings[0] ?? null, error: null };
  } catch (error) {
    return { manifest: null, error: loadError(error, name) };
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
}

function loadError(error: unknown, name: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = stopReason(error);
  if (reason === "time") return "Evaluating the module does not end";
  if (reason === "memory") return "Evaluating the module takes too much memory";
  const at = error instanceof Error ? trimStack(error.stack ?? "", name).split("\n")[0] : "";
  return at ? `${message} (${at})` : message;
}
