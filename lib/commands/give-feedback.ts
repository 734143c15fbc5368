/** A person's or agent's word on whether an output was right: the only way to see a wrong value of the right type. */
import { z } from "zod";
import { equalJson } from "#lib/core/comparison.ts";
import type { Execution, Feedback } from "#lib/core/execution.ts";
import { answering } from "#lib/core/given-answer.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import { refuseMasked } from "#lib/core/sensitive.ts";
import { DEFAULT_LIMITS } from "#lib/ports/sandbox.ts";
import { findExecution } from "#lib/queries/find-or-refuse.ts";
import { schemasOf } from "#lib/queries/masked.ts";
import { type Context, defineCommand } from "./command.ts";
import { requireFit } from "./make-case.ts";
import { record } from "./record.ts";

export const GiveFeedback = z.object({
  id: z.string().describe("Id of an execution"),
  correct: z.boolean(),
  expectedOutput: z.unknown().optional().describe("What the answer should have been, where known"),
  note: z.string().trim().max(20_000).optional(),
  checked: z
    .boolean()
    .default(false)
    .describe("Refuse an expectedOutput that breaks a postcondition of the tool, and that no fix could answer"),
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
      // Where values are not on record, what was answered is not known.
      if (execution.recording === undefined && equalJson(execution.output, input.expectedOutput as Json))
        throw new Problem(
          "invalid_input",
          "expectedOutput is what it answered: send what it should have been, or leave it out.",
        );
      const schemas = await schemasOf(ctx.database, execution.tool, execution.version);
      if (schemas !== null) requireFit(schemas, input.expectedOutput as Json);
      if (input.checked) await requireAllowed(ctx, execution, input.expectedOutput as Json);
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

/** What the active version's own postconditions forbid, no version that keeps them can ever answer. */
async function requireAllowed(ctx: Context, { tool: name, input }: Execution, expected: Json): Promise<void> {
  const tool = await ctx.database.tools.find(name);
  const version =
    tool === null || tool.activeVersion === null ? null : await ctx.database.versions.find(name, tool.activeVersion);
  if (version === null || version.manifest.postconditions.length === 0) return;
  const source = answering(version.source, expected);
  if (source === null) return;
  const ran = await ctx.sandbox.run({
    module: { name, source, hash: sha256(source) },
    manifest: version.manifest,
    input,
    limits: DEFAULT_LIMITS,
    effects: { mode: "replay", journal: [] },
  });
  if (ran.kind !== "postcondition") return;
  throw new Problem(
    "invalid_input",
    `This answer breaks a rule of ${name} itself, "${ran.broken}", so no fix could ever give it: correct it, or leave it empty and say in the note what is wrong.`,
    { broken: ran.broken },
  );
}
