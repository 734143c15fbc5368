/** Turns an execution into a test case, its recorded effects included. */
import { z } from "zod";
import { equalJson } from "#lib/core/comparison.ts";
import type { Execution, Feedback, StoredCase } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import { sentence, validateJson } from "#lib/core/json-schema.ts";
import { Problem } from "#lib/core/problem.ts";
import { keepsInput } from "#lib/core/recording.ts";
import { maskToolCase, refuseMasked, type Schemas } from "#lib/core/sensitive.ts";
import { findExecution } from "#lib/queries/find-or-refuse.ts";
import { schemasOf } from "#lib/queries/masked.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";
import { retestWaiting } from "./rerun-evidence.ts";

export const MakeCase = z.object({
  id: z.string().describe("Id of an execution"),
  description: z.string().trim().min(1).max(500).optional(),
  expectedOutput: z
    .unknown()
    .optional()
    .describe("The right answer; the recorded one when left out and the call succeeded"),
  shouldThrow: z.string().trim().min(1).max(200).optional().describe("A ToolError code or error name"),
  retest: z.boolean().default(false).describe("Have the tool's proposals that wait for their review tested anew"),
});

type Expectation = { readonly expectedOutput?: Json; readonly shouldThrow?: string };

export const makeCase = defineCommand({
  name: "executions.case",
  summary: "Make a test case of an execution, with its effects",
  scope: "operate",
  input: MakeCase,
  async run({ ctx, input }): Promise<StoredCase> {
    refuseMasked(input.expectedOutput);
    const execution = await findExecution(ctx.database, input.id);
    if (execution.status === "rejected")
      throw new Problem(
        "invalid_input",
        "The call was rejected: its input breaks the input schema, so no version would ever be called with it.",
      );
    if (!keepsInput(execution))
      throw new Problem(
        "conflict",
        `This call of ${execution.tool} was recorded as "${execution.recording}", without its values, so no case can be made of it: set the tool's recording to full or redacted, and make one of a later call.`,
      );
    const made = await record(ctx, async (database) => {
      const feedback = (await database.executions.feedback(execution.tool)).find(
        ({ executionId }) => executionId === execution.id,
      );
      const expectation = expect(execution, feedback, input);
      const schemas = await schemasOf(database, execution.tool, execution.version);
      if (schemas !== null) requireFit(schemas, input.expectedOutput as Json | undefined);
      // One call has one right answer: a second case of it takes the place of the first.
      const replaced = await database.executions.removeCases(execution.tool, { executionId: execution.id });
      const made = await database.executions.addCase(
        {
          tool: execution.tool,
          description: input.description ?? describeCase(execution, expectation),
          input: execution.input,
          ...expectation,
          effects: execution.effects,
          executionId: execution.id,
        },
        ctx.caller.actor,
      );
      return {
        answer: schemas === null ? made : maskToolCase(schemas, made),
        audit: {
          verb: "case.created",
          tool: execution.tool,
          subject: { kind: "case", id: made.id },
          summary: `made a test case of ${execution.tool}${replaced > 0 ? ", in the place of the one before" : ""}: ${made.description}`,
        },
        events: [{ kind: "tool", id: execution.tool, tool: execution.tool }],
      };
    });
    if (input.retest) await retestWaiting(ctx, execution.tool, "a test case of the tool was made");
    return made;
  },
});

/** What the case demands: what the request says, else what is known of the execution. */
function expect(
  execution: Execution,
  feedback: Feedback | undefined,
  input: { expectedOutput?: unknown; shouldThrow?: string | undefined },
): Expectation {
  if (input.expectedOutput !== undefined && input.shouldThrow !== undefined)
    throw new Problem(
      "invalid_input",
      "A case expects an output or an error: send expectedOutput or shouldThrow, not both.",
    );
  if (input.shouldThrow !== undefined) return { shouldThrow: input.shouldThrow };
  if (input.expectedOutput !== undefined) return { expectedOutput: input.expectedOutput as Json };
  if (feedback?.expectedOutput !== undefined) return { expectedOutput: feedback.expectedOutput };
  const wrong = feedback?.correct === false;
  if (execution.status === "succeeded" && execution.output !== undefined && !wrong)
    return { expectedOutput: execution.output };
  if (execution.status === "refused" && execution.error !== undefined && !wrong)
    return { shouldThrow: execution.error.code ?? execution.error.name };
  throw new Problem(
    "invalid_input",
    `The call ${wrong ? "was marked wrong" : execution.status}, so it does not show the right answer: send expectedOutput or shouldThrow.`,
  );
}

function describeCase({ output }: Execution, { expectedOutput, shouldThrow }: Expectation): string {
  if (shouldThrow !== undefined) return `refuses with ${shouldThrow}`;
  return expectedOutput !== undefined && equalJson(expectedOutput, output)
    ? "answers as recorded"
    : "answers as corrected";
}

/** What the tool may never answer cannot be its right answer. */
export function requireFit({ outputSchema }: Schemas, expected: Json | undefined): void {
  if (expected === undefined) return;
  const checked = validateJson(outputSchema, expected);
  if (checked.ok) return;
  throw new Problem(
    "invalid_input",
    `expectedOutput: does not fit the tool's output schema: ${checked.errors.map(sentence).join("; ")}.`,
    { errors: checked.errors },
  );
}
