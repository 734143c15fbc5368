/** Takes a proposal back that nobody needs any more; its work stops. */
import { z } from "zod";
import { moveProposal } from "#lib/pipeline/transitions.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { type ProposalDetail, showProposal } from "#lib/queries/proposals.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const WithdrawProposal = z.object({
  id: z.string().describe("Id or number of a proposal"),
  reason: z.string().trim().max(20_000).default(""),
});

export const withdrawProposal = defineCommand({
  name: "proposals.withdraw",
  summary: "Take a proposal back before it is decided on",
  scope: "operate",
  input: WithdrawProposal,
  async run({ ctx, input }): Promise<ProposalDetail> {
    const found = await findProposal(ctx.database, input.id);
    const proposal = await record(ctx, async (database) => {
      const moved = await moveProposal(database, {
        id: found.id,
        to: "cancelled",
        actor: ctx.caller.actor,
        reason: input.reason || "withdrawn",
        seen: found.sequence,
      });
      return {
        answer: moved,
        audit: {
          verb: "proposal.withdrawn",
          tool: moved.tool,
          subject: { kind: "proposal", id: moved.id },
          summary: `took back proposal ${moved.number} of ${moved.tool}`,
        },
        events: [{ kind: "proposal", id: moved.id, tool: moved.tool }],
      };
    });
    for (const state of ["queued", "running"] as const) {
      const filter = { state, tool: proposal.tool, proposalId: proposal.id };
      const { items } = await ctx.database.jobs.list(filter, { limit: 200 });
      for (const job of items) await ctx.queue.cancel(job.id);
    }
    return showProposal(ctx, { id: proposal.id });
  },
});
