/** Stops long work; a job that has not begun never does. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import type { Job } from "#lib/core/version.ts";
import { stopTests } from "#lib/pipeline/stop-tests.ts";
import { moveProposal } from "#lib/pipeline/transitions.ts";
import { findJob } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const CancelJob = z.object({ id: z.string().describe("Id of a job") });

const WRITES_OR_TESTS: ReadonlySet<Job["kind"]> = new Set(["generate", "test"]);

export const cancelJob = defineCommand({
  name: "jobs.cancel",
  summary: "Stop long work",
  scope: "operate",
  input: CancelJob,
  async run({ ctx, input }): Promise<Job> {
    const job = await findJob(ctx.database, input.id);
    if (job.state !== "queued" && job.state !== "running")
      throw new Problem("conflict", `The job has ${job.state} already: there is nothing to stop.`);
    if (job.kind === "monitor")
      throw new Problem(
        "conflict",
        "This job watches a fresh deployment, and nothing else would: promote, pause or abort the deployment instead.",
        { deploymentId: job.input.deploymentId ?? null },
      );
    await record(ctx, async (database) => {
      // Tests that run tell their proposal themselves; of other work nobody else would tell it that nothing comes any more.
      const proposal = WRITES_OR_TESTS.has(job.kind)
        ? await database.proposals.find(String(job.input.proposalId))
        : null;
      if (proposal?.state === "testing" && job.state === "queued")
        await stopTests(database, proposal, ctx.caller.actor);
      if (proposal?.state === "generating")
        await moveProposal(database, {
          id: proposal.id,
          to: "cancelled",
          actor: ctx.caller.actor,
          reason: "stopped while it was being written",
          seen: proposal.sequence,
        });
      return {
        answer: undefined,
        audit: {
          verb: "job.cancelled",
          tool: job.tool,
          subject: { kind: "job", id: job.id },
          summary: `stopped the job "${job.kind}"${job.tool === null ? "" : ` of ${job.tool}`} while ${job.stage || job.state}`,
        },
      };
    });
    return ctx.queue.cancel(job.id);
  },
});
