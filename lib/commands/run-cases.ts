/** Runs a tool's cases on its active version. */
import { z } from "zod";
import { SideResult } from "#lib/core/evidence.ts";
import { Json } from "#lib/core/json.ts";
import { ToolName } from "#lib/core/tool.ts";
import { findTool } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const RunCases = z.object({ name: ToolName });

export const CasesRun = z.object({
  version: z.number().int(),
  passed: z.number().int(),
  total: z.number().int(),
  items: z.array(
    SideResult.pick({ status: true, latencyMs: true, output: true, error: true }).extend({
      id: z.uuid().optional().describe("Of a kept case: what it is removed by"),
      description: z.string(),
      kept: z.boolean().describe("Made by a person from an execution, not written in the file"),
      passed: z.boolean(),
      expectedOutput: Json.optional(),
      shouldThrow: z.string().optional(),
    }),
  ),
});
export type CasesRun = z.infer<typeof CasesRun>;

export const runCases = defineCommand({
  name: "tools.cases.run",
  summary: "Run a tool's cases on its active version",
  scope: "operate",
  input: RunCases,
  async run({ ctx, input }): Promise<CasesRun> {
    const { activeVersion } = await findTool(ctx.database, input.name);
    const items = await ctx.pipeline.runSuite(input.name);
    const passed = items.filter((one) => one.passed).length;
    return record(ctx, async () => ({
      answer: { version: activeVersion ?? 0, passed, total: items.length, items },
      audit: {
        verb: "tool.cases_run",
        tool: input.name,
        subject: { kind: "tool", id: input.name },
        summary: `ran the cases of ${input.name}: ${passed} of ${items.length} passed`,
      },
    }));
  },
});
