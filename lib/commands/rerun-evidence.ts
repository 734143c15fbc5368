/** Runs the tests of a proposal again: more traffic may have come since. */
import { z } from "zod";
import { isProblem, Problem } from "#lib/core/problem.ts";
import { moveProposal } from "#lib/pipeline/transitions.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { type ProposalDetail, showProposal } from "#lib/queries/proposals.ts";
import { type Context, defineCommand, runCommand } from "./command.ts";
import { enqueueTest } from "./proposal-jobs.ts";
import { record } from "./record.ts";

export const RerunEvidence = z.object({
  id: z.string().describe("Id or number of a proposal"),
  reason: z.string().trim().max(500).default("tests asked for again"),
});

export const rerunEvidence = defineCommand({
  name: "proposals.test",
  summary: "Run a proposal's tests again",
  scope: "operate",
  input: RerunEvidence,
  async run({ ctx, input }): Promise<ProposalDetail & { jobId: string }> {
    const found = await findProposal(ctx.database, input.id);
    const proposal = await record(ctx, async (database) => {
      const current = await findProposal(database, found.id);
      if (current.revision === 0)
        throw new Problem("conflict", `Proposal ${current.number} has no source yet: there is nothing to test.`);
      // Asking while it is being tested is no mistake: the job that runs is the answer.
      const moved =
        current.state === "testing"
          ? current
          : await moveProposal(database, {
              id: current.id,
              to: "testing",
              actor: ctx.caller.actor,
              reason: input.reason,
              seen: current.sequence,
            });
      return {
        answer: moved,
        audit: {
          verb: "proposal.retested",
          tool: moved.tool,
          subject: { kind: "proposal", id: moved.id },
          summary: `ran the tests of proposal ${moved.number} of ${moved.tool} again`,
        },
        events: [{ kind: "proposal", id: moved.id, tool: moved.tool }],
      };
    });
    const job = await enqueueTest(ctx.queue, proposal);
    return { ...(await showProposal(ctx, { id: proposal.id })), jobId: job.id };
  },
});

/** The same asked by the machine; nothing where somebody decided on the proposal meanwhile. */
export async function testAgain(ctx: Context, id: string, reason: string): Promise<void> {
  try {
    await runCommand(rerunEvidence, ctx, { id, reason });
  } catch (error) {
    if (!isProblem(error)) throw error;
  }
}

/** Tests what waits for its review anew, because what it was tested by has changed; what is being tested sees it itself. */
export async function retestWaiting(ctx: Context, tool: string, reason: string, but?: string): Promise<void> {
  const { items } = await ctx.database.proposals.list({ tool, state: "awaiting_review" }, { limit: 100 });
  for (const { id } of items) if (id !== but) await testAgain(ctx, id, reason);
}
