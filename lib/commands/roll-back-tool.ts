/** Makes an earlier version of a tool active again. */
import { z } from "zod";
import { ToolName } from "#lib/core/tool.ts";
import { type DeploymentView, viewDeployment } from "#lib/queries/deployments.ts";
import { findTool, findVersion } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { beginWatch } from "./deploy-proposal.ts";

export const RollBackTool = z.object({
  name: ToolName,
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe("The one active before, when left out; what the monitor took back has to be named"),
  reason: z.string().trim().max(20_000).default(""),
});

export const rollBackTool = defineCommand({
  name: "tools.rollback",
  summary: "Make an earlier version active again",
  scope: "deploy",
  input: RollBackTool,
  async run({ ctx, input }): Promise<DeploymentView> {
    const version = input.version === undefined ? null : findVersion(ctx.database, input.name, input.version);
    // Asked together; where both are missing, the tool is what is named.
    version?.catch(() => {});
    const tool = await findTool(ctx.database, input.name);
    await version;
    const deployment = await ctx.pipeline.rollBack(
      { tool: tool.name, version: input.version, reason: input.reason },
      ctx.caller.actor,
    );
    return viewDeployment(await beginWatch(ctx, deployment));
  },
});
