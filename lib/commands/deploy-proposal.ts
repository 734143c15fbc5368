/** Deploys an approved proposal, or says what it would have done; then the watch begins. */
import { z } from "zod";
import { type Deployment, isWatched } from "#lib/core/deployment.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { type DeploymentView, viewDeployment } from "#lib/queries/deployments.ts";
import { findDeployment, findProposal } from "#lib/queries/find-or-refuse.ts";
import { type Context, defineCommand } from "./command.ts";
import { enqueueMonitor } from "./proposal-jobs.ts";

export const DeployProposal = z.object({ id: z.string().describe("Id or number of a proposal") });

export const deployProposal = defineCommand({
  name: "proposals.deploy",
  summary: "Deploy an approved proposal: backup, verify, write, watch",
  scope: "deploy",
  input: DeployProposal,
  async run({ ctx, input }): Promise<DeploymentView> {
    return viewDeployment(await deployApproved(ctx, await findProposal(ctx.database, input.id)));
  },
});

/** Deploys and starts the monitor of what really went live; the room writes the audit row with the effect. */
export async function deployApproved(ctx: Context, proposal: Pick<Proposal, "id" | "tool">): Promise<Deployment> {
  return beginWatch(ctx, await ctx.pipeline.deploy({ proposalId: proposal.id }, ctx.caller.actor));
}

/** Has the calls of what went live watched, where they are to be; the deployment as it is after the first look. */
export async function beginWatch(ctx: Context, deployment: Deployment): Promise<Deployment> {
  const { id, state, mode } = deployment;
  if (state !== "done" || mode !== "real" || !isWatched(deployment)) return findDeployment(ctx.database, id);
  await enqueueMonitor(ctx.queue, deployment, 1, 1);
  // The first look makes the watch visible at once. Should it fail, the job looks again; the deployment stands.
  await ctx.pipeline.monitor({ deploymentId: id }).catch(() => undefined);
  return findDeployment(ctx.database, id);
}
