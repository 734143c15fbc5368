/** One isolate: V8 with a heap of its own, the frozen realm in it, and the module as a factory. */
import { readFileSync } from "node:fs";
import ivm from "isolated-vm";

const GUEST = readFileSync(new URL("./guest.js", import.meta.url), "utf8");
const GUEST_FILE = "whetstone:guest";
/** Evaluating a module and reading its definition takes a millisecond; one that takes longer hangs. */
const LOAD_TIME_MS = 2_000;
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

function load(isolate: ivm.Isolate, name: string, factory: string): { host: Host; context: ivm.Context } {
  const context = isolate.createContextSync();
  const host = isolate
    .compileScriptSync(GUEST, { filename: GUEST_FILE })
    .runSync(context, { reference: true, timeout: LOAD_TIME_MS }) as Host;
  const opening = '(function (__w, __e) {"use strict";';
  const script = isolate.compileScriptSync(`${opening}${factory}\n})`, {
    filename: `${name}.ts`,
    columnOffset: -opening.length,
  });
  const made = script.runSync(context, { reference: true, timeout: LOAD_TIME_MS }) as ivm.Reference;
  (host.getSync("install", { reference: true }) as ivm.Reference).applySync(undefined, [made.derefInto()], {
    timeout: LOAD_TIME_MS,
  });
  return { host, context };
}

/** @throws Error where the factory is not JavaScript */
export function createIsolate(name: string, factory: string, memoryMb: number): GuestIsolate {
  const isolate = new ivm.Isolate({ memoryLimit: Math.max(8, memoryMb), onCatastrophicError: () => process.abort() });
  const { host } = load(isolate, name, factory);
  const part = (member: string): ivm.Reference => host.getSync(member, { reference: true }) as ivm.Reference;
  const [start, deliver, drain, forget] = [part("start"), part("deliver"), part("drain"), part("forget")];
  return {
    broken: false,
    running: new Set(),
    async start(id, input, settings, timeMs) {
      await start.apply(undefined, [id, input, settings], { timeout: timeMs, result: { copy: true } });
    },
    async deliver(id, call, now, answer, timeMs) {
      await deliver.apply(undefined, [id, call, now, answer], { timeout: timeMs, result: { copy: true } });
    },
    async drain(id, timeMs) {
      return (await drain.apply(undefined, [id], { timeout: timeMs, result: { copy: true } })) as string | null;
    },
    async forget(id) {
      await forget.apply(undefined, [id]).catch(() => {});
    },
    reasonOf(error) {
      const message = error instanceof Error ? error.message : String(error);
      if (/timed out/i.test(message)) return "time";
      if (/memory limit/i.test(message)) return "memory";
      if (/stack size|Invalid (array|string) length|Array buffer allocation/i.test(message)) return "memory";
      return "lost";
    },
    trimStack: (stack) => trimStack(stack, name),
    dispose() {
      if (!isolate.isDisposed) isolate.dispose();
    },
  };
}

/** Keeps the first line and the tool's own frames, methods of the definition under their bare names. */
export function trimStack(stack: string, name: string): string {
  const lines = stack.split("\n");
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  if (first === -1) return "";
  const own = lines.slice(first).filter((line) => line.includes(`${name}.ts:`));
  return own.map((line) => line.trim().replace(/^at (async )?Object\./, "at $1")).join("\n");
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
      const { host } = load(isolate, name, factory);
      const manifest = host.getSync("manifest", { reference: true }) as ivm.Reference;
      readings.push((await manifest.apply(undefined, [], { timeout: LOAD_TIME_MS, result: { copy: true } })) as string);
    }
    if (readings[0] !== readings[1]) return { manifest: null, error: "two readings of its definition differ" };
    return { manifest: readings[0] ?? null, error: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/timed out/i.test(message)) return { manifest: null, error: "evaluating the module does not end" };
    if (/memory limit/i.test(message)) return { manifest: null, error: "evaluating the module takes too much memory" };
    const at = error instanceof Error ? trimStack(error.stack ?? "", name).split("\n")[0] : "";
    return { manifest: null, error: at ? `${message} (${at})` : message };
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
}
