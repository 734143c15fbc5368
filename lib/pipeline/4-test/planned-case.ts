/** A case that is going to be run, before it is known how either version does on it. */
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Json } from "#lib/core/json.ts";
import type { Expectation, TargetReason } from "#lib/core/labels.ts";
import type { Effect, StatedEffect } from "#lib/core/tool.ts";
import type { Outcome } from "#lib/core/words.ts";

/**
 * What answers the case's effects: as recorded, in completion order; as a test case states them; or nothing but a clock
 * that stands still and chance that repeats itself, so that both versions see the same.
 */
export type Answers =
  | { readonly journal: readonly Effect[] }
  | { readonly stated: readonly StatedEffect[] }
  | { readonly at: Date };

export type PlannedCase = Expectation & {
  readonly source: EvidenceCase["source"];
  readonly description: string;
  readonly input: Json;
  readonly executionId?: string;
  readonly cluster?: string;
  readonly answers: Answers;
  /** How the recorded call ended, and under which version. */
  readonly recorded?: { readonly version: number; readonly status: Outcome; readonly output?: Json };
  /** Why the recording counts as wrong; absent for good calls and for cases, whose old run decides. */
  readonly wrong?: TargetReason;
  /** A failure or a wrong answer that the change is not for: looked at only for whether it is hidden or spoilt. */
  readonly aside?: boolean;
};
