/** What a `tools/call` is answered with, whichever way it came in. */
import type { CallToolResult } from "@modelcontextprotocol/server";
import { z } from "zod";
import { callTool } from "#lib/commands/call-tool.ts";
import { type Context, runCommand } from "#lib/commands/command.ts";
import { giveFeedback } from "#lib/commands/give-feedback.ts";
import type { Execution } from "#lib/core/execution.ts";
import { isProblem, Problem } from "#lib/core/problem.ts";
import { callResult, refusal } from "./call-result.ts";
import { REPORT_WRONG_OUTPUT, type ToolList } from "./tool-list.ts";

export type AnsweredCall = {
  readonly result: CallToolResult;
  /** The schema that the output was listed with; absent for errors and where none was declared. */
  readonly outputSchema?: Readonly<Record<string, unknown>> | undefined;
};

/** A call by its name and arguments. */
export type AskedCall = { readonly name: string; readonly input: Record<string, unknown> };

/** The recorded call, or the refusal that the agent reads in its place. */
export type Called = { readonly execution: Execution } | { readonly refused: CallToolResult };

/** Refusals are results too, so that the agent reads what was wrong and what to do; only "too many" is the transport's. */
export async function runCall(ctx: Context, call: AskedCall): Promise<Called> {
  try {
    return { execution: await runCommand(callTool, ctx, call) };
  } catch (error) {
    return { refused: refusalOf(error) };
  }
}

/** What a call is answered with that is on record. */
export async function answerOf(tools: ToolList, execution: Execution): Promise<AnsweredCall> {
  const result = callResult(execution);
  if (result.isError === true) return { result };
  return { result, outputSchema: await tools.outputSchema(execution.tool, execution.version) };
}

/** Runs a call, or takes feedback. */
export async function answerCall(ctx: Context, tools: ToolList, call: AskedCall): Promise<AnsweredCall> {
  if (call.name === REPORT_WRONG_OUTPUT) {
    try {
      return { result: await report(ctx, call.input) };
    } catch (error) {
      return { result: refusalOf(error) };
    }
  }
  const called = await runCall(ctx, call);
  return "refused" in called ? { result: called.refused } : answerOf(tools, called.execution);
}

/** @throws Problem too_many */
function refusalOf(error: unknown): CallToolResult {
  if (isProblem(error)) {
    if (error.code === "too_many") throw error;
    return refusal(error.message);
  }
  process.stderr.write(`whetstone: mcp: ${error instanceof Error ? error.stack : String(error)}\n`);
  return refusal("Something went wrong here; the server's log says what.");
}

const Report = z.strictObject({
  executionId: z.string("is missing: take it from the _meta of the call's result"),
  expectedOutput: z.unknown().optional(),
  note: z.string().optional(),
});

async function report(ctx: Context, input: Record<string, unknown>): Promise<CallToolResult> {
  const asked = Report.safeParse(input);
  if (!asked.success) {
    const [issue] = asked.error.issues;
    throw new Problem("invalid_input", `${issue?.path.join(".") || "The arguments"}: ${issue?.message}.`);
  }
  const { executionId: id, ...rest } = asked.data;
  const feedback = await runCommand(giveFeedback, ctx, { ...rest, id, correct: false });
  return {
    content: [{ type: "text", text: "Thank you: the output is marked wrong and will be looked into." }],
    _meta: { "whetstone/executionId": feedback.executionId, "whetstone/feedbackId": feedback.id },
  };
}
