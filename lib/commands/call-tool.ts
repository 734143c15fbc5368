/** Runs a tool. The record of the call is the execution itself, durable before the answer, so no audit row is added. */
import { z } from "zod";
import type { Execution } from "#lib/core/execution.ts";
import { ToolName } from "#lib/core/tool.ts";
import { defineCommand } from "./command.ts";

export const CallTool = z.object({
  name: ToolName,
  // A body came out of JSON.parse, so it is JSON already; checking again would cost more than the call.
  input: z.unknown().refine((value) => value !== undefined, 'is missing: send {"input": …}'),
  traceId: z.string().max(200).optional(),
});

export const callTool = defineCommand({
  name: "tools.call",
  summary: "Call a tool; every outcome is recorded and answered",
  scope: "call",
  input: CallTool,
  run: ({ ctx, input }): Promise<Execution> =>
    ctx.pipeline.execute({
      tool: input.name,
      input: input.input,
      caller: ctx.caller.actor.name,
      traceId: input.traceId,
      signal: ctx.signal,
    }),
});
