/** Request bodies: JSON within a limit, or lines as they come. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { StringDecoder } from "node:string_decoder";
import { MAX_LINE } from "#lib/commands/import-line.ts";
import { Problem } from "#lib/core/problem.ts";
import { HttpRefusal } from "./problem-response.ts";
import { WholeRequest } from "./whole-request.ts";

export const MAX_JSON_BYTES = 8 * 1024 * 1024;

/** The rest of a refused body is not read: the connection ends with the answer. */
const HANG_UP = { connection: "close" };

/** @throws HttpRefusal where the body would have to be unpacked */
export function refuseEncoded({ headers }: IncomingMessage): void {
  const { "content-encoding": encoding = "identity" } = headers;
  if (encoding !== "identity") throw new HttpRefusal(415, `The body is encoded (${encoding}): send it as it is.`);
}

async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  refuseEncoded(request);
  const tooLong = (): HttpRefusal =>
    new HttpRefusal(
      413,
      `The body is longer than ${limit / 1024 / 1024} MiB: send less, or import executions as NDJSON.`,
      HANG_UP,
    );
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLong();
  const brokenOff = (): HttpRefusal => new HttpRefusal(400, "The body broke off: send all of it.");
  if (request.destroyed) throw brokenOff();
  if (request instanceof WholeRequest && request.isUnread) {
    const body = await request.whole(limit).catch(() => {
      throw brokenOff();
    });
    if (body === null) throw tooLong();
    return body;
  }
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        chunks = [];
        reject(tooLong());
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => {
      if (!request.complete) reject(brokenOff());
    });
  });
}

/** The media type without parameters, in lower case; empty where none is stated. */
function mediaType(header: string): string {
  return header.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** Any JSON value; undefined for an empty body. */
export async function readJson(request: IncomingMessage, limit = MAX_JSON_BYTES): Promise<unknown> {
  const bytes = await readBytes(request, limit);
  const header = request.headers["content-type"] ?? "";
  const type = header === "application/json" ? header : mediaType(header);
  const charset = type === header ? undefined : /;\s*charset="?([\w-]+)/i.exec(header)?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset))
    throw new HttpRefusal(415, `The body is in ${charset}: send UTF-8.`);
  if (!isUtf8(bytes)) throw new HttpRefusal(400, "The body is not UTF-8: some bytes of it are no characters.");
  const text = bytes[0] === 0xef ? new TextDecoder().decode(bytes) : bytes.toString("utf8");
  if (text.trim() === "") return undefined;
  if (type !== "" && type !== "application/json" && !type.endsWith("+json"))
    throw new HttpRefusal(415, `The body is ${type}: send JSON with the header Content-Type: application/json.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HttpRefusal(400, `The body is not JSON: ${reason}.`);
  }
}

/** A JSON object; an empty body counts as an empty object. */
export async function readJsonObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  const value = (await readJson(request)) ?? {};
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Problem("invalid_input", "The body takes a JSON object.");
  return value as Record<string, unknown>;
}

/** Lines of a body of any length, one at a time; a line over the limit comes cut, one character too long. */
export async function* readLines(request: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of request) {
    const parts = decoder.write(chunk).split("\n");
    parts[0] = rest.length > MAX_LINE ? rest : rest + parts[0];
    rest = (parts.pop() ?? "").slice(0, MAX_LINE + 1);
    for (const line of parts) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  rest += decoder.end();
  if (rest !== "") yield rest;
}
