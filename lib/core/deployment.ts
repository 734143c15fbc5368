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

/** What the calls of one version came to, as the watch counts them. */
export const CallTally = z.object({
  succeeded: z.number().int(),
  /** Failed or timed out. */
  failed: z.number().int(),
  refused: z.number().int(),
  rejected: z.number().int(),
  /** Answers whose latency counts: the first of each second, since calls of one moment share the machine's fate. */
  timed: z.number().int(),
  /** 95th percentile of their latency. */
  p95Ms: z.number(),
  /** Those that took longer than the limit that was asked about. */
  slow: z.number().int(),
  /** Failure clusters with their calls, the most frequent ones first. */
  classes: z.array(z.object({ cluster: z.string(), calls: z.number().int() })),
});
export type CallTally = z.infer<typeof CallTally>;

/** What a fresh deployment is held against: calls of the version before it, with the latency that counts as slow. */
export const Baseline = CallTally.extend({ slowMs: z.number() });
export type Baseline = z.infer<typeof Baseline>;

/** The watch on a fresh deployment. */
export const MonitorState = z.object({
  verdict: z.enum(["watching", "healthy", "regressed", "inconclusive", "stopped"]),
  calls: z.number().int(),
  failures: z.number().int(),
  /** Those that the limit is held against, refused ones among them; absent in watches of earlier releases. */
  watched: z.number().int().optional(),
  baselineCalls: z.number().int(),
  baselineFailures: z.number().int(),
  /** Calls after which the watch ends. */
  limit: z.number().int(),
  detail: z.string(),
  updatedAt: z.coerce.date(),
  /** From when its calls count, where a person had it begun again; else from the deployment on. */
  since: z.coerce.date().optional(),
  /** Who stopped it; absent where it was not a person, and in watches of earlier releases. */
  stoppedBy: z.string().optional(),
  /** Counted at the first look and kept: later looks are held against the same calls. */
  baseline: Baseline.optional(),
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

/** Whether its calls are watched: a deployment's, and those of a rollback that a proposal came back with. */
export function isWatched({ kind, proposalId }: Pick<Deployment, "kind" | "proposalId">): boolean {
  return kind === "deploy" || (kind === "rollback" && proposalId !== undefined);
}

/** Versions that answered calls at some time, by the journal: what was made active, and what stood before it. */
export function answeringVersions(
  deployments: readonly Pick<Deployment, "state" | "mode" | "fromVersion" | "toVersion">[],
): Set<number> {
  const real = deployments.filter(({ state, mode }) => state === "done" && mode === "real");
  return new Set(
    real.flatMap(({ fromVersion, toVersion }) => (fromVersion === null ? [toVersion] : [fromVersion, toVersion])),
  );
}
