/** Promote, pause and abort: what a person may do while a deployment is being watched. */
import { z } from "zod";
import type { Deployment } from "#lib/core/deployment.ts";
import { Problem } from "#lib/core/problem.ts";
import { type DeploymentView, viewDeployment } from "#lib/queries/deployments.ts";
import { findDeployment, findTool } from "#lib/queries/find-or-refuse.ts";
import { type Context, defineCommand } from "./command.ts";
import { record } from "./record.ts";

const WhichDeployment = z.object({ id: z.string().describe("Id of a deployment") });

async function watched(ctx: Context, id: string): Promise<Deployment> {
  const deployment = await findDeployment(ctx.database, id);
  if (deployment.monitor?.verdict !== "watching")
    throw new Problem(
      "conflict",
      `The deployment of ${deployment.tool} is not being watched: there is nothing to stop.`,
    );
  return deployment;
}

export const promoteDeployment = defineCommand({
  name: "deployments.promote",
  summary: "Give the new version all calls",
  scope: "deploy",
  input: WhichDeployment,
  async run({ ctx, input }): Promise<DeploymentView> {
    const deployment = await findDeployment(ctx.database, input.id);
    throw new Problem(
      "conflict",
      deployment.state === "done"
        ? `Version ${deployment.toVersion} of ${deployment.tool} already answers all calls: there is nothing to promote.`
        : `The deployment of ${deployment.tool} is ${deployment.state}: there is nothing to promote.`,
      { canaryShare: deployment.state === "done" ? 1 : 0 },
    );
  },
});

export const pauseDeployment = defineCommand({
  name: "deployments.pause",
  summary: "Stop watching a fresh deployment; the version stays",
  scope: "deploy",
  input: WhichDeployment,
  async run({ ctx, input }): Promise<DeploymentView> {
    const { id } = await watched(ctx, input.id);
    await record(ctx, async (database) => {
      const deployment = await findDeployment(database, id);
      const { monitor } = deployment;
      if (monitor?.verdict !== "watching")
        throw new Problem("conflict", `The watch on ${deployment.tool} ended meanwhile: it is ${monitor?.verdict}.`);
      const stopped = await database.deployments.setMonitor(id, {
        ...monitor,
        verdict: "stopped",
        detail: `stopped by ${ctx.caller.actor.name} after ${monitor.calls} calls`,
        updatedAt: ctx.clock.now(),
      });
      if (!stopped) throw new Problem("conflict", `The watch on ${deployment.tool} ended meanwhile: look again.`);
      return {
        answer: undefined,
        audit: {
          verb: "deployment.paused",
          tool: deployment.tool,
          subject: { kind: "deployment", id },
          summary: `stopped the watch on version ${deployment.toVersion} of ${deployment.tool} after ${monitor.calls} calls`,
        },
        events: [{ kind: "deployment", id, tool: deployment.tool }],
      };
    });
    return viewDeployment(await findDeployment(ctx.database, id));
  },
});

export const abortDeployment = defineCommand({
  name: "deployments.abort",
  summary: "Roll back a fresh deployment now",
  scope: "deploy",
  input: WhichDeployment.extend({ reason: z.string().trim().max(20_000).default("") }),
  async run({ ctx, input }): Promise<DeploymentView> {
    const deployment = await findDeployment(ctx.database, input.id);
    const tool = await findTool(ctx.database, deployment.tool);
    if (deployment.state !== "done" || deployment.fromVersion === null || tool.activeVersion !== deployment.toVersion)
      throw new Problem(
        "conflict",
        `Version ${deployment.toVersion} of ${deployment.tool} does not come from this deployment any more: use the rollback of the tool.`,
      );
    const rollback = await ctx.pipeline.rollBack(
      {
        tool: deployment.tool,
        version: deployment.fromVersion,
        reason: input.reason || `deployment of version ${deployment.toVersion} aborted`,
      },
      ctx.caller.actor,
    );
    return viewDeployment(rollback);
  },
});
