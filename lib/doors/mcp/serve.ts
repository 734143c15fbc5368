/** What the MCP server answers: the list of tools, calls, and feedback. */
import { type McpServerFactory, Server } from "@modelcontextprotocol/server";
import type { Context, Machinery } from "#lib/commands/command.ts";
import type { Caller } from "#lib/core/actor.ts";
import { isProblem, type Problem } from "#lib/core/problem.ts";
import { type AnsweredCall, answerCall } from "./answer-call.ts";
import { refusal } from "./call-result.ts";
import { tellProgress } from "./progress.ts";
import { REPORT_WRONG_OUTPUT, type ToolList } from "./tool-list.ts";

const IDENTITY = { name: "whetstone", title: "Whetstone", version: "0.1.0" };
const INSTRUCTIONS = `Every call is recorded. When an output turns out to be wrong, call ${REPORT_WRONG_OUTPUT} with the execution id from the result's _meta: that is how it gets fixed.`;

/** What the door knows of a request that the SDK hands back to the server's handlers. */
export type Asked = {
  readonly caller: Caller;
  /** Ends when the client takes its request back. */
  readonly signal?: AbortSignal | undefined;
  /** Set where the request was refused for now: the answer is the transport's to give. */
  refused?: Problem;
};

/** One server a request, as the SDK wants it; `asked` says who sent the request. */
export function createServerFactory(
  machinery: Machinery,
  tools: ToolList,
  asked: WeakMap<Request, Asked>,
): McpServerFactory {
  return ({ requestInfo }) => {
    const request = requestInfo === undefined ? undefined : asked.get(requestInfo);
    if (request === undefined) throw new Error("a request reached the MCP server without its caller");
    const { caller, signal } = request;
    const ctx: Context = { ...machinery, caller, ...(signal === undefined ? {} : { signal }) };
    const server = new Server(IDENTITY, {
      capabilities: { tools: { listChanged: true } },
      instructions: INSTRUCTIONS,
    });
    server.setRequestHandler("tools/list", async () => ({ tools: await tools.list() }));
    server.setRequestHandler("tools/call", async ({ params }, extra) => {
      const { name, arguments: input = {} } = params;
      const told = tellProgress(extra);
      const { result, outputSchema } = await answerCall(ctx, tools, { name, input }).catch(
        (error: unknown): AnsweredCall => {
          if (!isProblem(error)) throw error;
          request.refused = error;
          return { result: refusal(error.message) };
        },
      );
      await told();
      return server.projectCallToolResult(result, outputSchema);
    });
    return server;
  };
}
