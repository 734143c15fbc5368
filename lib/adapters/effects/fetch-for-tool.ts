/** One HTTP request of a tool: to declared hosts only, without cookies, within a size and a time. */

import type { IncomingMessage } from "node:http";
import { Agent as HttpAgent, request as requestHttp, validateHeaderName, validateHeaderValue } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP } from "node:net";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { z } from "zod";
import { isPrivateAddress, lookupPublic, privateAddress } from "./addresses.ts";
import type { Encoding, Secrets } from "./secrets.ts";

export const FetchRequest = z.strictObject({
  url: z.string().max(16_384),
  method: z.string().max(20).default("GET"),
  headers: z.record(z.string().max(200), z.string().max(16_384)).default({}),
  body: z.string().optional(),
});
export type FetchRequest = z.output<typeof FetchRequest>;

export type FetchAnswer = { status: number; headers: Record<string, string>; body: string };

export type FetchLimits = { readonly timeMs: number; readonly bytes: number };
export const FETCH_LIMITS: FetchLimits = { timeMs: 8_000, bytes: 4_194_304 };

const MOST_REDIRECTS = 5;
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** The connection is ours, and so is what describes it. */
const OUR_HEADERS =
  /^(host|connection|content-length|transfer-encoding|upgrade|expect|te|trailer|keep-alive|accept-encoding|proxy-.*)$/;

/** Connections of our own: those that Node shares may go through a proxy that the environment names. */
const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

/** An effect that was refused or did not work out; `name` tells which. */
export class EffectError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export type FetchOptions = {
  /** Declared as `host` (default ports) or `host:port`. */
  readonly hosts: readonly string[];
  readonly secrets: Secrets;
  readonly allowPrivateAddresses: boolean;
  readonly signal: AbortSignal;
  readonly limits?: FetchLimits;
};

/**
 * Performs the request; redirects are followed to declared hosts only.
 * @throws EffectError `PermissionDenied`, `InvalidRequest`, `FetchFailed`, `FetchTimedOut` or `ResponseTooLarge`
 */
export async function fetchForTool(request: FetchRequest, options: FetchOptions): Promise<FetchAnswer> {
  const limits = options.limits ?? FETCH_LIMITS;
  const late = AbortSignal.timeout(limits.timeMs);
  const signal = AbortSignal.any([options.signal, late]);
  let next = checked(request);
  let shown = new URL(next.url);
  try {
    for (let redirects = 0; ; redirects += 1) {
      shown = permitted(next.url, options.hosts);
      const path = options.secrets.fill(`${shown.pathname}${shown.search}`, "url");
      const answer = await send(next, shown, path, { ...options, signal, limits });
      const target = redirectOf(answer);
      if (target === null) {
        return { status: answer.status, headers: answer.headers, body: options.secrets.mask(answer.body) };
      }
      if (redirects === MOST_REDIRECTS) {
        throw new EffectError("FetchFailed", `${shown.host} redirects more than ${MOST_REDIRECTS} times`);
      }
      next = follow(next, shown, target, answer.status);
    }
  } catch (error) {
    throw asEffectError(error, shown, late.aborted ? limits.timeMs : null);
  }
}

function checked(request: FetchRequest): FetchRequest {
  const method = request.method.toUpperCase();
  if (!METHODS.includes(method)) {
    throw new EffectError("InvalidRequest", `The method "${request.method}" is not one of ${METHODS.join(", ")}`);
  }
  if (request.body !== undefined && (method === "GET" || method === "HEAD")) {
    throw new EffectError("InvalidRequest", `A ${method} request has no body`);
  }
  for (const [name, value] of Object.entries(request.headers)) {
    if (OUR_HEADERS.test(name.toLowerCase())) {
      throw new EffectError("InvalidRequest", `The header "${name}" belongs to the connection and cannot be set`);
    }
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new EffectError("InvalidRequest", `The header "${name}" has characters that a header cannot hold`);
    }
  }
  if (!URL.canParse(request.url)) throw new EffectError("InvalidRequest", `"${request.url}" is not an absolute URL`);
  return { ...request, method };
}

/** The URL, if it leads to a host that the permissions name. */
function permitted(text: string, hosts: readonly string[]): URL {
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new EffectError("InvalidRequest", `Only http and https can be fetched, not ${url.protocol}//`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new EffectError("InvalidRequest", "A URL with a name and password in it is not fetched; use a header");
  }
  // `host` has the port where it is not the default one, as the declaration does.
  if (!hosts.some((host) => host.toLowerCase() === url.host)) {
    throw new EffectError("PermissionDenied", `${url.host} is not declared in permissions.network`);
  }
  return url;
}

type Sent = FetchAnswer & { readonly location: string | undefined };

async function send(
  request: FetchRequest,
  url: URL,
  path: string,
  options: FetchOptions & { readonly limits: FetchLimits },
): Promise<Sent> {
  const { secrets, signal, limits } = options;
  const headers: Record<string, string> = { "user-agent": "whetstone" };
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name.toLowerCase()] = secrets.fill(value, "header");
  }
  const body = request.body === undefined ? undefined : secrets.fill(request.body, encodingOf(headers));
  if (body !== undefined) headers["content-length"] = String(Buffer.byteLength(body));
  const address = url.hostname.replace(/^\[|\]$/g, "");
  // No name is looked up for an address, so it is looked at here.
  if (!options.allowPrivateAddresses && isIP(address) !== 0 && isPrivateAddress(address))
    throw new EffectError("PermissionDenied", privateAddress(address));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const secure = url.protocol === "https:";
    const start = secure ? requestHttps : requestHttp;
    const sent = start(
      {
        hostname: address,
        port: url.port === "" ? undefined : Number(url.port),
        path,
        method: request.method,
        headers,
        signal,
        agent: secure ? agents.https : agents.http,
        ...(options.allowPrivateAddresses ? {} : { lookup: lookupPublic }),
      },
      resolve,
    );
    sent.on("error", reject);
    sent.end(body);
  });
  const text = await readBody(response, request.method, limits.bytes);
  return {
    status: response.statusCode ?? 0,
    headers: headersOf(response, secrets),
    body: text,
    location: response.headers.location,
  };
}

async function readBody(response: IncomingMessage, method: string, most: number): Promise<string> {
  if (method === "HEAD") {
    response.resume();
    return "";
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(response)) {
    size += (chunk as Buffer).length;
    if (size > most) {
      response.destroy();
      throw new EffectError("ResponseTooLarge", `The answer is larger than ${most} bytes`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** We ask for plain bodies; some servers compress all the same. */
function decoded(response: IncomingMessage): Readable {
  const encoding = response.headers["content-encoding"]?.toLowerCase();
  const decoder =
    encoding === "gzip" || encoding === "x-gzip"
      ? createGunzip()
      : encoding === "br"
        ? createBrotliDecompress()
        : encoding === "deflate"
          ? createInflate()
          : null;
  if (decoder === null) return response;
  response.on("error", (error) => decoder.destroy(error));
  return response.pipe(decoder);
}

/** Names in lower case; cookies stay outside, since nothing would send them back. */
function headersOf(response: IncomingMessage, secrets: Secrets): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value === undefined || name === "set-cookie" || name === "set-cookie2") continue;
    headers[name] = secrets.mask(Array.isArray(value) ? value.join(", ") : value);
  }
  return headers;
}

function encodingOf(headers: Record<string, string>): Encoding {
  const type = headers["content-type"]?.toLowerCase() ?? "";
  if (type.includes("json")) return "json";
  return type.includes("x-www-form-urlencoded") ? "form" : "plain";
}

function redirectOf({ status, location }: Sent): string | null {
  return [301, 302, 303, 307, 308].includes(status) && location !== undefined ? location : null;
}

function follow(request: FetchRequest, from: URL, location: string, status: number): FetchRequest {
  if (!URL.canParse(location, from)) {
    throw new EffectError("FetchFailed", `${from.host} redirects to something that is not a URL`);
  }
  const target = new URL(location, from);
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw new EffectError("FetchFailed", `${from.host} redirects from https to http, which is not followed`);
  }
  const asGet = status === 303 || ((status === 301 || status === 302) && request.method === "POST");
  const { body, ...rest } = request;
  if (!asGet && body?.includes(PLACEHOLDER) && target.origin !== from.origin) {
    throw new EffectError("FetchFailed", `${from.host} redirects a body with a secret in it to ${target.host}`);
  }
  const kept = asGet || body === undefined ? rest : request;
  return {
    ...kept,
    url: target.href,
    method: asGet && request.method !== "HEAD" ? "GET" : request.method,
    headers: target.origin === from.origin ? request.headers : withoutSecrets(request.headers),
  };
}

const PLACEHOLDER = "{{secret:";

/** What was meant for one server does not go on to another. */
function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name, value]) => !/^(authorization|cookie)$/i.test(name) && !value.includes(PLACEHOLDER),
    ),
  );
}

function asEffectError(error: unknown, url: URL, overMs: number | null): Error {
  if (error instanceof EffectError) return error;
  if (overMs !== null) return new EffectError("FetchTimedOut", `${url.host} gave no full answer in ${overMs} ms`);
  if (!(error instanceof Error)) return new EffectError("FetchFailed", `${url.host} could not be reached`);
  if (error.name === "PermissionDenied" || error.name === "SecretMissing") {
    return new EffectError(error.name, error.message);
  }
  if (error.name === "AbortError") return new EffectError("FetchAborted", `The request to ${url.host} was given up`);
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return new EffectError("FetchFailed", `${url.host} could not be reached (${code})`);
}
