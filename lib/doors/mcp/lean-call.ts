/**
 * The short way for the calls that agents make all day: a plain `tools/call` of the earlier protocol versions, answered
 * without building a server of the SDK. Whatever is unusual in any way is not recognised here and goes to the SDK.
 */
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { Server, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/server";
import type { Context } from "#lib/commands/command.ts";
import type { Execution } from "#lib/core/execution.ts";
import { type AnsweredCall, answerOf, runCall } from "./answer-call.ts";
import { REPORT_WRONG_OUTPUT, type ToolList } from "./tool-list.ts";

export type LeanCall = {
  readonly id: string | number;
  readonly name: string;
  readonly input: Record<string, unknown>;
};

/** Versions whose calls carry no envelope of their own. */
const PLAIN_VERSIONS: ReadonlySet<string> = new Set(SUPPORTED_PROTOCOL_VERSIONS.filter((one) => one < "2026"));

/** Headers that mean something to the SDK beyond what is looked at here. */
const UNUSUAL = ["last-event-id", "mcp-method", "mcp-name", "content-encoding"] as const;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether headers say nothing that the SDK would treat differently. */
function arePlain(headers: IncomingHttpHeaders): boolean {
  const { accept, "content-type": type, "mcp-protocol-version": version } = headers;
  if (accept === undefined || !accept.includes("application/json") || !accept.includes("text/event-stream"))
    return false;
  if (type !== "application/json") return false;
  if (version !== undefined && !(typeof version === "string" && PLAIN_VERSIONS.has(version))) return false;
  return UNUSUAL.every((name) => headers[name] === undefined);
}

/** The call of a request that is nothing but a plain call; null for everything else. */
export function readLeanCall(headers: IncomingHttpHeaders, body: unknown): LeanCall | null {
  if (!isObject(body) || body.jsonrpc !== "2.0" || body.method !== "tools/call") return null;
  const { id, params } = body;
  if (typeof id !== "string" && !Number.isSafeInteger(id)) return null;
  if (!isObject(params) || typeof params.name !== "string" || params.name === REPORT_WRONG_OUTPUT) return null;
  const input = params.arguments === undefined ? {} : params.arguments;
  if (!isObject(input)) return null;
  for (const key in body) if (key !== "jsonrpc" && key !== "id" && key !== "method" && key !== "params") return null;
  for (const key in params) if (key !== "name" && key !== "arguments") return null;
  return arePlain(headers) ? { id: id as string | number, name: params.name, input } : null;
}

/** Never connected: it knows how the earlier versions want a result that is no object. */
const projector = new Server({ name: "whetstone", version: "0" }, { capabilities: { tools: {} } });

/** Runs the call and sends its answer as the SDK would. */
export async function answerLeanCall(
  response: ServerResponse,
  ctx: Context,
  tools: ToolList,
  call: LeanCall,
): Promise<void> {
  const called = await runCall(ctx, call);
  if ("refused" in called) return send(response, bodyOf(call.id, { result: called.refused }));
  const { execution } = called;
  if (execution.status === "succeeded" && isObject(execution.output)) {
    const found = tools.outputSchema(execution.tool, execution.version);
    const schema = found instanceof Promise ? await found : found;
    if (schema === undefined || schema.type === "object") return send(response, plainBody(call.id, execution));
  }
  return send(response, bodyOf(call.id, await answerOf(tools, execution)));
}

/** An answer of any kind, with a result that is no object as the earlier versions want it. */
function bodyOf(id: LeanCall["id"], { result, outputSchema }: AnsweredCall): string {
  return JSON.stringify({ result: projector.projectCallToolResult(result, outputSchema), jsonrpc: "2.0", id });
}

/** The same for an output that is an object, which stands in it twice: written out once. */
function plainBody(id: LeanCall["id"], { id: execution, version, latencyMs, output }: Execution): string {
  const text = JSON.stringify(output);
  return `{"result":{"content":[{"type":"text","text":${JSON.stringify(text)}}],"structuredContent":${text},"_meta":{"whetstone/executionId":"${execution}","whetstone/status":"succeeded","whetstone/version":${version},"whetstone/latencyMs":${latencyMs}}},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`;
}

function send(response: ServerResponse, body: string): void {
  const length = Buffer.byteLength(body);
  response.writeHead(200, { "content-type": "application/json", "content-length": length });
  response.end(body, length === body.length ? "latin1" : "utf8");
}
