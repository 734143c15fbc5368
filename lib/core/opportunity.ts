/** A detected problem of one tool. */
import { z } from "zod";
import { Json } from "./json.ts";
import { Attribution, OpportunityKind, OpportunityState, type ProposalState } from "./words.ts";

export const Cluster = z.object({
  key: z.string(),
  /** Keys of near-duplicates that were folded into this one. */
  mergedKeys: z.array(z.string()).optional(),
  errorName: z.string(),
  errorCode: z.string().optional(),
  /** Message with numbers, quotes and identifiers normalised. */
  message: z.string(),
  /** The tool's own top frames, `function:line`. */
  frames: z.array(z.string()),
  count: z.number().int(),
  firstSeen: z.coerce.date(),
  lastSeen: z.coerce.date(),
  smallestInput: Json,
  smallestExecutionId: z.string(),
  /** Counts in equal slices of the window, oldest first. */
  timeline: z.array(z.number().int()),
  attribution: Attribution,
});
export type Cluster = z.infer<typeof Cluster>;

const CallCounts = z.object({ calls: z.number().int(), bad: z.number().int() });

export const Statistics = z.object({
  /** Calls that count in the rate (succeeded, failed, timed out). */
  calls: z.number().int(),
  failures: z.number().int(),
  refused: z.number().int(),
  rejected: z.number().int(),
  /** Success rate and its anytime-valid upper bound; target it is held against. */
  successRate: z.number(),
  upperBound: z.number(),
  lowerBound: z.number(),
  target: z.number(),
  /** The version that these calls ran. */
  version: z.number().int(),
  /** Expected bad calls a day: the share that is bad now, of `lastDay.calls`. */
  badCallsPerDay: z.number(),
  /**
   * The last day of the tool's record up to `until`, all versions together; shorter where it was seen for less. Of what is
   * wrong, suspected or late only good answers count.
   */
  lastDay: z.object({ since: z.coerce.date(), calls: z.number().int() }).optional(),
  /** Bad calls that were counted, and from when; absent where none was. */
  counted: z.object({ bad: z.number().int(), since: z.coerce.date() }).optional(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  since: z.coerce.date(),
  until: z.coerce.date(),
  /** The change that the counted calls begin with; absent where none is certain. */
  change: z
    .object({
      at: z.coerce.date(),
      before: CallCounts,
      after: CallCounts,
      pValue: z.number(),
      /** What was on record before those that it is compared with, which begin at `until`. */
      earlier: CallCounts.extend({ until: z.coerce.date() }).optional(),
    })
    .optional(),
  /** Of a tool that degrades by kinds of failure that began or became more frequent while its success rate did not fall. */
  risen: z
    .array(
      z.object({
        ...{ keys: z.array(z.string()), name: z.string(), at: z.coerce.date() },
        ...{ before: CallCounts, after: CallCounts, pValue: z.number() },
      }),
    )
    .optional(),
  /** When it was back, of a problem that had been resolved or dismissed before. */
  cameBackAt: z.coerce.date().optional(),
  /** Of a tool whose answers are known to be wrong: how many somebody marked, and how many of its own cases say so. */
  wrong: z.object({ marked: z.number().int(), cases: z.number().int() }).optional(),
  /** Clusters that a person called by design, which count in nothing here, and how many failures they are. */
  dismissed: z.object({ keys: z.array(z.string()), failures: z.number().int() }).optional(),
  /** Of a slow tool: how many of the answers that were looked at were late, and by which limit. */
  latency: z
    .object({
      late: z.number().int(),
      of: z.number().int(),
      limitMs: z.number(),
      /** What the limit is: the tool's own budget, or between what it took now and before. */
      heldTo: z.enum(["budget", "before"]).optional(),
      medianMs: z.number(),
      /** Of these answers, and of the calls that timed out. */
      p95Ms: z.number(),
      /** Calls of the same time that timed out over that limit: failures, which count among the failing. */
      timedOut: z.number().int().optional(),
      /** Median of the answers before it got slower, where it did. */
      beforeMs: z.number().optional(),
      /** When it got slower, where that can be told. */
      since: z.coerce.date().optional(),
    })
    .optional(),
  /**
   * Of a tool whose answers are only suspected to be wrong: callers ask for them again at once with a slightly changed
   * input, more often than they did. Absent as soon as an answer is known to be wrong.
   */
  askedAgain: z
    .object({
      asked: z.number().int(),
      of: z.number().int(),
      since: z.coerce.date(),
      before: z.object({ asked: z.number().int(), of: z.number().int() }),
      /** What the answers have in common; absent where it concerns all. */
      kind: z.string().optional(),
      /** How many callers ask again. */
      callers: z.number().int(),
      /** Executions to look at, newest first: what was answered, and what its caller asked next. */
      examples: z.array(z.object({ executionId: z.string(), nextId: z.string() })),
    })
    .optional(),
});
export type Statistics = z.infer<typeof Statistics>;

export const Opportunity = z.object({
  id: z.string(),
  tool: z.string(),
  kind: OpportunityKind,
  state: OpportunityState,
  /** Expected bad calls a day × severity; higher comes first. */
  priority: z.number(),
  reason: z.string(),
  statistics: Statistics,
  clusters: z.array(Cluster),
  attribution: Attribution,
  /** What the investigation found, each a sentence with its evidence. */
  findings: z.array(z.string()),
  assignee: z.string().optional(),
  snoozedUntil: z.date().optional(),
  /** Why it was dismissed, or why it is in its state. */
  note: z.string().optional(),
  openedAt: z.date(),
  updatedAt: z.date(),
});
export type Opportunity = z.infer<typeof Opportunity>;

const MAY_SOLVE: ReadonlySet<ProposalState> = new Set([
  "generating",
  "testing",
  "awaiting_review",
  "changes_requested",
  "approved",
  "deploying",
  "deployed",
  "monitoring",
]);

/** Whether a proposal in this state may still solve its opportunity. */
export function maySolve(state: ProposalState): boolean {
  return MAY_SOLVE.has(state);
}

/** Whether one of these proposals may still solve their opportunity: while one may, it is in progress and not open. */
export function isPursued(proposals: readonly { readonly state: ProposalState }[]): boolean {
  return proposals.some(({ state }) => maySolve(state));
}
