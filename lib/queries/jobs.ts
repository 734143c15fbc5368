/** Long work as the API shows it. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { ToolName } from "#lib/core/tool.ts";
import { Job, JobState } from "#lib/core/version.ts";
import { findJob } from "./find-or-refuse.ts";
import { PageInput, pageOf } from "./page.ts";

export const JobPage = pageOf(Job);
export type JobPage = z.infer<typeof JobPage>;

export const ListJobs = z.strictObject({ state: JobState.optional(), tool: ToolName.optional(), ...PageInput });

/** Jobs, newest first. */
export async function listJobs(ctx: Context, params: z.output<typeof ListJobs>): Promise<JobPage> {
  return ctx.database.jobs.list(
    { state: params.state, tool: params.tool },
    { cursor: params.cursor, limit: params.limit },
  );
}

export const ShowJob = z.object({ id: z.string().describe("Id of a job") });

/** One job with its stage and progress. */
export async function showJob(ctx: Context, params: z.output<typeof ShowJob>): Promise<Job> {
  return findJob(ctx.database, params.id);
}
