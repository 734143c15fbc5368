/** Looks over the recorded executions for tools that fail, and answers the list of opportunities where it is waited for. */
import { z } from "zod";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { Job } from "#lib/core/version.ts";
import { findTool } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";
import { settled } from "./settled.ts";

export const Detect = z.object({
  tool: ToolName.optional().describe("Only this tool; all of them when left out"),
  waitSeconds: z.coerce.number().min(0).max(60).default(0).describe("How long to wait for the job to end"),
});

export const detect = defineCommand({
  name: "detect",
  summary: "Look for tools that fail, degrade or got slow",
  scope: "operate",
  input: Detect,
  async run({ ctx, input }): Promise<Job & { items: Opportunity[] }> {
    const { database } = ctx;
    if (input.tool !== undefined) await findTool(database, input.tool);
    await record(ctx, async () => ({
      answer: undefined,
      audit: {
        verb: "detection.requested",
        tool: input.tool ?? null,
        subject: { kind: "detection", id: input.tool ?? "all" },
        summary: `asked for a look over ${input.tool ?? "all tools"}`,
      },
    }));
    const job = await ctx.queue.enqueue({
      kind: "detect",
      input: input.tool === undefined ? {} : { tool: input.tool },
      tool: input.tool ?? null,
      key: `detect:${input.tool ?? "all"}`,
    });
    const ended = await settled(database, job, input.waitSeconds);
    const { items } = await database.opportunities.list({ tool: input.tool }, { limit: 200 });
    return { ...ended, items: items.filter(({ state }) => state !== "resolved" && state !== "dismissed") };
  },
});
