/** One input of the reviewer's own through the base version and the proposal; the world is never touched. */
import { z } from "zod";
import type { SideResult } from "#lib/core/evidence.ts";
import type { Json } from "#lib/core/json.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const TryInput = z.object({
  id: z.string().describe("Id or number of a proposal"),
  input: z.unknown().refine((value) => value !== undefined, 'is missing: send {"input": …}'),
});

export const tryInput = defineCommand({
  name: "proposals.try",
  summary: "Run one input through the old and the proposed source",
  scope: "operate",
  input: TryInput,
  async run({ ctx, input }): Promise<{ old: SideResult; new: SideResult }> {
    const proposal = await findProposal(ctx.database, input.id);
    const sides = await ctx.pipeline.tryInput({ proposalId: proposal.id, input: input.input as Json });
    return record(ctx, async () => ({
      answer: sides,
      audit: {
        verb: "proposal.tried",
        tool: proposal.tool,
        subject: { kind: "proposal", id: proposal.id },
        summary: `tried an input on proposal ${proposal.number} of ${proposal.tool}: ${sides.old.status} before, ${sides.new.status} after`,
      },
    }));
  },
});
