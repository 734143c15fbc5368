/** From how a run ended to what is recorded of it; calls and tests judge by the same rules. */
import type { ErrorInfo } from "./execution.ts";
import type { Json } from "./json.ts";
import { type SchemaError, sentence, validateJson } from "./json-schema.ts";
import type { Manifest } from "./tool.ts";
import type { Outcome } from "./words.ts";

/** The endings of a run that have an outcome: every `RunResult` but `diverged`, which only replays know. */
export type Ending =
  | { readonly kind: "returned"; readonly output: Json }
  | { readonly kind: "not_json"; readonly detail: string }
  | { readonly kind: "refused"; readonly error: ErrorInfo }
  | { readonly kind: "threw"; readonly error: ErrorInfo }
  | { readonly kind: "postcondition"; readonly broken: string; readonly output: Json }
  | { readonly kind: "timed_out"; readonly reason: "time" | "memory" | "never_settled" }
  | { readonly kind: "interrupted"; readonly detail: string };

/** What an execution or a tested case says about its run. */
export type RecordedOutcome = {
  readonly status: Outcome;
  /** Kept with a broken schema or postcondition too: it shows what went wrong. */
  readonly output?: Json;
  readonly error?: ErrorInfo;
};

const TIMED_OUT = {
  time: { name: "TimedOut", message: "The call ran over its time budget" },
  memory: { name: "OutOfMemory", message: "The call needed more memory than its budget" },
  never_settled: { name: "NeverSettled", message: "The call waits for something that can never come" },
} as const;

/** Judges an ending by the tool's manifest. */
export function toOutcome(manifest: Pick<Manifest, "outputSchema">, ending: Ending): RecordedOutcome {
  switch (ending.kind) {
    case "returned": {
      const check = validateJson(manifest.outputSchema, ending.output);
      if (check.ok) return { status: "succeeded", output: ending.output };
      const message = `The output breaks its schema: ${check.errors.map(sentence).join("; ")}`;
      return { status: "failed", output: ending.output, error: { name: "OutputSchema", message, stack: "" } };
    }
    case "not_json":
      return {
        status: "failed",
        error: { name: "OutputNotJson", message: `The output is not JSON: ${ending.detail}`, stack: "" },
      };
    case "postcondition":
      return {
        status: "failed",
        output: ending.output,
        error: { name: "Postcondition", message: `Broken: ${ending.broken}`, stack: "" },
      };
    case "refused":
      return { status: "refused", error: ending.error };
    case "threw":
      return { status: "failed", error: ending.error };
    case "timed_out":
      return { status: "timed_out", error: { ...TIMED_OUT[ending.reason], stack: "" } };
    case "interrupted":
      return { status: "interrupted", error: { name: "Interrupted", message: ending.detail, stack: "" } };
  }
}

/** Where an input breaks the tool's `inputSchema`; empty when it may be run. */
export function inputErrors({ inputSchema }: Pick<Manifest, "inputSchema">, input: unknown): SchemaError[] {
  const check = validateJson(inputSchema, input);
  return check.ok ? [] : check.errors;
}

/** What a rejected input is recorded with. */
export function rejectionOf(errors: readonly SchemaError[]): ErrorInfo {
  const message = errors.map((one) => (one.path === "" ? one.message : `${one.path} ${one.message}`)).join("; ");
  return { name: "InputRejected", message, stack: "" };
}
