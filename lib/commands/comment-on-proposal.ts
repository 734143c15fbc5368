/** A comment on a proposal or on lines of it; the next attempt of a generator reads it. */
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
  endLine: z.number().int().min(1).optional().describe("Last line of a comment on several; line is the first"),
  revision: z.number().int().min(1).optional().describe("The newest when left out"),
});

export const commentOnProposal = defineCommand({
  name: "proposals.comment",
  summary: "Comment on a proposal or on lines of it",
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
    const { line, endLine } = input;
    for (const [name, one] of Object.entries({ line, endLine }))
      if (one !== undefined && one > lines)
        throw new Problem(
          "invalid_input",
          `${name}: revision ${number} has ${lines} lines, so there is no line ${one}.`,
        );
    if (endLine !== undefined && (line === undefined || endLine < line))
      throw new Problem(
        "invalid_input",
        `endLine: ${line === undefined ? "send the first line as line" : `it comes before line ${line}`}.`,
      );
    return record(ctx, async (database) => {
      const comment = await database.proposals.addComment(proposal.id, {
        revision: number,
        ...(line === undefined ? {} : { line }),
        ...(endLine === undefined || endLine === line ? {} : { endLine }),
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
