/** Has a tool's cases run as a job, whose progress and result every page of the tool shows. */
import { z } from "zod";
import { ToolName } from "#lib/core/tool.ts";
import type { Job } from "#lib/core/version.ts";
import { findActiveVersion, findTool } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const StartCases = z.object({ name: ToolName });

export const startCases = defineCommand({
  name: "tools.cases.start",
  summary: "Have a tool's cases run as a job, without waiting for it",
  scope: "operate",
  input: StartCases,
  async run({ ctx, input }): Promise<Job> {
    const tool = await findTool(ctx.database, input.name);
    await findActiveVersion(ctx.database, tool);
    await record(ctx, async () => ({
      answer: undefined,
      audit: {
        verb: "tool.cases_started",
        tool: tool.name,
        subject: { kind: "tool", id: tool.name },
        summary: `asked for a run of the cases of ${tool.name}`,
      },
    }));
    return ctx.queue.enqueue({ kind: "cases", input: {}, tool: tool.name, key: `cases:${tool.name}` });
  },
});
