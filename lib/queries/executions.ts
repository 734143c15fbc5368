/** Executions as the API shows them. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { Execution, isFailure, Word } from "#lib/core/execution.ts";
import { maskWord } from "#lib/core/sensitive.ts";
import { ToolName } from "#lib/core/tool.ts";
import { Outcome } from "#lib/core/words.ts";
import { findExecution } from "./find-or-refuse.ts";
import { maskExecutions, schemasOf } from "./masked.ts";
import { Instant, PageInput, pageOf } from "./page.ts";

/** A row of the list; its effects are in the one. */
export const ExecutionRow = Execution.omit({ effects: true });
export type ExecutionRow = z.infer<typeof ExecutionRow>;

export const ExecutionPage = pageOf(ExecutionRow);
export type ExecutionPage = z.infer<typeof ExecutionPage>;

/** Words to look for: PostgreSQL holds no NUL, so none can be found. */
function sought(longest: number) {
  return z
    .string()
    .max(longest)
    .refine((text) => !text.includes("\0"), "cannot hold a NUL character");
}
const Sought = sought(200);

/** An outcome, or all that count as failures. */
export const SoughtOutcome = z.enum([...Outcome.options, "bad"]);

/** What somebody said of an answer. */
export const SoughtWord = z.enum(["wrong", "right"]);

const FAILURES = Outcome.options.filter(isFailure);

export const ListExecutions = z.strictObject({
  tool: ToolName.optional(),
  status: SoughtOutcome.optional().describe("An outcome; bad takes all that count as failures: failed and timed_out"),
  version: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  since: Instant.optional().describe("Started at or after, ISO 8601 with zone"),
  until: Instant.optional().describe("Started before, ISO 8601 with zone"),
  cluster: sought(8_000).optional().describe("Key of a failure cluster, or several with commas between them"),
  caller: Sought.optional(),
  slowerThan: z.coerce.number().min(0).optional().describe("Took longer than so many milliseconds"),
  marked: SoughtWord.optional().describe("What the newest word on the answer says: wrong, or right"),
  text: Sought.optional().describe("Words in the input, output or error; the newest 20,000 calls are looked through"),
  ...PageInput,
});

/** Executions, newest first. */
export async function listExecutions(ctx: Context, params: z.output<typeof ListExecutions>): Promise<ExecutionPage> {
  const { cursor, limit, status, cluster, ...rest } = params;
  const filter = { ...rest, status: status === "bad" ? FAILURES : status, cluster: cluster?.split(",") };
  const page = await ctx.database.executions.list(filter, { cursor, limit });
  const rows = page.items.map(({ effects: _effects, ...row }) => row);
  const items = await maskExecutions(ctx.database, rows);
  return { ...page, items: filter.text === undefined ? items : items.filter((row) => holdsText(row, filter.text)) };
}

/** Hidden values are not found: a search must not tell what a page does not show. */
function holdsText({ input, output, error }: ExecutionRow, text = ""): boolean {
  return JSON.stringify([input, output, error]).toLowerCase().includes(text.toLowerCase());
}

export const ShowExecution = z.object({ id: z.string().describe("Id of an execution") });

export const ExecutionDetail = Execution.extend({
  feedback: Word.optional().describe("The newest word on its answer; absent where nobody has said anything"),
  earlierFeedback: z.array(Word).optional().describe("What was said before it, newest first; absent where nothing was"),
});
export type ExecutionDetail = z.infer<typeof ExecutionDetail>;

/** One execution with its effects in completion order, and what was last said of its answer. */
export async function showExecution(ctx: Context, params: z.output<typeof ShowExecution>): Promise<ExecutionDetail> {
  const { database } = ctx;
  const execution = await findExecution(database, params.id);
  const [[shown = execution], words] = await Promise.all([
    maskExecutions(database, [execution]),
    database.executions.wordsOn(execution.id),
  ]);
  if (words.length === 0) return shown;
  const schemas = await schemasOf(database, execution.tool, execution.version);
  const [feedback, ...earlier] = words.map((word) => (schemas === null ? word : maskWord(schemas, execution, word)));
  return { ...shown, feedback, ...(earlier.length > 0 && { earlierFeedback: earlier }) };
}
