/**
 * Short calls in the worker: a frame of them crosses into its isolate together and runs on the worker's main thread. The
 * guest keeps what waits; the worker keeps nothing of a call.
 */
import { createIsolate, type GuestIsolate } from "./isolate.ts";
import { FROM_WORKER, type ModuleMessage } from "./messages.ts";
import { SHORT_MS } from "./short.ts";

const MOST_ISOLATES = 24;
/** An isolate is made anew after so many messages: what V8 keeps of them grows. */
const MOST_USES = 100_000;
/** A frame that takes longer, over all answers of recordings, is not short. */
const FRAME_MS = 2 * SHORT_MS;

export type Frame = {
  readonly key: number;
  readonly timeMs: number;
  readonly count: number;
  /** The text of an array of starts and answers. */
  readonly messages: string;
};

/** By module, in the order of their last use. */
const isolates = new Map<number, GuestIsolate>();

/** Runs a frame until each of its calls waits or has ended; answers what the parent is told of it. */
export function runFrame({ key, timeMs, count, messages }: Frame, modules: ReadonlyMap<number, ModuleMessage>): string {
  let isolate: GuestIsolate | null;
  try {
    isolate = isolateOf(key, modules);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return `${FROM_WORKER.unloadable} ${key} ${JSON.stringify({ calls: callsIn(messages), message })}\n`;
  }
  if (isolate === null) return `${FROM_WORKER.need} ${key} ${JSON.stringify(callsIn(messages))}\n`;
  isolate.uses += count;
  const began = performance.now();
  try {
    let told = isolate.turn(messages, timeMs);
    let reports = told.slice(1);
    while (told[0] === "+") {
      if (performance.now() - began > FRAME_MS) return giveUp(isolate, key, began, "time", messages);
      told = isolate.drain();
      reports += told.slice(1);
    }
    return `${FROM_WORKER.frame} ${key} ${micros(began)}\n${reports}`;
  } catch (error) {
    return giveUp(isolate, key, began, isolate.reasonOf(error), messages);
  }
}

const micros = (began: number): number => Math.round((performance.now() - began) * 1_000);

/** The numbers of the calls that a frame is about: which of them it was that held it up does not show. */
function callsIn(messages: string): number[] {
  return (JSON.parse(messages) as [number][]).map(([id]) => id);
}

// After a timeout or a memory fault the isolate is not to be trusted.
function giveUp(isolate: GuestIsolate, key: number, began: number, reason: string, messages: string): string {
  isolates.delete(key);
  isolate.dispose();
  const told = { reason, calls: callsIn(messages) };
  return `${FROM_WORKER.broken} ${key} ${micros(began)} ${JSON.stringify(told)}\n`;
}

function isolateOf(key: number, modules: ReadonlyMap<number, ModuleMessage>): GuestIsolate | null {
  const known = isolates.get(key);
  if (known !== undefined && (known.uses < MOST_USES || !known.isIdle())) {
    if (isolates.size > MOST_ISOLATES >> 1) {
      isolates.delete(key);
      isolates.set(key, known);
    }
    return known;
  }
  const module = modules.get(key);
  if (module === undefined) return null;
  known?.dispose();
  isolates.delete(key);
  const made = createIsolate(module);
  isolates.set(key, made);
  for (const [other, isolate] of isolates) {
    if (isolates.size <= MOST_ISOLATES) break;
    if (isolate === made || !isolate.isIdle()) continue;
    isolates.delete(other);
    isolate.dispose();
  }
  return made;
}

/** The call is given up: what it waits for comes no more. */
export function stopShort(id: number, key: number): void {
  isolates.get(key)?.forget(id);
}
