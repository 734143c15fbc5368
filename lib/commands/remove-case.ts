/** Removes a case that was made from an execution; cases in the tool's file are the file's. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import { ToolName } from "#lib/core/tool.ts";
import { findTool } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";
import { retestWaiting } from "./rerun-evidence.ts";

export const RemoveCase = z.object({
  name: ToolName,
  id: z.uuid().describe("Id of a case; running the cases names it"),
});

export const removeCase = defineCommand({
  name: "tools.cases.remove",
  summary: "Remove a case that was made from an execution",
  scope: "operate",
  input: RemoveCase,
  async run({ ctx, input }): Promise<{ id: string; removed: boolean }> {
    const { name: tool } = await findTool(ctx.database, input.name);
    const answer = await record(ctx, async (database) => {
      const found = (await database.executions.cases(tool)).find(({ id }) => id === input.id);
      if (found === undefined)
        throw new Problem("not_found", `${tool} has no case ${input.id}: run its cases to see those that there are.`);
      await database.executions.removeCases(tool, { id: found.id });
      return {
        answer: { id: found.id, removed: true },
        audit: {
          verb: "case.removed",
          tool,
          subject: { kind: "case", id: found.id },
          summary: `removed a test case of ${tool}: ${found.description}`,
        },
        events: [{ kind: "tool", id: tool, tool }],
      };
    });
    await retestWaiting(ctx, tool, "a test case of the tool was removed");
    return answer;
  },
});
