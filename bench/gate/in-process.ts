/** Runs a corpus function in this process, thousands of times a second: to label calls and to sort mutants, never to judge. */
import { createContext, runInContext } from "node:vm";
import { canonicalJson, type Json } from "#lib/core/json.ts";

/** A value as canonical JSON text, or how it failed. */
export type Ran = { readonly value: string } | { readonly failure: string };

const LONGEST_MS = 40;
const LARGEST = 20_000;

/** Loads a source; the answer runs its entry on a list of arguments. Null where it does not load. */
export function load(source: string, entry: string): ((args: readonly Json[]) => Ran) | null {
  const context = createContext({});
  try {
    runInContext(`${HARNESS}\n${source}\n;globalThis.__run = __harness(${entry});`, context, { timeout: 1_000 });
  } catch {
    return null;
  }
  return (args) => {
    try {
      context.__args = JSON.stringify(args);
      const text = runInContext("__run(__args)", context, { timeout: LONGEST_MS }) as string;
      if (text.startsWith("!")) return { failure: text.slice(1) };
      if (text.length > LARGEST) return { failure: "TooLarge" };
      return { value: canonicalJson(JSON.parse(text)) };
    } catch (error) {
      const late = error instanceof Error && (error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
      return { failure: late ? "TimedOut" : "Broken" };
    }
  };
}

/** Inside the realm: arguments in as text, the result out as text, failures by name behind a "!". */
const HARNESS = `
globalThis.console = { log() {} };
function __harness(entry) {
  const isJson = (value, above) => {
    if (value === null || typeof value === "string" || typeof value === "boolean") return true;
    if (typeof value === "number") return Number.isFinite(value);
    if (typeof value !== "object" || above.includes(value)) return false;
    const inner = [...above, value];
    if (Array.isArray(value)) { for (let i = 0; i < value.length; i++) if (!isJson(value[i], inner)) return false; return true; }
    if (Object.getPrototypeOf(value) !== Object.prototype) return false;
    return Object.values(value).every((one) => isJson(one, inner));
  };
  return (text) => {
    let result;
    try { result = entry(...JSON.parse(text)); } catch (error) { return "!" + (error && error.name || "Error"); }
    return isJson(result, []) ? JSON.stringify(result) : "!OutputNotJson";
  };
}`;

/** Whether two answers are the same answer. */
export function sameAnswer(a: Ran, b: Ran): boolean {
  if ("value" in a && "value" in b) return a.value === b.value;
  return "failure" in a && "failure" in b;
}
