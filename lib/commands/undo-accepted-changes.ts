/** Takes back that a group of new answers was called right: the cases that came of it go, and the tests run again. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { acceptedAs, LONGEST_GROUP } from "./accept-changes.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";
import { retestWaiting } from "./rerun-evidence.ts";

export const UndoAcceptedChanges = z.object({
  id: z.string().describe("Id or number of a proposal"),
  group: z
    .string()
    .min(1)
    .max(LONGEST_GROUP)
    .describe("What the answers share, as it was named when they were accepted"),
});

export const UndoneChanges = z.object({ cases: z.number().int().describe("Test cases that were removed") });

export const undoAcceptedChanges = defineCommand({
  name: "proposals.undo_accepted_changes",
  summary: "Take back that a group of new answers is right: its test cases are removed",
  scope: "operate",
  input: UndoAcceptedChanges,
  async run({ ctx, input }): Promise<z.infer<typeof UndoneChanges>> {
    const proposal = await findProposal(ctx.database, input.id);
    const { number, tool } = proposal;
    const cases = await record(ctx, async (database) => {
      const description = acceptedAs(number, input.group);
      const made = (await database.executions.cases(tool)).filter((one) => one.description === description);
      if (made.length === 0)
        throw new Problem(
          "conflict",
          `No test case of ${tool} came of "${input.group}" of proposal ${number}: nothing is taken back.`,
        );
      for (const { id } of made) await database.executions.removeCases(tool, { id });
      return {
        answer: made.length,
        audit: {
          verb: "proposal.accepted_changes_undone",
          tool,
          subject: { kind: "proposal", id: proposal.id },
          summary: `took back ${made.length} answers of proposal ${number} of ${tool} that were accepted: ${input.group}`,
        },
        events: [{ kind: "proposal", id: proposal.id, tool }],
      };
    });
    await retestWaiting(ctx, tool, `accepted answers were taken back: ${input.group}`.slice(0, 500));
    return { cases };
  },
});
