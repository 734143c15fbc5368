/** A candidate source for one tool against one base version, with everything that happened to it. */
import { z } from "zod";
import { Actor } from "./actor.ts";
import { Json } from "./json.ts";
import { Decision, ProposalState } from "./words.ts";

/** Where a candidate came from. */
export const Origin = z.object({
  kind: z.enum(["model", "templates", "person", "agent", "merge"]),
  /** Model name, template name or the author's name. */
  name: z.string(),
  /** Host that the prompt was sent to, for a model. */
  host: z.string().optional(),
  /** Tokens and seconds spent. */
  cost: z.object({ promptTokens: z.number(), completionTokens: z.number(), seconds: z.number() }).optional(),
});
export type Origin = z.infer<typeof Origin>;

/** One try of a generator: proposed, or why it was not. */
export const Attempt = z.object({
  origin: Origin,
  source: z.string(),
  rationale: z.string(),
  outcome: z.enum(["proposed", "invalid", "failed", "not_better", "kept"]),
  detail: z.string(),
  met: z.number().int().default(0),
  regressions: z.number().int().default(0),
});
export type Attempt = z.infer<typeof Attempt>;

export const Purpose = z.enum(["failing", "incorrect", "degrading", "slow", "other"]);
export type Purpose = z.infer<typeof Purpose>;

export const Revision = z.object({
  number: z.number().int(),
  source: z.string(),
  hash: z.string(),
  rationale: z.string(),
  author: Actor,
  origin: Origin,
  createdAt: z.date(),
});
export type Revision = z.infer<typeof Revision>;

export const Transition = z.object({
  /** Position in the log, from 1; a move names the position that it saw. */
  sequence: z.number().int(),
  from: ProposalState.nullable(),
  to: ProposalState,
  actor: Actor,
  reason: z.string(),
  at: z.date(),
});
export type Transition = z.infer<typeof Transition>;

/** How the reason of a move begins that stopping the tests made. */
export const TESTS_STOPPED = "its tests were stopped";

export const Comment = z.object({
  id: z.string(),
  revision: z.number().int(),
  line: z.number().int().optional(),
  /** Of several lines the last. */
  endLine: z.number().int().optional(),
  text: z.string(),
  actor: Actor,
  createdAt: z.date(),
  /** Who said that it is dealt with; absent while it is open. */
  resolved: z.object({ by: Actor, at: z.date() }).optional(),
});
export type Comment = z.infer<typeof Comment>;

export const DecisionRecord = z.object({
  id: z.string(),
  proposalId: z.string(),
  revision: z.number().int(),
  evidenceNumber: z.number().int(),
  decision: Decision,
  reason: z.string(),
  digest: z.string(),
  acknowledged: z.array(z.string()),
  actor: Actor,
  at: z.date(),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

export const Proposal = z.object({
  id: z.string(),
  /** Short number for people, unique in the installation. */
  number: z.number().int(),
  tool: z.string(),
  baseVersion: z.number().int(),
  purpose: Purpose,
  opportunityId: z.string().optional(),
  createdBy: Actor,
  createdAt: z.date(),
  /** The last transition's `to`. */
  state: ProposalState,
  /** The last transition's position. */
  sequence: z.number().int(),
  /** The newest revision's number, 0 while generating. */
  revision: z.number().int(),
  attempts: z.array(Attempt),
  /** What was sent to the generator, shown to the reviewer: prompt text or search summary. */
  prompt: z.string().optional(),
  data: Json.optional(),
});
export type Proposal = z.infer<typeof Proposal>;
