/** Making one version active, or an earlier one active again. */
import { z } from "zod";
import { Actor } from "./actor.ts";
import { Mode } from "./words.ts";

/** Steps of the journal, in order; each is idempotent. */
export const DEPLOY_STEPS = ["intent", "backup", "stage", "verify", "rename", "activate", "done"] as const;
export const DeployStep = z.enum(DEPLOY_STEPS);
export type DeployStep = z.infer<typeof DeployStep>;

export const StepRecord = z.object({ step: DeployStep, at: z.coerce.date(), detail: z.string() });
export type StepRecord = z.infer<typeof StepRecord>;

export const DeploymentState = z.enum(["running", "done", "undone", "simulated"]);
export type DeploymentState = z.infer<typeof DeploymentState>;

/** The watch on a fresh deployment. */
export const MonitorState = z.object({
  verdict: z.enum(["watching", "healthy", "regressed", "inconclusive", "stopped"]),
  calls: z.number().int(),
  failures: z.number().int(),
  baselineCalls: z.number().int(),
  baselineFailures: z.number().int(),
  /** Calls after which the watch ends. */
  limit: z.number().int(),
  detail: z.string(),
  updatedAt: z.coerce.date(),
});
export type MonitorState = z.infer<typeof MonitorState>;

export const Deployment = z.object({
  id: z.string(),
  tool: z.string(),
  kind: z.enum(["deploy", "rollback", "sync"]),
  proposalId: z.string().optional(),
  fromVersion: z.number().int().nullable(),
  toVersion: z.number().int(),
  mode: Mode,
  state: DeploymentState,
  steps: z.array(StepRecord),
  /** Path of the backup file. */
  backup: z.string().optional(),
  reason: z.string(),
  actor: Actor,
  startedAt: z.date(),
  finishedAt: z.date().optional(),
  monitor: MonitorState.optional(),
});
export type Deployment = z.infer<typeof Deployment>;
