/** From how a run ended to the outcome of an execution, by the tool's schemas (docs/tools.md, "How a call ends"). */
import { type SchemaFault, validateJson } from "./json-schema.ts";
import type { ErrorInfo } from "./execution.ts";
import type { Json } from "./json.ts";
import type { Manifest } from "./tool.ts";
import type { Outcome } from "./words.ts";

/** The endings of a run that an outcome can be read from; a replay that diverged is not one. */
export type Ending =
  | { readonly kind: "returned"; readonly output: Json }
  | { readonly kind: "not_json"; readonly detail: string }
  | { readonly kind: "refused"; readonly error: ErrorInfo }
  | { readonly kind: "threw"; readonly error: ErrorInfo }
  | { readonly kind: "postcondition"; readonly broken: string; readonly output: Json }
  | { readonly kind: "timed_out"; readonly reason: "time" | "memory" | "never_settled" }
  | { readonly kind: "interrupted"; readonly detail: string };

export type Result = { readonly status: Outcome; readonly output?: Json | undefined; readonly error?: ErrorInfo | undefined };

const TIMED_OUT: Record<"time" | "memory" | "never_settled", { name: string; message: string }> = {
  time: { name: "TimedOut", message: "the call took longer than its time budget" },
  memory: { name: "OutOfMemory", message: "the call used more than its memory budget" },
  never_settled: { name: "NeverSettled", message: "the call waits for something that never comes" },
};

/** What does not fit the tool's input schema; nothing when the input may reach the tool. */
export function inputErrors(manifest: Manifest, input: unknown): SchemaFault[] {
  return validateJson(manifest.inputSchema, input);
}

/** The outcome of a run. */
export function toOutcome(manifest: Manifest, ending: Ending): Result {
  switch (ending.kind) {
    case "returned": {
      const faults = validateJson(manifest.outputSchema, ending.output);
      if (faults.length === 0) return { status: "succeeded", output: ending.output };
      const message = `the output does not fit its schema: ${faults.map(({ message }) => message).join("; ")}`;
      return { status: "failed", output: ending.output, error: { name: "OutputSchema", message, stack: "" } };
    }
    case "postcondition":
      return {
        status: "failed",
        output: ending.output,
        error: { name: "Postcondition", message: `a postcondition does not hold: ${ending.broken}`, stack: "" },
      };
    case "not_json":
      return { status: "failed", error: { name: "OutputNotJson", message: ending.detail, stack: "" } };
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
