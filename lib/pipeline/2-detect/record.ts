/** The recorded life of one tool over the window, as plain data: all that the decision looks at. Marked values are masked. */
import type { RecordedCall } from "#lib/core/asked-again.ts";
import type { CaseRun } from "#lib/core/case-run.ts";
import type { Execution, Feedback } from "#lib/core/execution.ts";
import type { Outcome } from "#lib/core/words.ts";
import type { TrafficBucket } from "#lib/ports/executions.ts";

export type WrongCase = Pick<CaseRun["items"][number], "description" | "got" | "kept">;

export type ToolRecord = {
  readonly tool: string;
  /** The active version; counts, failures and answers are its own. */
  readonly version: number;
  readonly target: number;
  readonly latencyBudgetMs: number | undefined;
  /** Ends with the last recorded call, so that a tool nobody calls keeps its last record. */
  readonly since: Date;
  readonly until: Date;
  /** First call of the active version within the window. */
  readonly firstCall: Date;
  /** When another version answered last, which slices of traffic hold too; the beginning of the window where none did. */
  readonly aloneSince: Date;
  readonly counts: Partial<Record<Outcome, number>>;
  /** Its calls since the last change, where that came after its first call. */
  readonly recent: { readonly since: Date; readonly counts: Partial<Record<Outcome, number>> } | null;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Slices of the window, all versions together: equal, but for those that a change was found in. */
  readonly traffic: readonly TrafficBucket[];
  /** Newest first, up to a limit. */
  readonly failures: readonly Execution[];
  /** Calls that did not fail, newest first, up to a limit. */
  readonly others: readonly Execution[];
  /** Latencies of good answers: of the last day, and of the days before it whatever the version. */
  readonly recentMs: readonly number[];
  readonly baselineMs: readonly number[];
  /** Outputs of the active version that somebody marked wrong, the newest word first, up to a limit. */
  readonly wrong: readonly { readonly execution: Execution; readonly feedback: Feedback }[];
  /** How many outputs are marked wrong in all, and when the first of them was given; null for none. */
  readonly marked: { readonly wrong: number; readonly since: Date } | null;
  /** Cases of the tool that the active version answered otherwise than they say, at their last run. */
  readonly wrongCases: readonly WrongCase[];
  /** Newest calls of all versions, and some from before the last day and before the active version. */
  readonly asked: readonly RecordedCall[];
  /** Ids of executions whose answers somebody called right. */
  readonly right: ReadonlySet<string>;
  /** When versions became active, newest first. */
  readonly activations: readonly { readonly version: number; readonly at: Date }[];
};

/** Whether there were more failures than those that were read, which are the newest. */
export function failuresCutOff({ failures, counts }: Pick<ToolRecord, "failures" | "counts">): boolean {
  return failures.length < (counts.failed ?? 0) + (counts.timed_out ?? 0);
}
