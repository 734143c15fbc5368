/** A person's or agent's word on whether an output was right: the only way to see a wrong value of the right type. */
import { z } from "zod";
import type { Feedback } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import { refuseMasked } from "#lib/core/sensitive.ts";
import { findExecution } from "#lib/queries/find-or-refuse.ts";
import { schemasOf } from "#lib/queries/masked.ts";
import { defineCommand } from "./command.ts";
import { requireFit } from "./make-case.ts";
import { record } from "./record.ts";

export const GiveFeedback = z.object({
  id: z.string().describe("Id of an execution"),
  correct: z.boolean(),
  expectedOutput: z.unknown().optional().describe("What the answer should have been, where known"),
  note: z.string().trim().max(20_000).optional(),
});

export const giveFeedback = defineCommand({
  name: "executions.feedback",
  summary: "Say whether an output was right, and what it should have been",
  scope: "call",
  input: GiveFeedback,
  async run({ ctx, input }): Promise<Feedback> {
    refuseMasked(input.expectedOutput);
    const execution = await findExecution(ctx.database, input.id);
    if (input.correct && input.expectedOutput !== undefined)
      throw new Problem(
        "invalid_input",
        "expectedOutput: a correct output needs none; leave it out, or send correct: false.",
      );
    if (input.expectedOutput !== undefined) {
      const schemas = await schemasOf(ctx.database, execution.tool, execution.version);
      if (schemas !== null) requireFit(schemas, input.expectedOutput as Json);
    }
    return record(ctx, async (database) => {
      const feedback = await database.executions.addFeedback(
        {
          executionId: execution.id,
          tool: execution.tool,
          correct: input.correct,
          ...(input.expectedOutput === undefined ? {} : { expectedOutput: input.expectedOutput as Json }),
          ...(input.note === undefined ? {} : { note: input.note }),
        },
        ctx.caller.actor,
      );
      return {
        answer: feedback,
        audit: {
          verb: "execution.feedback",
          tool: execution.tool,
          subject: { kind: "execution", id: execution.id },
          summary: `said that an output of ${execution.tool} was ${input.correct ? "right" : "wrong"}`,
        },
        events: [{ kind: "execution", id: execution.id, tool: execution.tool }],
      };
    });
  },
});
