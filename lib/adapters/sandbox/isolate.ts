/** One isolate: V8 with a heap of its own, the frozen realm in it, and the module as a factory. */
import { readFileSync } from "node:fs";
import ivm from "isolated-vm";
import type { BrokenReason, ModuleMessage } from "./messages.ts";
import { SHORT_MS } from "./short.ts";
import { trimStack } from "./trim-stack.ts";

const REALM = readFileSync(new URL("./realm.js", import.meta.url), "utf8");
const VALUES = readFileSync(new URL("./values.js", import.meta.url), "utf8");
const EFFECTS = readFileSync(new URL("./effects.js", import.meta.url), "utf8");
const GUEST = readFileSync(new URL("./guest.js", import.meta.url), "utf8");
/** Evaluating a module and reading its definition takes a millisecond; one that takes longer hangs. */
const LOAD_TIME_MS = 1_000;
const INSPECT_MEMORY_MB = 64;
const NOTHING_GRANTED = '{"permissions":{"network":[],"kv":"none","secrets":[]},"outputBytes":0}';

export type GuestIsolate = {
  broken: boolean;
  /** Messages that it was given. */
  uses: number;
  /** Calls whose guest code runs at this moment on a thread of its own. */
  readonly running: Set<number>;
  /** Pieces of guest code of long calls, one after the other. */
  queue: Promise<void>;
  /**
   * Begins calls and hands over answers on this thread, for 50 ms at the most.
   * @param messages the text of an array of starts and answers
   * @returns `+` where another look is due, else `-`; then reports of the calls that have ended at once, a line each
   */
  turn(messages: string, timeMs: number): string;
  /** Reports of all calls that ran since the last look, in the same form. */
  drain(): string;
  /** The same on a thread of its own. */
  readonly onThread: {
    turn(messages: string, timeMs: number): Promise<string>;
    drain(timeMs: number): Promise<string>;
  };
  forget(id: number): void;
  /** Whether no call in it waits for the host. */
  isIdle(): boolean;
  /** Why guest code was stopped: its own time or memory, or something that happened to the isolate. */
  reasonOf(error: unknown): BrokenReason;
  dispose(): void;
};

type Host = ivm.Reference<Record<string, unknown>>;

function load(isolate: ivm.Isolate, module: Pick<ModuleMessage, "name" | "factory">, settings: string): Host {
  const { name, factory } = module;
  const context = isolate.createContextSync();
  const evaluate = (text: string, filename: string, columnOffset = 0): ivm.Reference =>
    isolate
      .compileScriptSync(text, { filename, columnOffset })
      .runSync(context, { reference: true, timeout: LOAD_TIME_MS }) as ivm.Reference;
  const own = (text: string, part: string): ivm.Reference => evaluate(`"use strict";${text}`, `whetstone:${part}`);
  const seal = own(REALM, "realm");
  const values = own(VALUES, "values");
  const effects = own(EFFECTS, "effects").applySync(undefined, [values.derefInto()], {
    timeout: LOAD_TIME_MS,
    result: { reference: true },
  }) as ivm.Reference;
  const guest = own(GUEST, "guest");
  const host = guest.applySync(undefined, [seal.derefInto(), values.derefInto(), effects.derefInto()], {
    timeout: LOAD_TIME_MS,
    result: { reference: true },
  }) as Host;
  // The opening stands before column 1 of line 1, so that places in the source stay as written.
  const opening = '(function (__w, __e) {"use strict";';
  const made = evaluate(`${opening}${factory}\n})`, `${name}.ts`, -opening.length);
  const install = host.getSync("install", { reference: true }) as ivm.Reference;
  install.applySync(undefined, [made.derefInto(), settings], { timeout: LOAD_TIME_MS });
  return host;
}

/** @throws Error where the factory is not JavaScript */
export function createIsolate(module: ModuleMessage): GuestIsolate {
  const { memoryMb, permissions, outputBytes } = module;
  const isolate = new ivm.Isolate({ memoryLimit: Math.max(8, memoryMb), onCatastrophicError: () => process.abort() });
  const host = load(isolate, module, JSON.stringify({ permissions, outputBytes }));
  const part = (member: string): ivm.Reference => host.getSync(member, { reference: true }) as ivm.Reference;
  const [turn, drain, repeat, forget, isIdle] = ["turn", "drain", "repeat", "forget", "isIdle"].map(part) as [
    ivm.Reference,
    ivm.Reference,
    ivm.Reference,
    ivm.Reference,
    ivm.Reference,
  ];
  const short = { timeout: SHORT_MS };
  // A rejection that nobody handled is raised here once all guest code has run; it is no fault of the call's answer.
  const isRejection = (error: unknown): boolean => !isolate.isDisposed && stopReason(error) === "lost";
  const sync = (member: ivm.Reference, args: unknown[], options: { timeout: number }): string => {
    try {
      return member.applySync(undefined, args, options) as string;
    } catch (error) {
      if (!isRejection(error)) throw error;
      return repeat.applySync(undefined, [], short) as string;
    }
  };
  const onThread = async (member: ivm.Reference, args: unknown[], options: { timeout: number }): Promise<string> => {
    try {
      return (await member.apply(undefined, args, options)) as string;
    } catch (error) {
      if (!isRejection(error)) throw error;
      return (await repeat.apply(undefined, [], options)) as string;
    }
  };
  return {
    broken: false,
    uses: 0,
    running: new Set(),
    queue: Promise.resolve(),
    turn: (messages, timeMs) => sync(turn, [Date.now(), messages], timeMs < SHORT_MS ? { timeout: timeMs } : short),
    drain: () => sync(drain, [], short),
    onThread: {
      turn: (messages, timeMs) => onThread(turn, [Date.now(), messages], { timeout: timeMs }),
      drain: (timeMs) => onThread(drain, [], { timeout: timeMs }),
    },
    forget(id) {
      if (!isolate.isDisposed) forget.applySync(undefined, [id], short);
    },
    isIdle: () => isIdle.applySync(undefined, [], short) === true,
    reasonOf: stopReason,
    dispose() {
      if (!isolate.isDisposed) isolate.dispose();
    },
  };
}

function stopReason(error: unknown): BrokenReason {
  const message = error instanceof Error ? error.message : String(error);
  if (/timed out/i.test(message)) return "time";
  return /memory limit|allocation failed|out of memory/i.test(message) ? "memory" : "lost";
}

/** Reads the definition twice, each time in a fresh context: both readings must be the same text. */
export async function readManifest(
  module: Pick<ModuleMessage, "name" | "factory">,
): Promise<{ manifest: string | null; error: string | null }> {
  const isolate = new ivm.Isolate({ memoryLimit: INSPECT_MEMORY_MB, onCatastrophicError: () => process.abort() });
  try {
    const readings: string[] = [];
    for (let reading = 0; reading < 2; reading++) {
      const host = load(isolate, module, NOTHING_GRANTED);
      const manifest = host.getSync("manifest", { reference: true }) as ivm.Reference;
      readings.push((await manifest.apply(undefined, [], { timeout: LOAD_TIME_MS, result: { copy: true } })) as string);
    }
    if (readings[0] !== readings[1]) return { manifest: null, error: "Two readings of its definition differ" };
    return { manifest: readings[0] ?? null, error: null };
  } catch (error) {
    return { manifest: null, error: loadError(error, module.name) };
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
