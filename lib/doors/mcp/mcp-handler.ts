/** The MCP door: Streamable HTTP without sessions, one JSON body an answer; guarded like the API. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline as pipe } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import {
  createMcpHandler as createSdkHandler,
  isLegacyRequest,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { Context, Machinery } from "#lib/commands/command.ts";
import type { Caller } from "#lib/core/actor.ts";
import { Problem } from "#lib/core/problem.ts";
import { authenticate } from "../http/authenticate.ts";
import { guardHost } from "../http/guard-host.ts";
import { describeError, HttpRefusal, sendProblem } from "../http/problem-response.ts";
import { readJson } from "../http/read-body.ts";
import { createCancellations, SESSION_HEADER } from "./cancellations.ts";
import { answerLeanCall, readLeanCall } from "./lean-call.ts";
import { createListeners } from "./listeners.ts";
import { type Asked, createServerFactory } from "./serve.ts";
import { createToolList } from "./tool-list.ts";

export type McpOptions = {
  /** Names that the server is reached by, besides localhost, addresses and WHETSTONE_HOST. */
  readonly hosts?: readonly string[];
};

const PATH = "/mcp";

/** Builds the handler of `/mcp`; false for every other path. */
export function createMcpHandler(
  machinery: Machinery,
  options: McpOptions = {},
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> | boolean {
  const { database, clock } = machinery;
  const hosts = [machinery.environment.host, ...(options.hosts ?? [])];
  const tools = createToolList(database);
  const known = new WeakMap<Request, Asked>();
  const listeners = createListeners();
  const cancellations = createCancellations();
  const factory = createServerFactory(machinery, tools, known);
  const sdk = createSdkHandler(factory, {
    onerror: (error) => process.stderr.write(`whetstone: mcp: ${error.message}\n`),
  });
  // Clients that listen hear of deployments, rollbacks and new tools.
  database.subscribe((event) => {
    if (event.kind !== "tool") return;
    sdk.notify.toolsChanged();
    listeners.toolsChanged();
  });

  /** What commands get, made once for each caller. */
  const contexts = new WeakMap<Caller, Context>();
  function contextOf(caller: Caller): Context {
    let ctx = contexts.get(caller);
    if (ctx === undefined) {
      ctx = { ...machinery, caller };
      contexts.set(caller, ctx);
    }
    return ctx;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<true> {
    try {
      guardHost(request, hosts);
      guardOrigin(request);
      // A browser's cookie opens nothing here: agents bring keys.
      if (request.headers.authorization === undefined)
        throw new Problem("unauthorized", "MCP takes the header Authorization: Bearer KEY; see .whetstone/admin-key.");
      const caller = await authenticate(database, request, clock.now());
      if (request.method === "GET") {
        listeners.open(request, response);
        return true;
      }
      if (request.method !== "POST")
        throw new HttpRefusal(405, `${request.method} is not taken here: use POST or GET.`, { allow: "GET, POST" });
      const body = await readJson(request);
      if (body === undefined) throw new HttpRefusal(400, "The body is empty: send a JSON-RPC message.");
      const owner = caller.actor.id;
      if (methodOf(body) === "notifications/cancelled") cancellations.cancel(owner, request.headers, body);
      const call = readLeanCall(request.headers, body);
      const { signal, done } = cancellations.begin(owner, request.headers, call?.id ?? idOf(body));
      try {
        if (call !== null) {
          const ctx = signal === undefined ? contextOf(caller) : { ...machinery, caller, signal };
          await answerLeanCall(response, ctx, tools, call);
          return true;
        }
        const asked = toWebRequest(request, body, response);
        const legacy = await isLegacyRequest(asked, body);
        // The newer versions take a call back by closing its stream; in the earlier ones a lost connection says nothing.
        const about: Asked = { caller, signal: legacy ? signal : asked.signal };
        known.set(asked, about);
        if (legacy) await answerLegacy(factory, asked, body, about, response);
        else {
          const answer = await sdk.fetch(asked, { parsedBody: body });
          if (about.refused !== undefined) throw about.refused;
          await send(answer, response);
        }
      } finally {
        done();
      }
    } catch (error) {
      const { body, headers } = describeError(error, logError, () => clock.id());
      sendProblem(response, body.status, body, headers);
    }
    return true;
  }

  return (request, response) => (pathOf(request) === PATH ? answer(request, response) : false);
}

/**
 * Clients of earlier protocol versions: a server a request as well, and plain JSON where the SDK would stream, unless they
 * want to hear of the progress.
 */
async function answerLegacy(
  factory: McpServerFactory,
  request: Request,
  body: unknown,
  about: Asked,
  response: ServerResponse,
): Promise<void> {
  const server = await factory({ era: "legacy", requestInfo: request });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !wantsProgress(body) });
  try {
    await server.connect(transport);
    const answer = await transport.handleRequest(request, { parsedBody: body });
    if (about.refused !== undefined) throw about.refused;
    if (methodOf(body) === "initialize" && answer.ok) response.setHeader(SESSION_HEADER, randomUUID());
    await send(answer, response);
  } finally {
    await server.close();
  }
}

/** A member of a request that is one object. */
function memberOf(body: unknown, name: string): unknown {
  return body !== null && typeof body === "object" ? Reflect.get(body, name) : undefined;
}

const methodOf = (body: unknown): unknown => memberOf(body, "method");
const idOf = (body: unknown): unknown => memberOf(body, "id");
const wantsProgress = (body: unknown): boolean =>
  memberOf(memberOf(memberOf(body, "params"), "_meta"), "progressToken") !== undefined;

function pathOf(request: IncomingMessage): string {
  const { url = "" } = request;
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/** A page of another site may not speak for the person who has it open. */
function guardOrigin(request: IncomingMessage): void {
  const { origin, host } = request.headers;
  if (origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host)
    throw new HttpRefusal(403, "MCP requests from pages of other sites are not taken.");
}

function toWebRequest(request: IncomingMessage, body: unknown, response: ServerResponse): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !name.startsWith(":"))
      headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  return new Request(`http://${request.headers.host}${request.url}`, {
    method: request.method ?? "GET",
    headers,
    signal: gone.signal,
    body: JSON.stringify(body),
  });
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) {
    response.end();
    return;
  }
  try {
    await pipe(Readable.fromWeb(answer.body as NodeReadableStream), response);
  } catch (error) {
    // A client that leaves in the middle of a stream is no fault.
    if (!response.destroyed) throw error;
  }
}

function logError(id: string, error: unknown): void {
  process.stderr.write(
    `whetstone: ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
}
