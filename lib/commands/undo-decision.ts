/** Takes the caller's last decision on a proposal back. */
import { z } from "zod";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { type ProposalDetail, showProposal } from "#lib/queries/proposals.ts";
import { defineCommand } from "./command.ts";

export const UndoDecision = z.object({ id: z.string().describe("Id or number of a proposal") });

export const undoDecision = defineCommand({
  name: "proposals.undo",
  summary: "Take back your last decision on a proposal, as long as nothing followed from it",
  scope: "approve",
  input: UndoDecision,
  async run({ ctx, input }): Promise<ProposalDetail> {
    const { id } = await findProposal(ctx.database, input.id);
    await ctx.pipeline.takeBack(id, ctx.caller);
    return showProposal(ctx, { id });
  },
});
