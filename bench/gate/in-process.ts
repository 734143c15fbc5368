/** Runs a corpus function in this process, thousands of times a second: to label calls and to sort mutants, never to judge. */
import { type Context, createContext, runInContext } from "node:vm";
import { canonicalJson, type Json } from "#lib/core/json.ts";

/** A value as canonical JSON text, or how it failed. */
export type Ran = { readonly value: string } | { readonly failure: string };
/** A run with the time that it took. */
export type Timed = { readonly ran: Ran; readonly ms: number };

type Args = readonly Json[];
/** Runs the function on one list of arguments after the other; whoever has seen enough leaves off. */
export type Run = (all: readonly Args[], longestMs?: () => number) => Generator<Timed, void, void>;

const LONGEST_MS = 40;
const LARGEST = 20_000;
/** Entering the realm with a time limit costs more than most of the functions: many calls share it. */
const MOST_AT_ONCE = 256;

/** Loads a source; null where it does not load. */
export function load(source: string, entry: string): Run | null {
  const context = createContext({ __now: () => performance.now() });
  try {
    runInContext(`${HARNESS}\n${source}\n;globalThis.__run = __harness(${entry});`, context, { timeout: 1_000 });
  } catch {
    return null;
  }
  return function* run(all, longestMs = () => LONGEST_MS) {
    // One call that never ends costs its time twice, unless it stands first: so few at once after each such call.
    for (let [at, size] = [0, 1]; at < all.length; size = Math.min(size * 2, MOST_AT_ONCE)) {
      const done = runSome(context, all.slice(at, at + size), longestMs());
      yield* done;
      at += done.length;
      if (done.length === 0) {
        yield { ran: { failure: "TimedOut" }, ms: longestMs() };
        at += 1;
      }
      if (done.length < size) size = 1;
    }
  };
}

/** As many of the calls as end in the time. */
function runSome(context: Context, some: readonly Args[], longestMs: number): Timed[] {
  context.__texts = some.map((args) => JSON.stringify(args));
  context.__done = [];
  let broken = false;
  try {
    runInContext("__run(__texts, __done)", context, { timeout: Math.ceil(longestMs) });
  } catch (error) {
    // An error of the other realm: instanceof would not know it.
    broken = (error as { code?: unknown } | null)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT";
  }
  const done = (context.__done as [string, number][]).map(([text, ms]) => ({ ran: read(text), ms }));
  if (broken) done.push({ ran: { failure: "Broken" }, ms: 0 });
  return done;
}

function read(text: string): Ran {
  if (text.startsWith("!")) return { failure: text.slice(1) };
  return text.length > LARGEST ? { failure: "TooLarge" } : { value: canonicalJson(JSON.parse(text)) };
}

/** Inside the realm: arguments in as text, results out as text with their time, failures by name behind a "!". */
const HARNESS = `
globalThis.console = { log() {} };
function __harness(entry) {
  const now = __now;
  const isJson = (value, above) => {
    if (value === null || typeof value === "string" || typeof value === "boolean") return true;
    if (typeof value === "number") return Number.isFinite(value);
    if (typeof value !== "object" || above.includes(value)) return false;
    const inner = [...above, value];
    if (Array.isArray(value)) { for (let i = 0; i < value.length; i++) if (!isJson(value[i], inner)) return false; return true; }
    if (Object.getPrototypeOf(value) !== Object.prototype) return false;
    return Object.values(value).every((one) => isJson(one, inner));
  };
  const answer = (text) => {
    let result;
    try { result = entry(...JSON.parse(text)); } catch (error) { return "!" + (error && error.name || "Error"); }
    return isJson(result, []) ? JSON.stringify(result) : "!OutputNotJson";
  };
  return (texts, done) => {
    for (const text of texts) {
      const began = now();
      const said = answer(text);
      done.push([said, now() - began]);
    }
  };
}`;

/** Whether two answers are the same answer. */
export function sameAnswer(a: Ran, b: Ran): boolean {
  if ("value" in a && "value" in b) return a.value === b.value;
  return "failure" in a && "failure" in b;
}
