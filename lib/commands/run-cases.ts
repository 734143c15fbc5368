/** Runs a tool's cases on its active version, and answers when all have run. */
import { z } from "zod";
import { type CaseRun, keptRun } from "#lib/core/case-run.ts";
import { SideResult } from "#lib/core/evidence.ts";
import { Json } from "#lib/core/json.ts";
import { maskToolCase } from "#lib/core/sensitive.ts";
import { ToolName } from "#lib/core/tool.ts";
import { plural } from "#lib/core/verdict-words.ts";
import type { Work } from "#lib/pipeline/rooms.ts";
import type { Database } from "#lib/ports/database.ts";
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
    const { name: tool } = await findTool(ctx.database, input.name);
    const startedAt = ctx.clock.now();
    const { version, cases } = await ctx.pipeline.runSuite({ tool }, ALONE);
    const kept = keptRun(version, cases);
    const { passed, total } = kept;
    return record(ctx, async (database) => {
      const job = await keep(database, { kept, tool, startedAt, finishedAt: ctx.clock.now(), id: ctx.clock.id() });
      const items = cases.map((one) => maskToolCase(version.manifest, one)).map(({ input: _input, ...one }) => one);
      return {
        answer: { version: version.number, passed, total, items },
        audit: {
          verb: "tool.cases_run",
          tool,
          subject: { kind: "tool", id: tool },
          summary: `ran the cases of ${tool}: ${passed} of ${total} passed`,
        },
        events: [{ kind: "job", id: job, tool }],
      };
    });
  },
});

/** Whoever waits for the answer is told nothing on the way. */
const ALONE: Work = { signal: new AbortController().signal, progress: async () => {} };

type Ended = { kept: CaseRun; tool: string; startedAt: Date; finishedAt: Date; id: string };

/** What came of it stands where the runs by job stand, so that the tool's page shows the last run, whoever asked. */
async function keep(database: Database, { kept, tool, startedAt, finishedAt, id }: Ended): Promise<string> {
  const { job } = await database.jobs.create({ kind: "cases", input: {}, tool, key: `cases:${tool}:${id}` });
  const stage = `${kept.total} of ${plural(kept.total, "case")}`;
  await database.jobs.update(job.id, { state: "succeeded", stage, progress: 1, result: kept, startedAt, finishedAt });
  return job.id;
}
