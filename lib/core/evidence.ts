/** What testing a proposal showed: an immutable, numbered snapshot with each case that can be opened. */
import { z } from "zod";
import { ErrorInfo } from "./execution.ts";
import { Json } from "./json.ts";
import { Effect } from "./tool.ts";
import { Label, Outcome, Strategy, Verdict } from "./words.ts";

/** What one version did with one input. */
export const SideResult = z.object({
  status: z.enum([...Outcome.options, "diverged"]),
  output: Json.optional(),
  error: ErrorInfo.optional(),
  latencyMs: z.number(),
  effects: z.array(Effect),
  /** The effect that was asked for and not recorded, where `status` is `diverged`. */
  askedFor: z.object({ kind: z.string(), request: Json }).optional(),
});
export type SideResult = z.infer<typeof SideResult>;

/** One structural difference; `path` is a JSON Pointer (RFC 6901) into the output. */
export const Difference = z.object({
  path: z.string(),
  before: Json.optional(),
  after: Json.optional(),
});
export type Difference = z.infer<typeof Difference>;

export const EvidenceCase = z.object({
  /** Position in the snapshot, from 0. */
  index: z.number().int(),
  label: Label,
  /** base_case: the base version's; stored_case: made by a person; recorded: an execution; generated; candidate_case: written by the candidate. */
  source: z.enum(["base_case", "stored_case", "recorded", "generated", "candidate_case"]),
  description: z.string(),
  input: Json,
  /** Known to be wrong before: judged for repair, not for agreement. */
  target: z.boolean(),
  /** Known to be wrong, and not what the change is for: shown, and doubted where it is hidden or spoilt, but no target. */
  aside: z.boolean().optional(),
  expectedOutput: Json.optional(),
  shouldThrow: z.string().optional(),
  executionId: z.string().optional(),
  cluster: z.string().optional(),
  old: SideResult,
  new: SideResult,
  differences: z.array(Difference),
});
export type EvidenceCase = z.infer<typeof EvidenceCase>;

const AbSide = z.object({
  succeeded: z
    .number()
    .int()
    .describe(
      "Answers that are not known to be wrong, and refusals that are known to be right: of good calls, or asked for.",
    ),
  successRate: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
});

/** Two versions compared on the same inputs (the seed's A/B test). */
export const AbResult = z.object({
  n: z.number().int(),
  old: AbSide,
  new: AbSide,
  /** Difference of the success rates, new minus old, with its 95 % interval. */
  difference: z.number(),
  interval: z.tuple([z.number(), z.number()]),
  winner: z.enum(["old", "new", "none"]),
});
export type AbResult = z.infer<typeof AbResult>;

/** A thing the approver must acknowledge, or know. */
export const Warning = z.object({ id: z.string(), text: z.string(), mustAcknowledge: z.boolean() });
export type Warning = z.infer<typeof Warning>;

export const EvidenceSummary = z.object({
  counts: z.partialRecord(Label, z.number().int()),
  /** Comparable good cases and how many agreed, with the one-sided 95 % Clopper–Pearson bounds. */
  agreement: z.object({
    comparable: z.number().int(),
    agreed: z.number().int(),
    /** Good calls that changed and are not among the comparable ones, since confirmed changes explain them; absent for none. */
    changed: z.number().int().optional(),
    lowerBound: z.number(),
    upperBound: z.number(),
    threshold: z.number(),
  }),
  targets: z.object({ total: z.number().int(), met: z.number().int() }),
  baseCases: z.object({ total: z.number().int(), passed: z.number().int() }),
  ab: AbResult,
  /** JSON Pointers whose values differ between two runs of the old version: ignored, visibly. */
  noisePaths: z.array(z.string()),
  /** What was not tested, in plain words. */
  notTested: z.array(z.string()),
  /** What would settle an inconclusive verdict. */
  wouldSettle: z.array(z.string()),
  warnings: z.array(Warning),
  /** What changed besides code. */
  changes: z.object({
    permissions: z.array(z.string()),
    schemas: z.array(z.string()),
    characteristics: z.array(z.string()),
    testCases: z.array(z.string()),
    widened: z.boolean(),
  }),
  /** Validation errors, where the candidate never ran. */
  validationErrors: z.array(z.string()),
  /** What orders candidates, never a probability (core/correctness-rank.ts); absent in older snapshots. */
  features: z.array(z.number()).optional(),
  /** How many cases passed through each line, index 0 for line 1, null where no statement begins; absent in older snapshots. */
  coverage: z
    .object({
      cases: z.number().int(),
      /** Of how many; the others were not looked at for this. */
      all: z.number().int(),
      base: z.array(z.number().int().nullable()).nullable(),
      candidate: z.array(z.number().int().nullable()).nullable(),
    })
    .optional(),
});
export type EvidenceSummary = z.infer<typeof EvidenceSummary>;

export const Evidence = z.object({
  id: z.string(),
  proposalId: z.string(),
  revision: z.number().int(),
  /** Snapshot number within the proposal, from 1. */
  number: z.number().int(),
  verdict: Verdict,
  /** The verdict in one line of plain words. */
  headline: z.string(),
  strategy: Strategy,
  /** What was really carried out; lower where history is short. */
  strategyUsed: Strategy,
  summary: EvidenceSummary,
  createdAt: z.date(),
});
export type Evidence = z.infer<typeof Evidence>;
