/** What parent and worker say to each other: one JSON object a line over a channel of their own. */
import type { ErrorInfo } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import type { Effect, EffectKind, Permissions } from "#lib/core/tool.ts";

export type Answer =
  | { readonly response: Json }
  | { readonly error: { readonly name: string; readonly message: string } };

export type RunMessage = {
  t: "run";
  id: number;
  /** Key of the module; the factory comes along only where the worker may not have it. */
  key: string;
  name: string;
  factory: string | null;
  /** JSON text. */
  input: string;
  permissions: Permissions;
  timeMs: number;
  memoryMb: number;
  outputBytes: number;
  seed: readonly number[];
  /** Effects that are answered from the record; what comes after them is asked for only where the run is live. */
  journal: readonly Effect[];
  live: boolean;
};

export type ToWorker =
  | RunMessage
  | { t: "answer"; id: number; call: number; answer: Answer }
  | { t: "stop"; id: number }
  | { t: "inspect"; id: number; name: string; factory: string };

/** The ending of a run; outputs are JSON text. */
export type WorkerEnding =
  | { kind: "returned"; output: string }
  | { kind: "not_json"; detail: string }
  | { kind: "refused"; error: ErrorInfo }
  | { kind: "threw"; error: ErrorInfo }
  | { kind: "postcondition"; broken: string; output: string }
  | { kind: "timed_out"; reason: "time" | "memory" | "never_settled" }
  | { kind: "diverged"; askedFor: { kind: string; request: Json } };

export type Ask = { call: number; kind: EffectKind; request: Json };

/** One completed effect, in completion order: answered by the parent, from the journal, in the guest, or left open. */
export type LogItem =
  | { call: number }
  | { call: number; entry: number }
  | { call: number; kind: EffectKind; request: Json; response: Json }
  | { call: number; left: string };

/** What came of a call when its guest code last ran. */
export type Step = {
  log: LogItem[];
  asks: Ask[];
  /** The piece of guest code is done: the call waits for the parent, or has ended. */
  rests: boolean;
};

export type FromWorker =
  | { t: "ready" }
  /** The call has begun: its time budget counts from here. */
  | { t: "begun"; id: number }
  | ({ t: "step"; id: number } & Step)
  | { t: "done"; id: number; ending: WorkerEnding }
  /** The worker does not have the module any more: send the run again with its factory. */
  | { t: "need"; id: number }
  /** A neighbour broke the isolate that this call ran in: run it again. */
  | { t: "lost"; id: number }
  | { t: "inspected"; id: number; manifest: string | null; error: string | null };

/** Splits a stream into lines and parses each. */
export function readFrames<Message>(onMessage: (message: Message) => void): (chunk: string) => void {
  let parts: string[] = [];
  return (chunk) => {
    const lines = chunk.split("\n");
    const last = lines.pop() as string;
    for (const line of lines) {
      parts.push(line);
      const whole = parts.join("");
      parts = [];
      onMessage(JSON.parse(whole) as Message);
    }
    if (last !== "") parts.push(last);
  };
}
