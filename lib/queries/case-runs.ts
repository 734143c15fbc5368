/** Runs of a tool's cases as its page shows them: the one under way, what ended without a result, and the last result. */
import type { Context } from "#lib/commands/command.ts";
import { CaseRun } from "#lib/core/case-run.ts";
import type { Job } from "#lib/core/version.ts";
import { type KeptCase, listKeptCases } from "./kept-cases.ts";

export type CaseRuns = {
  /** The newest run, unless it is the one that `last` is of: it waits, runs, was stopped or failed. */
  readonly job: Job | null;
  readonly last: { readonly run: CaseRun; readonly at: Date } | null;
  /** Cases that people made from executions. */
  readonly kept: readonly KeptCase[];
};

export async function readCaseRuns({ database }: Pick<Context, "database">, tool: string): Promise<CaseRuns> {
  const newest = (filter: { state?: Job["state"] }): Promise<Job | undefined> =>
    database.jobs.list({ kind: "cases", tool, ...filter }, { limit: 1 }).then(({ items }) => items[0]);
  const [job = null, ended = null, kept] = await Promise.all([
    newest({}),
    newest({ state: "succeeded" }),
    listKeptCases(database, tool),
  ]);
  return {
    job: job?.state === "succeeded" ? null : job,
    last: ended === null ? null : { run: CaseRun.parse(ended.result), at: ended.finishedAt ?? ended.createdAt },
    kept,
  };
}
