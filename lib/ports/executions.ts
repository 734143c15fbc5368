/** What the rooms ask of the database about calls, the largest of its repositories. */
import type { Actor } from "#lib/core/actor.ts";
import type { RecordedCall } from "#lib/core/asked-again.ts";
import type { CallTally } from "#lib/core/deployment.ts";
import type { Execution, Feedback, StoredCase, Word } from "#lib/core/execution.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Outcome } from "#lib/core/words.ts";
import type { Page, PageRequest } from "./page.ts";

export type ExecutionFilter = {
  tool?: string | undefined;
  /** One outcome, or any of several. */
  status?: Outcome | readonly Outcome[] | undefined;
  version?: number | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  /** Key of a failure cluster, or any of several. */
  cluster?: string | readonly string[] | undefined;
  caller?: string | undefined;
  /** Took longer than so many milliseconds. */
  slowerThan?: number | undefined;
  /** What the newest word on its answer says. */
  marked?: "right" | "wrong" | undefined;
  /** Words that stand in the input, output or error. Only the newest `SEARCHED` calls of the other filters are looked through. */
  text?: string | undefined;
};

/** How many calls a search for words looks through. */
export const SEARCHED = 20_000;

/** One slice of time of one tool. */
export type CallsOfHour = Pick<TrafficBucket, "calls" | "failures" | "refused" | "rejected">;

export type TrafficBucket = {
  at: Date;
  calls: number;
  failures: number;
  refused: number;
  rejected: number;
  p50Ms: number;
  p95Ms: number;
};

export type ImportedExecution = Omit<Execution, "id"> & { externalId?: string | undefined };

/** The calls of one version of a tool. */
export type VersionCounts = {
  tool: string;
  version: number;
  counts: Partial<Record<Outcome, number>>;
  first: Date;
  last: Date;
};

export type ExecutionRepository = {
  /** Durable when the promise settles; calls are grouped into one write (no timer). Ids already stored are skipped. */
  record(execution: Execution): Promise<void>;
  /** Bulk load. A seen `externalId` is not imported twice; answers which lines were new. */
  import(executions: ImportedExecution[]): Promise<{ imported: number; duplicates: number }>;
  list(filter: ExecutionFilter, page: PageRequest): Promise<Page<Execution>>;
  find(id: string): Promise<Execution | null>;
  /** Those of these calls that are on record, by their ids. */
  findAll(ids: readonly string[]): Promise<ReadonlyMap<string, Execution>>;
  /** Calls per outcome, per tool and version. */
  counts(filter: ExecutionFilter): Promise<VersionCounts[]>;
  /** The same with quantiles of the latency, for which all calls are sorted. */
  statistics(filter: ExecutionFilter): Promise<(VersionCounts & { p50Ms: number; p95Ms: number })[]>;
  /** Calls per outcome of these versions; one that was never called is left out. */
  outcomes(
    versions: readonly Pick<Version, "tool" | "number">[],
  ): Promise<{ tool: string; version: number; counts: Partial<Record<Outcome, number>> }[]>;
  /** The effects of the newest `most` calls of each of these versions; a call without any is left out. */
  newestEffects(
    versions: readonly Pick<Version, "tool" | "number">[],
    most: number,
  ): Promise<{ tool: string; version: number; effects: Effect[] }[]>;
  /** One version's calls from `since` to `until`, newest first and `most` of them; what takes over `slowMs` is slow. */
  tally(
    calls: { tool: string; version: number; since?: Date | undefined; until?: Date | undefined },
    options: { most: number; slowMs: number },
  ): Promise<CallTally>;
  /** Equal slices from `since` to `until`, empty ones included, oldest first. */
  traffic(tool: string, since: Date, until: Date, slices: number): Promise<TrafficBucket[]>;
  /** When the first call failed, of all versions; null where none did. */
  firstFailure(tool: string, since: Date, until: Date): Promise<Date | null>;
  /**
   * Calls and failures of all tools since then, and those that count in no rate, in the hour (UTC) of `since` and each of the
   * `count` after it; a tool without calls is left out.
   */
  hours(since: Date, count: number): Promise<Map<string, CallsOfHour[]>>;
  /** 95th percentile of the latency, in milliseconds, of each tool's newest `most` calls since then that ran. */
  newestP95(tools: readonly string[], since: Date, most: number): Promise<Map<string, number>>;
  /** Failures of a tool for clustering, newest first. */
  failures(tool: string, version: number | undefined, since: Date, limit: number): Promise<Execution[]>;
  /**
   * What callers asked from `since` to `until`, newest first and `most` calls at the most: without those whose input was not
   * recorded or is large, and without large answers.
   */
  asked(tool: string, since: Date, until: Date, most: number): Promise<RecordedCall[]>;
  /** What good answers took, in milliseconds: a sample of so many over all the spans, which are parts of equal length. */
  latencies(tool: string, spans: readonly { since: Date; until: Date }[], most: number): Promise<number[]>;
  /** A stratified sample for replay: every cluster and every input shape, newest first. */
  sample(tool: string, limit: number): Promise<Execution[]>;
  addFeedback(feedback: Omit<Feedback, "id" | "createdAt">, actor: Actor): Promise<Feedback>;
  /** Newest feedback of a tool, one per execution. */
  feedback(tool: string): Promise<Feedback[]>;
  /** What was said of one execution's answer, the newest word first. */
  wordsOn(executionId: string): Promise<Word[]>;
  addCase(storedCase: Omit<StoredCase, "id" | "createdAt">, actor: Actor): Promise<StoredCase>;
  cases(tool: string): Promise<StoredCase[]>;
  /** Removes one case, or all that were made of one execution; answers how many went. */
  removeCases(tool: string, which: { id: string } | { executionId: string }): Promise<number>;
};
