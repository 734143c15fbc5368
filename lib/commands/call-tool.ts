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

/** Names that the schema took; the tools of a house, and not much more. */
const names = new Set<string>();
const MOST_NAMES = 1_000;

function isName(name: unknown): name is string {
  if (typeof name !== "string") return false;
  if (names.has(name)) return true;
  if (!ToolName.safeParse(name).success) return false;
  if (names.size >= MOST_NAMES) names.clear();
  names.add(name);
  return true;
}

/** Going through the schema costs as much as all the rest of a door. */
function plainly(asked: unknown): z.output<typeof CallTool> | null {
  if (typeof asked !== "object" || asked === null) return null;
  const { name, input, traceId }: { name?: unknown; input?: unknown; traceId?: unknown } = asked;
  return isName(name) && input !== undefined && traceId === undefined ? { name, input } : null;
}

export const callTool = defineCommand({
  name: "tools.call",
  summary: "Call a tool; every outcome is recorded and answered",
  scope: "call",
  input: CallTool,
  plainly,
  run: ({ ctx, input }): Promise<Execution> =>
    ctx.pipeline.execute({
      tool: input.name,
      input: input.input,
      caller: ctx.caller.actor.name,
      traceId: input.traceId,
      signal: ctx.signal,
    }),
});
