/** What parent and worker say to each other: one JSON object a line over a socket of their own. */
import type { ErrorInfo } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import type { Effect, EffectKind, Permissions } from "#lib/core/tool.ts";

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
  seed: number;
  journal: readonly Effect[] | null;
};

export type ToWorker =
  | RunMessage
  | { t: "answer"; id: number; call: number; answer: { response: Json } | { error: { name: string; message: string } } }
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

export type FromWorker =
  | { t: "ready" }
  /** The call has begun: its time budget counts from here. */
  | { t: "begun"; id: number }
  | { t: "effect"; id: number; call: number; kind: EffectKind; request: Json }
  | { t: "done"; id: number; ending: WorkerEnding; latencyMs: number; effects: Effect[] }
  /** The worker does not have the module any more: send the run again with its factory. */
  | { t: "need"; id: number }
  /** A neighbour broke the isolate that this call ran in: run it again. */
  | { t: "lost"; id: number }
  | { t: "inspected"; id: number; manifest: string | null; error: string | null };

/** Splits a stream into lines and parses each. */
export function readFrames<Message>(onMessage: (message: Message) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    rest += chunk;
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n")) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      onMessage(JSON.parse(line) as Message);
    }
  };
}
