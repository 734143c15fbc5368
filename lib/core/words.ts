/** The words that machines read (docs: contracts). Each Zod enum and its type share one name. */
import { z } from "zod";

export const Outcome = z.enum(["succeeded", "refused", "failed", "timed_out", "rejected", "interrupted"]);
export type Outcome = z.infer<typeof Outcome>;

export const Strategy = z.enum(["shadow", "replay", "synthetic", "manual"]);
export type Strategy = z.infer<typeof Strategy>;

export const RiskLevel = z.enum(["low", "medium", "high"]);
export type RiskLevel = z.infer<typeof RiskLevel>;

export const Health = z.enum(["healthy", "degraded", "failing", "unknown"]);
export type Health = z.infer<typeof Health>;

export const SyncState = z.enum([
  "in_sync",
  "disk_ahead",
  "database_ahead",
  "conflict",
  "missing",
  "new",
  "unloadable",
]);
export type SyncState = z.infer<typeof SyncState>;

export const OpportunityKind = z.enum(["failing", "incorrect", "degrading", "slow"]);
export type OpportunityKind = z.infer<typeof OpportunityKind>;

export const OpportunityState = z.enum(["open", "in_progress", "resolved", "dismissed", "snoozed"]);
export type OpportunityState = z.infer<typeof OpportunityState>;

export const Verdict = z.enum(["passed", "failed", "inconclusive", "error"]);
export type Verdict = z.infer<typeof Verdict>;

export const ProposalState = z.enum([
  "generating",
  "no_fix",
  "testing",
  "awaiting_review",
  "changes_requested",
  "approved",
  "deploying",
  "simulated",
  "deployed",
  "monitoring",
  "stable",
  "rolled_back",
  "rejected",
  "stale",
  "cancelled",
]);
export type ProposalState = z.infer<typeof ProposalState>;

export const Mode = z.enum(["simulated", "real"]);
export type Mode = z.infer<typeof Mode>;

/** How one tested case came out under the candidate (docs/testing-strategy.md explains each). */
export const Label = z.enum([
  "agrees",
  "changed",
  "regression",
  "corrected",
  "still_wrong",
  "repaired",
  "unconfirmed",
  "masked",
  "handled",
  "still_failing",
  "diverged",
  "slower",
]);
export type Label = z.infer<typeof Label>;

export const Attribution = z.enum(["tool", "caller", "upstream", "unknown"]);
export type Attribution = z.infer<typeof Attribution>;

export const Decision = z.enum(["approve", "reject", "request_changes"]);
export type Decision = z.infer<typeof Decision>;

/** What an actor may do. `admin` implies all others. */
export const Scope = z.enum(["read", "call", "operate", "approve", "deploy", "admin"]);
export type Scope = z.infer<typeof Scope>;

/** A state or kind as people read it: `awaiting_review` is "awaiting review". */
export function inWords(word: string): string {
  return word.replaceAll("_", " ");
}
