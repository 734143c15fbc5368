/** Says that a comment is dealt with, so that it stands out of the way and the next attempt is not asked for it, or takes that back. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import type { Comment } from "#lib/core/proposal.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const ResolveComment = z.object({
  id: z.string().describe("Id or number of a proposal"),
  comment: z.uuid().describe("Id of one of its comments"),
  resolved: z.boolean().default(true).describe("false opens it again"),
});

export const resolveComment = defineCommand({
  name: "proposals.comments.resolve",
  summary: "Resolve a comment, or open it again",
  scope: "operate",
  input: ResolveComment,
  async run({ ctx, input }): Promise<Comment> {
    const { id, number, tool } = await findProposal(ctx.database, input.id);
    const found = (await ctx.database.proposals.comments(id)).find((one) => one.id === input.comment);
    if (found === undefined)
      throw new Problem(
        "not_found",
        `Proposal ${number} has no comment ${input.comment}: showing it lists its comments.`,
      );
    // Whoever was first has said it already.
    if ((found.resolved !== undefined) === input.resolved) return found;
    return record(ctx, async (database) => ({
      answer: await database.proposals.resolveComment(found.id, input.resolved ? ctx.caller.actor : null),
      audit: {
        verb: input.resolved ? "proposal.comment_resolved" : "proposal.comment_reopened",
        tool,
        subject: { kind: "proposal", id },
        summary: `${input.resolved ? "resolved" : "opened again"} a comment of ${found.actor.name} on proposal ${number} of ${tool}`,
      },
      events: [{ kind: "proposal", id, tool }],
    }));
  },
});
