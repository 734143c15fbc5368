/** A comment on a proposal or one of its lines; the next attempt of a generator reads it. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import type { Comment } from "#lib/core/proposal.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const CommentOnProposal = z.object({
  id: z.string().describe("Id or number of a proposal"),
  text: z.string().trim().min(1, "is empty: write the comment").max(20_000),
  line: z.number().int().min(1).optional().describe("Line of the proposed source, from 1"),
  revision: z.number().int().min(1).optional().describe("The newest when left out"),
});

export const commentOnProposal = defineCommand({
  name: "proposals.comment",
  summary: "Comment on a proposal or on one of its lines",
  scope: "operate",
  input: CommentOnProposal,
  async run({ ctx, input }): Promise<Comment> {
    const proposal = await findProposal(ctx.database, input.id);
    const number = input.revision ?? proposal.revision;
    const revision = (await ctx.database.proposals.revisions(proposal.id)).find((one) => one.number === number);
    if (revision === undefined)
      throw new Problem(
        "invalid_input",
        `revision: proposal ${proposal.number} has no revision ${number} to comment on.`,
      );
    const lines = revision.source.split("\n").length;
    if (input.line !== undefined && input.line > lines)
      throw new Problem(
        "invalid_input",
        `line: revision ${number} has ${lines} lines, so there is no line ${input.line}.`,
      );
    return record(ctx, async (database) => {
      const comment = await database.proposals.addComment(proposal.id, {
        revision: number,
        ...(input.line === undefined ? {} : { line: input.line }),
        text: input.text,
        actor: ctx.caller.actor,
      });
      return {
        answer: comment,
        audit: {
          verb: "proposal.commented",
          tool: proposal.tool,
          subject: { kind: "proposal", id: proposal.id },
          summary: `commented on proposal ${proposal.number} of ${proposal.tool}`,
        },
        events: [{ kind: "proposal", id: proposal.id, tool: proposal.tool }],
      };
    });
  },
});
