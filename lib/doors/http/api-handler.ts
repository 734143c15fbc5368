/** The HTTP door: finds the route, the caller and the input, runs the command, answers in JSON. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context, Machinery } from "#lib/commands/command.ts";
import { ROUTES } from "#lib/commands/registry.ts";
import type { Route } from "#lib/commands/route.ts";
import { type Caller, holds } from "#lib/core/actor.ts";
import type { Execution } from "#lib/core/execution.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Job } from "#lib/core/version.ts";
import { answerExecution } from "./answer-execution.ts";
import { authenticate } from "./authenticate.ts";
import { streamEvents } from "./events.ts";
import { guardHost } from "./guard-host.ts";
import { readiness } from "./health.ts";
import { createRequestMetrics, metricsText, type RequestMetrics } from "./metrics.ts";
import { refuseNearMisses } from "./near-miss.ts";
import { openApi } from "./openapi.ts";
import { describeError, HttpRefusal, PLAIN_HEADERS, sendJson, sendProblem } from "./problem-response.ts";
import { readJsonObject, readLines, refuseEncoded } from "./read-body.ts";
import { createRouter, type Match, type Router } from "./router.ts";
import { followSignInLink, postSignIn, postSignOut } from "./sign-in.ts";

/** Answers a request, or says (false) that it is not its own. */
export type ApiHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean> | boolean;

export type ApiOptions = {
  /** Names that the server is reached by, besides localhost, addresses and WHETSTONE_HOST. */
  readonly hosts?: readonly string[];
  /** The workspace that a signed-in browser looks at; keys and sessions are the main one's, always. */
  readonly workspaceOf?: (request: IncomingMessage) => Promise<Machinery>;
};

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The route, where the address alone says it. */
  readonly match?: Found;
};

type Found = Match & { found: "route" };

const PREFIX = "/api/v1";
const BASE = "http://whetstone.invalid";
const API_VERSION = "1.0.0";

/** The address of a call, with nothing in it that would have to be decoded. */
const CALL = /^\/api\/v1\/tools\/([A-Za-z0-9][A-Za-z0-9_.-]{0,127})\/executions$/;
const NO_QUERY = new URLSearchParams();
const CALL_ROUTE = ROUTES.find(({ name }) => name === "tools.call");

/** Builds the handler of everything under /api and of sign-in links. */
export function createApiHandler(machinery: Machinery, options: ApiOptions = {}): ApiHandler {
  const router = createRouter(ROUTES);
  const metrics = createRequestMetrics();
  const hosts = [machinery.environment.host, ...(options.hosts ?? [])];
  const workspaceOf = options.workspaceOf ?? (async () => machinery);
  let description: unknown;
  /** What calls with a key get, made once for each caller; keys are the main workspace's, always. */
  const contexts = new WeakMap<Caller, Context>();

  /** The one route that is asked all day: no address to take apart, and nothing made anew that can be kept. */
  async function serveCall({ request, response }: Exchange, { route, params }: Found): Promise<string> {
    const caller = await authenticate(machinery.database, request, machinery.clock.now());
    requireScope(caller, route.scope, route.name);
    let ctx = contexts.get(caller);
    if (ctx === undefined) {
      ctx = { ...machinery, caller };
      contexts.set(caller, ctx);
    }
    const body = await readJsonObject(request);
    const traceId = traceOf(request);
    const input = traceId === undefined ? { ...body, ...params } : { traceId, ...body, ...params };
    await answerExecution(machinery.database, response, (await route.run(ctx, input)) as Execution);
    return route.name;
  }

  /** Answers and names the route for the metrics. */
  async function serve(exchange: Exchange): Promise<string> {
    const { request, response, path, query, match } = exchange;
    guardHost(request, hosts);
    if (match !== undefined && request.headers.authorization !== undefined) return serveCall(exchange, match);
    switch (path) {
      case "/sign-in":
        await followSignInLink(machinery, request, response, query);
        return "sign-in.follow";
      case "/api/sign-in":
        only("POST", request);
        await postSignIn(machinery, request, response);
        return "sign-in";
      case "/api/sign-out":
        only("POST", request);
        await postSignOut(machinery, request, response);
        return "sign-out";
      case "/api/healthz":
        only("GET", request);
        sendJson(response, 200, { status: "alive" });
        return "healthz";
      case "/api/readyz": {
        only("GET", request);
        const state = await readiness(machinery);
        sendJson(response, state.ready ? 200 : 503, { status: state.ready ? "ready" : "not ready", ...state });
        return "readyz";
      }
      case "/api/metrics":
        only("GET", request);
        await sendMetrics(machinery, metrics, request, response);
        return "metrics";
      case `${PREFIX}/openapi.json`:
        only("GET", request);
        description ??= openApi(API_VERSION);
        sendJson(response, 200, description, { "cache-control": "max-age=300" });
        return "openapi";
      case `${PREFIX}/events`: {
        only("GET", request);
        const caller = await authenticate(machinery.database, request, machinery.clock.now());
        requireScope(caller, "read");
        streamEvents((await workspaceOf(request)).database, request, response, query);
        return "events";
      }
      default:
        return serveRoute(router, exchange, machinery, workspaceOf);
    }
  }

  async function answer(exchange: Exchange): Promise<true> {
    const { request, response } = exchange;
    const started = performance.now();
    let route = "unknown";
    try {
      route = await serve(exchange);
    } catch (error) {
      const { body, headers } = describeError(error, logError, () => machinery.clock.id());
      sendProblem(response, body.status, body, headers);
    } finally {
      if (route !== "events")
        metrics.count(route, request.method ?? "", response.statusCode, (performance.now() - started) / 1000);
    }
    return true;
  }

  return (request, response) => {
    const exchange = parse(request, response);
    return exchange === null ? false : answer(exchange);
  };
}

/** Null for requests of the pages. */
function parse(request: IncomingMessage, response: ServerResponse): Exchange | null {
  const target = request.url ?? "/";
  const tool = request.method === "POST" ? CALL.exec(target)?.[1] : undefined;
  if (tool !== undefined && CALL_ROUTE !== undefined) {
    const match = { found: "route", route: CALL_ROUTE, params: { name: tool } } as const;
    return { request, response, path: target, query: NO_QUERY, match };
  }
  if (!target.startsWith("/") || !URL.canParse(BASE + target)) return null;
  const { pathname: path, searchParams: query } = new URL(BASE + target);
  const ours =
    path === PREFIX ||
    path.startsWith(`${PREFIX}/`) ||
    path === "/api/healthz" ||
    path === "/api/readyz" ||
    path === "/api/metrics" ||
    path === "/api/sign-in" ||
    path === "/api/sign-out" ||
    (path === "/sign-in" && request.method === "GET" && query.has("token"));
  return ours ? { request, response, path, query } : null;
}

async function serveRoute(
  router: Router,
  { request, response, path, query, match: known }: Exchange,
  machinery: Machinery,
  workspaceOf: (request: IncomingMessage) => Promise<Machinery>,
): Promise<string> {
  const match = known ?? router(request.method ?? "GET", path.slice(PREFIX.length));
  if (match.found === "path") throw methodNotAllowed(request, match.allow);
  if (match.found === "nothing")
    throw new Problem("not_found", `There is nothing at ${path}: ${PREFIX}/openapi.json lists what there is.`);
  const { route } = match;
  const caller = await authenticate(machinery.database, request, machinery.clock.now());
  requireScope(caller, route.scope, route.name);
  const workspace = await workspaceOf(request);
  const ctx: Context = { ...workspace, caller };
  const input = { ...route.defaults, ...(await readInput(route, request, query)), ...match.params };
  const answer = await route.run(ctx, input);
  if (route.name === "tools.call") await answerExecution(workspace.database, response, answer as Execution);
  else sendJson(response, route.name === "detect" && !isOver(answer as Job) ? 202 : route.status, answer);
  return route.name;
}

/** Members of the input from the query or the body, as the route takes them. */
async function readInput(
  route: Route,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Record<string, unknown>> {
  if (route.body === "none") {
    for (const name of query.keys())
      if (query.getAll(name).length > 1) throw new Problem("invalid_input", `${name}: is given twice in the address.`);
    return Object.fromEntries(query);
  }
  if (route.body === "ndjson") {
    refuseEncoded(request);
    return { lines: readLines(request) };
  }
  const body = await readJsonObject(request);
  refuseNearMisses(route.input, body);
  const traceId = traceOf(request);
  return route.name === "tools.call" && traceId !== undefined ? { traceId, ...body } : body;
}

/** The trace that a call belongs to, where its caller follows the standard for that. */
function traceOf({ headers }: IncomingMessage): string | undefined {
  const header = headers.traceparent;
  return header === undefined ? undefined : /^[\da-f]{2}-([\da-f]{32})-/.exec(String(header))?.[1];
}

/** Whether a job that was waited for has ended. */
function isOver({ state }: Job): boolean {
  return state !== "queued" && state !== "running";
}

function only(method: string, request: IncomingMessage): void {
  const asked = request.method === "HEAD" ? "GET" : request.method;
  if (asked !== method) throw methodNotAllowed(request, [method]);
}

function methodNotAllowed(request: IncomingMessage, allow: readonly string[]): HttpRefusal {
  return new HttpRefusal(405, `${request.method} is not taken here: use ${allow.join(" or ")}.`, {
    allow: allow.join(", "),
  });
}

/** Early, so that nobody without the scope has a body read. */
function requireScope(caller: Caller, scope: Route["scope"], what = "read events"): void {
  if (!holds(caller, scope))
    throw new Problem("forbidden", `${caller.actor.name} may not ${what}: it needs the scope "${scope}".`);
}

/** Open to the machine itself; through a proxy or from elsewhere it takes a key, since it names every tool. */
async function sendMetrics(
  machinery: Machinery,
  metrics: RequestMetrics,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const address = request.socket.remoteAddress ?? "";
  const proxied = request.headers["x-forwarded-for"] !== undefined || request.headers.forwarded !== undefined;
  const local = !proxied && (/^(::ffff:)?127\./.test(address) || address === "::1");
  const caller: Caller = local
    ? { actor: { kind: "machine", id: "metrics", name: "metrics" }, scopes: ["read"] }
    : await authenticate(machinery.database, request, machinery.clock.now());
  requireScope(caller, "read", "read metrics");
  const text = await metricsText({ ...machinery, caller }, metrics);
  response.writeHead(200, { ...PLAIN_HEADERS, "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  response.end(text);
}

function logError(id: string, error: unknown): void {
  process.stderr.write(
    `whetstone: ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
}
