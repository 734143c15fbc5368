/** One recorded call of a tool. */
import { z } from "zod";
import { Actor } from "./actor.ts";
import { Json } from "./json.ts";
import { Effect } from "./tool.ts";
import { Outcome } from "./words.ts";

export const ErrorInfo = z.object({
  name: z.string(),
  /** Only for `ToolError`. */
  code: z.string().optional(),
  message: z.string(),
  stack: z.string().default(""),
});
export type ErrorInfo = z.infer<typeof ErrorInfo>;

export const Execution = z.object({
  /** UUIDv7. */
  id: z.string(),
  tool: z.string(),
  /** Version number of the tool that answered. */
  version: z.number().int(),
  startedAt: z.date(),
  latencyMs: z.number().nonnegative(),
  status: Outcome,
  input: Json,
  output: Json.optional(),
  error: ErrorInfo.optional(),
  effects: z.array(Effect),
  caller: z.string(),
  traceId: z.string().optional(),
  externalId: z.string().optional(),
  /** Cluster key of the failure (core/clusters.ts), absent for calls that did not fail. */
  cluster: z.string().optional(),
  /** Key of the input's shape (core/clusters.ts). */
  shape: z.string(),
  /** What of it was not put on record (core/recording.ts); absent where all of it was. */
  recording: z.enum(["redacted", "shape", "off"]).optional(),
});
export type Execution = z.infer<typeof Execution>;

/** Outcomes that count as failures in a success rate. */
export function isFailure(status: Outcome): boolean {
  return status === "failed" || status === "timed_out";
}

/** Outcomes that count in a success rate at all; refused, rejected and interrupted stand apart. */
export function countsInRate(status: Outcome): boolean {
  return status === "succeeded" || isFailure(status);
}

/** A person's or agent's word on an execution's output. */
export const Feedback = z.object({
  id: z.string(),
  executionId: z.string(),
  tool: z.string(),
  correct: z.boolean(),
  expectedOutput: Json.optional(),
  note: z.string().optional(),
  createdAt: z.date(),
});
export type Feedback = z.infer<typeof Feedback>;

/** The newest word on one execution, with whose it is. */
export const Word = Feedback.omit({ executionId: true, tool: true }).extend({ actor: Actor });
export type Word = z.infer<typeof Word>;

/** A test case kept in the database because a person made it from an execution or confirmed a value. */
export const StoredCase = z.object({
  id: z.string(),
  tool: z.string(),
  description: z.string(),
  input: Json,
  expectedOutput: Json.optional(),
  shouldThrow: z.string().optional(),
  /** The journal that `ctx` answers from, as recorded. */
  effects: z.array(Effect),
  executionId: z.string().optional(),
  createdAt: z.date(),
});
export type StoredCase = z.infer<typeof StoredCase>;
