/** A recorded call as a result of MCP. */
import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Execution } from "#lib/core/execution.ts";

/** Every outcome but succeeded is an error to the client; the execution's id stands in `_meta`. */
export function callResult(execution: Execution): CallToolResult {
  const { id, status, output, error, version, latencyMs } = execution;
  const _meta = {
    "whetstone/executionId": id,
    "whetstone/status": status,
    "whetstone/version": version,
    "whetstone/latencyMs": latencyMs,
  };
  if (status === "succeeded")
    return {
      content: [{ type: "text", text: JSON.stringify(output ?? null) }],
      structuredContent: output ?? null,
      _meta,
    };
  const name = error?.code ?? error?.name ?? status;
  const text = `${status}: ${name}${error?.message ? `: ${error.message}` : ""}`;
  return { content: [{ type: "text", text }], isError: true, _meta };
}

/** A refusal before any call was recorded. */
export function refusal(message: string): CallToolResult {
  return { content: [{ type: "text", text: message }], isError: true };
}
