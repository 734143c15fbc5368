/**
 * What parent and worker say to each other over a channel of their own: a line a message, `WORD ID [NUMBER…] [JSON]`. The
 * heads are read by both; the JSON of calls, answers and reports goes from guest to parent as it is, written and read once.
 */
import type { ErrorInfo } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import type { EffectKind, Permissions } from "#lib/core/tool.ts";

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

/** An effect of a recording as guests read it: number, kind, request, response and, where it failed, the error. */
export type RecordedEffect = [number, EffectKind, Json, Json, { name: string; message: string }?];

/** What a guest starts a call from: its number, three words of chance, whether effects are performed, the recording, the input. */
export type StartMessage = readonly [number, number, number, number, 0 | 1, readonly RecordedEffect[] | null, Json];
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

/** Why an isolate was given up: guest code in it was stopped, or it was lost. */
export type BrokenReason = "time" | "memory" | "lost";

/** From the parent. */
export const TO_WORKER = {
  /** `m KEY JSON`: a module. */
  module: "m",
  /** `f KEY TIME_MS COUNT MESSAGES`: starts and answers of short calls of one module, run together on the main thread. */
  frame: "f",
  /** `t ID KEY TIME_MS START`: a call that may be long, on a thread of its own. */
  thread: "t",
  /** `a ID ANSWER`: the answer to an effect of a long call. */
  answer: "a",
  /** `s ID KEY`: the call is given up. */
  stop: "s",
  /** `i ID JSON`: read the definition of a module. */
  inspect: "i",
} as const;

/** From the worker. Each frame is answered by one of the first four, in the order in which frames were sent. */
export const FROM_WORKER = {
  /** `f KEY MICROSECONDS`: a frame has run; the guest's reports follow. */
  frame: "f",
  /** `x KEY MICROSECONDS JSON`: the isolate was given up, why and over which calls; the others in it are lost. */
  broken: "x",
  /** `n KEY JSON`: the worker does not have the module any more, and these calls did not run. */
  need: "n",
  /** `u KEY JSON`: the module cannot be loaded: the calls, and why. */
  unloadable: "u",
  ready: "R",
  /** `b ID`: a long call has begun: its time budget counts from here. */
  begun: "b",
  /** `P ID JSON`: what a long call did and asks for; it waits now. */
  step: "P",
  /** `E ID MICROSECONDS JSON`: a long call ended. */
  ended: "E",
  /** `N ID`: the worker does not have the module of a long call any more. */
  needLong: "N",
  /** `L ID`: a neighbour broke the isolate that a long call ran in: run it again. */
  lost: "L",
  /** `i ID JSON`: what was read of a definition. */
  inspected: "i",
} as const;

/** Reports of guests in a frame: `pID JSON` of a call that waits, `eID JSON` of one that has ended. */
export const REPORT = { waits: "p", ended: "e" } as const;

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
