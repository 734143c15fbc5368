/** The health of a tool in one word, from the record of its active version. */
import { successRateBounds } from "./statistics.ts";
import type { Health, OpportunityKind, OpportunityState } from "./words.ts";

/** Error of the anytime-valid bound by which a tool counts as failing. */
export const FAILING_ERROR = 0.005;
/** Error of the looser look by which a tool that is not failing yet counts as degraded. */
const NEAR_ERROR = 0.1;

export type HealthFacts = {
  /** Calls of the active version that count in the rate, and how many of them failed or timed out. */
  readonly calls: number;
  readonly failures: number;
  /** The success rate that the tool is held against. */
  readonly target: number;
  /** The tool's opportunities; those that are resolved or dismissed play no part. */
  readonly opportunities?: readonly { readonly kind: OpportunityKind; readonly state: OpportunityState }[];
};

/**
 * failing: even the anytime-valid upper bound of the success rate is below target. degraded: a problem is open, or the
 * bound is near. unknown: nothing that counts was recorded.
 */
export function healthOf({ calls, failures, target, opportunities = [] }: HealthFacts): Health {
  if (calls === 0) return "unknown";
  if (isBelowTarget(calls, failures, target)) return "failing";
  const open = opportunities.some(({ state }) => state === "open" || state === "in_progress");
  if (open || isBelowTarget(calls, failures, target, NEAR_ERROR)) return "degraded";
  return "healthy";
}

/** The rule of detection: whether the success rate is below target, with this chance of ever saying so wrongly. */
export function isBelowTarget(calls: number, failures: number, target: number, error = FAILING_ERROR): boolean {
  return successRateBounds(calls - failures, failures, error).upper < target;
}
