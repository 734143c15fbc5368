/** What the MCP server answers: the list of tools, calls, and feedback. */
import { type CallToolResult, type McpServerFactory, Server } from "@modelcontextprotocol/server";
import { callTool } from "#lib/commands/call-tool.ts";
import { type Context, type Machinery, runCommand } from "#lib/commands/command.ts";
import { giveFeedback } from "#lib/commands/give-feedback.ts";
import type { Caller } from "#lib/core/actor.ts";
import { isProblem } from "#lib/core/problem.ts";
import { callResult, refusal } from "./call-result.ts";
import { createToolList, REPORT_WRONG_OUTPUT } from "./tool-list.ts";

const IDENTITY = { name: "whetstone", title: "Whetstone", version: "0.1.0" };
const INSTRUCTIONS = `Every call is recorded. When an output turns out to be wrong, call ${REPORT_WRONG_OUTPUT} with the execution id from the result's _meta: that is how it gets fixed.`;

/** One server a request, as the SDK wants it; `callers` says who sent the request. */
export function createServerFactory(machinery: Machinery, callers: WeakMap<Request, Caller>): McpServerFactory {
  const tools = createToolList(machinery.database);
  return ({ requestInfo }) => {
    const caller = requestInfo === undefined ? undefined : callers.get(requestInfo);
    if (caller === undefined) throw new Error("a request reached the MCP server without its caller");
    const ctx: Context = { ...machinery, caller };
    const server = new Server(IDENTITY, {
      capabilities: { tools: { listChanged: true } },
      instructions: INSTRUCTIONS,
    });
    server.setRequestHandler("tools/list", async () => ({ tools: await tools.list() }));
    server.setRequestHandler("tools/call", async ({ params }) => {
      const { name, arguments: input = {} } = params;
      const result = await answerCall(ctx, name, input);
      const schema = result.isError ? undefined : await tools.outputSchema(name);
      return server.projectCallToolResult(result, schema);
    });
    return server;
  };
}

/** Refusals are results too: the agent reads what was wrong and what to do. */
async function answerCall(ctx: Context, name: string, input: Record<string, unknown>): Promise<CallToolResult> {
  try {
    if (name === REPORT_WRONG_OUTPUT) return await report(ctx, input);
    return callResult(await runCommand(callTool, ctx, { name, input }));
  } catch (error) {
    if (isProblem(error)) return refusal(error.message);
    process.stderr.write(`whetstone: mcp: ${error instanceof Error ? error.stack : String(error)}\n`);
    return refusal("Something went wrong here; the server's log says what.");
  }
}

async function report(ctx: Context, input: Record<string, unknown>): Promise<CallToolResult> {
  const { executionId, ...rest } = input;
  const feedback = await runCommand(giveFeedback, ctx, { ...rest, id: executionId, correct: false });
  return {
    content: [{ type: "text", text: "Thank you: the output is marked wrong and will be looked into." }],
    _meta: { "whetstone/executionId": feedback.executionId, "whetstone/feedbackId": feedback.id },
  };
}
