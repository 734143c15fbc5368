/** Who is asking: a key in the Authorization header, or a session cookie. */
import type { IncomingMessage } from "node:http";
import type { Caller } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Database } from "#lib/ports/database.ts";
import { authenticateSession, callerOf } from "../access.ts";

/** Digests of keys that opened something, by the header that brought them: agents send the same one at every call. */
const digests = new Map<string, string>();
const MOST_DIGESTS = 1_000;

const SIGN_IN = "send Authorization: Bearer KEY (the first key is in .whetstone/admin-key), or sign in";

/**
 * The caller of a request.
 * @throws Problem `unauthorized`; `forbidden` where a cookie comes with a change from another site
 */
export async function authenticate(database: Database, request: IncomingMessage, now: Date): Promise<Caller> {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const digest = digests.get(header) ?? digestOf(header);
    const key = await database.access.findKeyByHash(digest);
    if (key === null || key.revokedAt !== null) {
      digests.delete(header);
      throw new Problem("unauthorized", `The key is unknown or was taken back: ${SIGN_IN}.`);
    }
    if (!digests.has(header)) {
      if (digests.size >= MOST_DIGESTS) digests.clear();
      digests.set(header, digest);
    }
    return callerOf(key);
  }
  const caller = await authenticateSession(database, request.headers.cookie ?? null, now);
  if (caller === null) throw new Problem("unauthorized", `Nobody is signed in: ${SIGN_IN}.`);
  if (request.method !== "GET" && request.method !== "HEAD") requireSameOrigin(request);
  return caller;
}

/** @throws Problem `unauthorized` where the header holds no key */
function digestOf(header: string): string {
  const secret = /^Bearer +([\w.~+/-]{8,200}=*) *$/i.exec(header)?.[1];
  if (secret === undefined)
    throw new Problem(
      "unauthorized",
      `The Authorization header takes "Bearer KEY", with a key of 8 or more characters: ${SIGN_IN}.`,
    );
  return sha256(secret);
}

/**
 * Refuses what a page of another site sends along with the browser's cookie.
 * @throws Problem `forbidden`
 */
export function requireSameOrigin(request: IncomingMessage): void {
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  if (origin === undefined ? site === "same-origin" || site === "none" : originHost(origin) === host?.toLowerCase())
    return;
  throw new Problem("forbidden", "A change with a session has to come from Whetstone's own pages: use a key instead.");
}

function originHost(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null;
}
