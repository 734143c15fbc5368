/** Deployments as the API shows them. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { Deployment } from "#lib/core/deployment.ts";
import { ToolName } from "#lib/core/tool.ts";
import { findDeployment } from "./find-or-refuse.ts";
import { PageInput, pageOf } from "./page.ts";

export const DeploymentView = Deployment.extend({
  /** Share of the calls that the new version answers, from 0 to 1. */
  canaryShare: z.number().min(0).max(1),
  monitor: Deployment.shape.monitor.unwrap().nullable(),
});
export type DeploymentView = z.infer<typeof DeploymentView>;

export const DeploymentPage = pageOf(DeploymentView);
export type DeploymentPage = z.infer<typeof DeploymentPage>;

/** A version takes all calls at once or none. */
export function viewDeployment(deployment: Deployment): DeploymentView {
  return { ...deployment, canaryShare: deployment.state === "done" ? 1 : 0, monitor: deployment.monitor ?? null };
}

export const ShowDeployment = z.object({ id: z.string().describe("Id of a deployment") });

/** One deployment with its steps and its monitor. */
export async function showDeployment(ctx: Context, params: z.output<typeof ShowDeployment>): Promise<DeploymentView> {
  return viewDeployment(await findDeployment(ctx.database, params.id));
}

export const ListDeployments = z.strictObject({
  tool: ToolName.optional(),
  proposal: z.uuid().optional().describe("Id of a proposal"),
  ...PageInput,
});

/** Deployments and rollbacks, newest first. */
export async function listDeployments(ctx: Context, params: z.output<typeof ListDeployments>): Promise<DeploymentPage> {
  const page = await ctx.database.deployments.list(
    { tool: params.tool, proposalId: params.proposal },
    { cursor: params.cursor, limit: params.limit },
  );
  return { ...page, items: page.items.map(viewDeployment) };
}
