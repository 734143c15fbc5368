/** `ctx.fetch`: declared hosts only, every redirect checked again, private addresses refused, secrets filled in last. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import { isPrivateAddress } from "./private-address.ts";

const Request = z.object({
  url: z.string().max(8_000),
  method: z
    .string()
    .regex(/^[A-Za-z]{1,20}$/)
    .transform((method) => method.toUpperCase()),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  body: z.string().optional(),
});

const MOST_REDIRECTS = 5;
const MOST_BYTES = 5_000_000;
const TIME_MS = 15_000;
/** Headers that belong to the connection or would name someone the tool is not. */
const FORBIDDEN = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "cookie",
  "proxy-authorization",
  "te",
  "upgrade",
]);

export type FetchLimits = {
  readonly hosts: readonly string[];
  readonly secrets: readonly string[];
  readonly readSecret: (name: string) => string | undefined;
  readonly allowPrivateAddresses: boolean;
  readonly signal: AbortSignal;
};

function fail(name: string, message: string): never {
  throw Object.assign(new Error(message), { name });
}

/** Checks one address; called for the first request and for every redirect. */
async function checkAddress(url: URL, { hosts, allowPrivateAddresses }: FetchLimits): Promise<void> {
  if (url.protocol !== "https:" && url.protocol !== "http:")
    fail("PermissionDenied", `only http and https can be fetched, not ${url.protocol}`);
  if (url.username !== "" || url.password !== "")
    fail("PermissionDenied", "an address may not carry a user name or password");
  const declared = hosts.includes(url.host) || (url.port === "" && hosts.includes(url.hostname));
  if (!declared) fail("PermissionDenied", `${url.host} is not declared in permissions.network`);
  if (allowPrivateAddresses) return;
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const addresses =
    isIP(name) === 0
      ? await lookup(name, { all: true }).catch(() => fail("FetchFailed", `${url.hostname} cannot be resolved`))
      : [{ address: name }];
  for (const { address } of addresses)
    if (isPrivateAddress(address))
      fail("PermissionDenied", `${url.hostname} is a private address; the operator can allow those`);
}

/** Puts the secrets in the place of their placeholders, for headers and body only. */
function fillIn(text: string, { secrets, readSecret }: FetchLimits): string {
  return text.replace(/\{\{secret:([A-Za-z0-9_]{1,64})\}\}/g, (placeholder, name: string) => {
    if (!secrets.includes(name)) return placeholder;
    return readSecret(name) ?? fail("SecretMissing", `the secret ${name} is not set: set WHETSTONE_SECRET_${name}`);
  });
}

async function readCapped(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > MOST_BYTES) fail("FetchFailed", `the answer is larger than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Fetches; a secret that comes back in the answer is masked again, so that it never reaches guest, log or page. */
export async function fetchDeclared(request: Json, limits: FetchLimits): Promise<Json> {
  const { url, method, headers, body } = Request.parse(request);
  let target = URL.parse(url) ?? fail("TypeError", `"${url.slice(0, 200)}" is no address`);
  const signal = AbortSignal.any([limits.signal, AbortSignal.timeout(TIME_MS)]);
  let verb = method;
  let sent = body === undefined ? undefined : fillIn(body, limits);
  let own = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !FORBIDDEN.has(name.toLowerCase()))
      .map(([name, value]) => [name, fillIn(value, limits)]),
  );
  for (let hop = 0; ; hop++) {
    await checkAddress(target, limits);
    const response = await fetch(target, {
      method: verb,
      headers: own,
      redirect: "manual",
      signal,
      credentials: "omit",
      ...(sent === undefined || verb === "GET" || verb === "HEAD" ? {} : { body: sent }),
    }).catch((error: unknown) => explain(error, target, limits));
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return answerOf(response, limits);
    await response.body?.cancel();
    if (hop >= MOST_REDIRECTS) fail("FetchFailed", `more than ${MOST_REDIRECTS} redirects`);
    const next = URL.parse(location, target) ?? fail("FetchFailed", "a redirect leads to no address");
    // What was meant for one host is not carried to another.
    if (next.host !== target.host)
      own = Object.fromEntries(Object.entries(own).filter(([name]) => name.toLowerCase() !== "authorization"));
    if (response.status === 303 || ((response.status === 301 || response.status === 302) && verb === "POST")) {
      verb = "GET";
      sent = undefined;
    }
    target = next;
  }
}

function explain(error: unknown, target: URL, limits: FetchLimits): never {
  if (limits.signal.aborted) fail("FetchFailed", "the call ended before the answer came");
  if (error instanceof Error && error.name === "TimeoutError")
    fail("FetchTimedOut", `${target.host} did not answer within ${TIME_MS / 1000} s`);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return fail("FetchFailed", `${target.host} cannot be reached: ${cause}`);
}

async function answerOf(response: Response, limits: FetchLimits): Promise<Json> {
  const masked = (text: string): string => {
    let result = text;
    for (const name of limits.secrets) {
      const secret = limits.readSecret(name);
      if (secret !== undefined && secret.length >= 4) result = result.replaceAll(secret, `{{secret:${name}}}`);
    }
    return result;
  };
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) if (name !== "set-cookie") headers[name] = masked(value);
  return { status: response.status, headers, body: masked(await readCapped(response)) };
}
