/**
 * The short way for the calls that agents make all day: a plain `tools/call` of the earlier protocol versions, answered
 * without building a server of the SDK. Whatever is unusual in any way is not recognised here and goes to the SDK.
 */
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { Server, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/server";
import type { AnsweredCall } from "./answer-call.ts";
import { REPORT_WRONG_OUTPUT } from "./tool-list.ts";

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

/** Sends the answer as the SDK would. */
export function sendLeanAnswer(
  response: ServerResponse,
  id: LeanCall["id"],
  { result, outputSchema }: AnsweredCall,
): void {
  const projected = projector.projectCallToolResult(result, outputSchema);
  const text = JSON.stringify({ result: projected, jsonrpc: "2.0", id });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
