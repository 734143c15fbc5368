/** Refusals over HTTP: RFC 9457 problem details, each code mapped to its status once. */
import type { ServerResponse } from "node:http";
import { isProblem, type ProblemCode } from "#lib/core/problem.ts";

const STATUS: Record<ProblemCode, number> = {
  invalid_input: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_many: 429,
  unavailable: 503,
};

const TITLE: Record<ProblemCode, string> = {
  invalid_input: "The request does not fit",
  unauthorized: "Nobody is signed in",
  forbidden: "Not allowed",
  not_found: "Not there",
  conflict: "In conflict with the present state",
  too_many: "Too many at once",
  unavailable: "Out of reach for now",
};

/** Seconds after which to come back, where the refusal does not say. */
const RETRY_SECONDS = 1;

/** A refusal that only HTTP knows: malformed bodies, wrong methods, sizes, types. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export type ProblemBody = { readonly status: number; readonly title: string; readonly detail: string } & Record<
  string,
  unknown
>;

/** What a thrown value becomes on the wire. Unknown causes never reach the client: `log` gets them under an id. */
export function describeError(
  error: unknown,
  log: (id: string, error: unknown) => void,
  newId: () => string,
): { body: ProblemBody; headers: Record<string, string> } {
  if (isProblem(error)) {
    const status = STATUS[error.code];
    const headers: Record<string, string> = {};
    if (error.code === "unauthorized") headers["www-authenticate"] = 'Bearer realm="whetstone"';
    if (status === 429 || status === 503) {
      const seconds = error.details.retryAfterSeconds;
      headers["retry-after"] = String(typeof seconds === "number" ? Math.ceil(seconds) : RETRY_SECONDS);
    }
    const body = {
      ...error.details,
      type: `urn:whetstone:problem:${error.code.replaceAll("_", "-")}`,
      title: TITLE[error.code],
      status,
      detail: error.message,
      code: error.code,
    };
    return { body, headers };
  }
  if (error instanceof HttpRefusal)
    return {
      body: { type: "about:blank", title: "The request cannot be read", status: error.status, detail: error.message },
      headers: { ...error.headers },
    };
  const id = newId();
  log(id, error);
  return {
    body: {
      type: "about:blank",
      title: "Something went wrong here",
      status: 500,
      detail: `The server's log says what, under ${id}.`,
      instance: `urn:uuid:${id}`,
    },
    headers: {},
  };
}

/** Headers of every answer of the API. */
export const PLAIN_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** How long a client that is refused may go on sending: one that is cut off before never reads why. */
const LINGER_MS = 3_000;

/** Sends problem details, once. What the client still sends of a refused body is thrown away. */
export function sendProblem(
  response: ServerResponse,
  status: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  const text = Buffer.from(JSON.stringify(body));
  const { req: request } = response;
  response.writeHead(status, {
    ...PLAIN_HEADERS,
    ...headers,
    "content-type": "application/problem+json",
    "content-length": text.length,
  });
  if (headers.connection !== "close" || request.complete || request.destroyed) {
    response.end(text);
  } else {
    response.write(text);
    const end = (): void => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(end, LINGER_MS);
    request.once("end", end);
    request.once("close", end);
  }
  request.resume();
}

/** Sends a good answer as JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(value);
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    ...PLAIN_HEADERS,
    ...headers,
    "content-type": "application/json; charset=utf-8",
    "content-length": length,
  });
  // What is ASCII to the last byte is written out faster as such.
  response.end(body, length === body.length ? "latin1" : "utf8");
}
