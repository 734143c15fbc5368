/** What a version was seen doing, and whether a call that is run again on its recording answers as it did. */
import { z } from "zod";
import type { Execution } from "./execution.ts";
import { canonicalJson } from "./json.ts";
import type { RecordedOutcome } from "./outcome.ts";
import type { Effect } from "./tool.ts";

export const Observation = z.object({
  tool: z.string(),
  version: z.number().int(),
  /** A kind of effect (`kv.set`, `fetch POST`), or one of `RERUN`. */
  what: z.string(),
  /** How often it was noted; an effect is not noted each time that it is made. */
  times: z.number().int(),
  /** What differed; empty for effects. */
  detail: z.string(),
  /** The execution that showed it last. */
  executionId: z.string(),
  firstAt: z.date(),
  lastAt: z.date(),
});
export type Observation = z.infer<typeof Observation>;

/** What comes of running a recorded call again in a context that no other call was in. */
export const RERUN = { same: "rerun same", differs: "rerun differs", diverges: "rerun diverges" } as const;

/** The kind of an effect as observations name it: a request with its method. */
export function effectKindOf({ kind, request }: Pick<Effect, "kind" | "request">): string {
  if (kind !== "fetch" || request === null || typeof request !== "object" || Array.isArray(request)) return kind;
  const { method } = request;
  return typeof method === "string" ? `fetch ${method.toUpperCase()}` : kind;
}

/** Whether a call can be run again on its recording: it was there, and it was not cut off. */
export function isRepeatable({ status }: Pick<Execution, "status">): boolean {
  return status === "succeeded" || status === "refused" || status === "failed";
}

/** How a second run differs from the record; null where it does not. Stacks may differ, values and errors may not. */
export function differenceOf(
  recorded: Pick<Execution, "status" | "output" | "error">,
  again: RecordedOutcome,
): string | null {
  if (recorded.status !== again.status) return `it ${WORDS[recorded.status]} and then ${WORDS[again.status]}`;
  if (canonicalJson(recorded.output) !== canonicalJson(again.output)) return "its output was another one";
  const { name, code, message } = recorded.error ?? {};
  if (name !== again.error?.name || code !== again.error?.code) return "it threw another error";
  return message === again.error?.message ? null : "its error said something else";
}

const WORDS: Record<Execution["status"], string> = {
  succeeded: "succeeded",
  refused: "refused",
  failed: "failed",
  timed_out: "ran out of its budget",
  rejected: "was rejected",
  interrupted: "was interrupted",
};
