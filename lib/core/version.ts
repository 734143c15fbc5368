/** An immutable source of a tool. */
import { z } from "zod";
import { Actor } from "./actor.ts";
import { SomeApprovers } from "./policy.ts";
import { type Limits, needs, SETTING_LIMITS, takes } from "./setting-limits.ts";
import { Manifest } from "./tool.ts";
import { Mode } from "./words.ts";

export const Version = z.object({
  tool: z.string(),
  /** Numbered per tool, from 1. */
  number: z.number().int(),
  /** SHA-256 of the source: the same source is the same version. */
  hash: z.string(),
  source: z.string(),
  manifest: Manifest,
  author: Actor,
  reason: z.string(),
  origin: z.enum(["disk", "proposal", "merge"]),
  proposalId: z.string().optional(),
  parents: z.array(z.number().int()),
  createdAt: z.date(),
});
export type Version = z.infer<typeof Version>;

/** A number within its limits, whose every fault says what it takes. */
export function within(limits: Limits): z.ZodNumber {
  const error = takes(limits);
  const any = z.number({ error: needs(limits) });
  const number = limits.whole ? any.int({ error }) : any;
  const bounded = limits.above ? number.gt(limits.least, { error }) : number.min(limits.least, { error });
  return limits.most === undefined ? bounded : bounded.max(limits.most, { error });
}

const RecordingMode = z.enum(["full", "redacted", "shape", "off"]);

/** Per-tool settings; absent members follow the global ones. */
export const ToolSettings = z.object({
  mode: Mode.optional(),
  autoDeploy: z.boolean().optional(),
  requiredApprovals: within(SETTING_LIMITS.requiredApprovals).optional(),
  fourEyes: z.boolean().optional(),
  reasonRequired: z.boolean().optional(),
  agreementThreshold: within(SETTING_LIMITS.agreementThreshold).optional(),
  approvers: SomeApprovers.optional(),
  /** Success rate below which a tool counts as failing. */
  target: within(SETTING_LIMITS.target).optional(),
  recording: RecordingMode.optional(),
  retentionDays: z.number().int().min(1).optional(),
});
export type ToolSettings = z.infer<typeof ToolSettings>;

export const Tool = z.object({
  name: z.string(),
  kind: z.enum(["hosted", "connected"]),
  /** Number of the version that answers calls; null while no version ever loaded. */
  activeVersion: z.number().int().nullable(),
  /** Why the file on disk does not load, if so. */
  loadError: z.string().nullable(),
  settings: ToolSettings,
  createdAt: z.date(),
});
export type Tool = z.infer<typeof Tool>;

/** Global settings; environment variables stand above them. */
export const Settings = z.object({
  mode: Mode.default("simulated"),
  autoDeploy: z.boolean().default(false),
  target: within(SETTING_LIMITS.target).default(0.99),
  /** Share of agreement whose lower bound a replay must reach. */
  agreementThreshold: within(SETTING_LIMITS.agreementThreshold).default(0.95),
  requiredApprovals: within(SETTING_LIMITS.requiredApprovals).default(1),
  fourEyes: z.boolean().default(false),
  reasonRequired: z.boolean().default(false),
  /** Who has to decide, by strategy and verdict; what it leaves out is as in `DEFAULT_APPROVERS`. */
  approvers: SomeApprovers.default({}),
  monitorCalls: within(SETTING_LIMITS.monitorCalls).default(500),
  monitorHours: within(SETTING_LIMITS.monitorHours).default(24),
  backgroundLoop: z.boolean().default(false),
  /** What of a call is put on record; and for how many days it stays there, null for ever. */
  recording: RecordingMode.default("full"),
  retentionDays: within(SETTING_LIMITS.retentionDays).nullable().default(null),
  model: z.object({ baseUrl: z.string(), name: z.string() }).nullable().default(null),
});
export type Settings = z.infer<typeof Settings>;

/** A row of the append-only audit, written in the transaction of its effect. */
export const AuditEntry = z.object({
  id: z.string(),
  at: z.date(),
  actor: Actor,
  /** `noun.verb`, for example `proposal.approved`. */
  verb: z.string(),
  tool: z.string().nullable(),
  subject: z.object({ kind: z.string(), id: z.string() }),
  summary: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const JobState = z.enum(["queued", "running", "succeeded", "failed", "cancelled"]);
export type JobState = z.infer<typeof JobState>;

/** Long work: survives restarts, reports progress, can be stopped. */
export const Job = z.object({
  id: z.string(),
  kind: z.enum(["detect", "generate", "test", "deploy", "monitor", "cases"]),
  state: JobState,
  /** What it is doing now, in words; and how far from 0 to 1. */
  stage: z.string(),
  progress: z.number().min(0).max(1),
  input: z.record(z.string(), z.unknown()),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: z.string().nullable(),
  tool: z.string().nullable(),
  attempts: z.number().int(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
  cancelRequested: z.boolean(),
});
export type Job = z.infer<typeof Job>;
