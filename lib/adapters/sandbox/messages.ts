/**
 * What parent and worker say to each other over a channel of their own: a line a message, `WORD ID [NUMBER…] [JSON]`. The
 * heads are read by both; the JSON of calls, answers and reports goes from guest to parent as it is, written and read once.
 */
import type { ErrorInfo } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import type { Effect, EffectKind, Permissions } from "#lib/core/tool.ts";

export type Answer =
  | { readonly response: Json }
  | { readonly error: { readonly name: string; readonly message: string } };

/** A module as a worker needs it, sent before its first call there. */
export type ModuleMessage = {
  readonly name: string;
  readonly factory: string;
  readonly memoryMb: number;
  readonly permissions: Permissions;
  readonly outputBytes: number;
};

/** What a guest starts a call from: its number, three words of chance, whether effects are performed, the recording, the input. */
export type StartMessage = readonly [number, number, number, number, 0 | 1, readonly Effect[] | null, Json];
/** The answer to an effect: the numbers of the call and of the effect. */
export type AnswerMessage = readonly [number, number, Answer];

/** The ending of a run. */
export type WorkerEnding =
  | { kind: "returned"; output: Json }
  | { kind: "not_json"; detail: string }
  | { kind: "refused"; error: ErrorInfo }
  | { kind: "threw"; error: ErrorInfo }
  | { kind: "postcondition"; broken: string; output: Json }
  | { kind: "timed_out"; reason: "time" | "memory" | "never_settled" }
  | { kind: "diverged"; askedFor: { kind: string; request: Json } };

export type Ask = { call: number; kind: EffectKind; request: Json };

/** One completed effect, in completion order: answered by the parent, from the journal, in the guest, or left open. */
export type LogItem =
  | { call: number }
  | { call: number; entry: number }
  | { call: number; kind: EffectKind; request: Json; response: Json }
  | { call: number; left: string };

/** What came of a call since the last report. `same`: it asked for and completed its whole recording, in its order. */
export type Report = { log?: LogItem[]; asks?: Ask[]; same?: true; ending?: WorkerEnding };

/** From the parent. */
export const TO_WORKER = {
  /** `m KEY JSON`: a module. */
  module: "m",
  /** `r ID KEY TIME_MS START`: a call that is expected to be short, run on the worker's main thread. */
  run: "r",
  /** `t ID KEY TIME_MS START`: a call that may be long, on a thread of its own. */
  thread: "t",
  /** `a ID ANSWER`: the answer to an effect. */
  answer: "a",
  /** `s ID`: the call is given up. */
  stop: "s",
  /** `i ID JSON`: read the definition of a module. */
  inspect: "i",
} as const;

/** From the worker. */
export const FROM_WORKER = {
  ready: "R",
  /** `b ID`: a long call has begun: its time budget counts from here. */
  begun: "b",
  /** `p ID JSON`: what a call did and asks for; it waits now. */
  step: "p",
  /** `e ID MICROSECONDS JSON`: a call ended. */
  ended: "e",
  /** `n ID`: the worker does not have the module any more. */
  need: "n",
  /** `l ID`: a neighbour broke the isolate that this call ran in: run it again. */
  lost: "l",
  /** `x ID`: the call is not short: run it again on a thread of its own. */
  long: "x",
  /** `i ID JSON`: what was read of a definition. */
  inspected: "i",
} as const;

/** The head's numbers and the JSON text after them. */
export type Line = { readonly word: string; readonly numbers: readonly number[]; readonly json: string };

/** Reads a line: one letter, numbers, and JSON text, which is never a bare number. */
export function readLine(line: string): Line {
  const numbers: number[] = [];
  let at = 1;
  while (at < line.length) {
    const first = line.charCodeAt(at + 1);
    if (first < 48 || first > 57) return { word: line[0] as string, numbers, json: line.slice(at + 1) };
    let end = line.indexOf(" ", at + 1);
    if (end === -1) end = line.length;
    numbers.push(Number(line.slice(at + 1, end)));
    at = end;
  }
  return { word: line[0] as string, numbers, json: "" };
}

/** Splits a stream of text into its lines. */
export function readLines(onLine: (line: string) => void): (chunk: string) => void {
  let parts: string[] = [];
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", from)) {
      const line = chunk.slice(from, end);
      from = end + 1;
      if (parts.length === 0) onLine(line);
      else {
        parts.push(line);
        const whole = parts.join("");
        parts = [];
        onLine(whole);
      }
    }
    if (from < chunk.length) parts.push(chunk.slice(from));
  };
}
