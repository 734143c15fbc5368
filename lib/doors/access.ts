/** Who gets in: the first key, sign-in links and sessions. Only digests of secrets are stored. */
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newSecret } from "#lib/commands/create-key.ts";
import { issueSignInLink } from "#lib/commands/create-sign-in-link.ts";
import type { Caller } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { AccessKey, Database } from "#lib/ports/database.ts";

export const SESSION_COOKIE = "whetstone_session";

const SESSION_DAYS = 30;
const DAY_MS = 24 * 3_600_000;

const callers = new WeakMap<AccessKey, Caller>();

/** Whoever holds a key: the same object as long as the key is, so that more can be kept beside it. */
export function callerOf(key: AccessKey): Caller {
  let caller = callers.get(key);
  if (caller === undefined) {
    caller = { actor: { kind: key.kind, id: key.id, name: key.name }, scopes: key.scopes };
    callers.set(key, caller);
  }
  return caller;
}

/**
 * Makes the admin key on a first start, and a new one where the file is gone or belongs to another database.
 * @returns the key's secret, as the file has it
 */
export async function ensureAdminKey(options: { database: Database; home: string }): Promise<string> {
  const { database, home } = options;
  const path = join(home, "admin-key");
  const present = await readFile(path, "utf8").then(
    (text) => text.trim(),
    () => "",
  );
  if (present !== "") {
    const key = await database.access.findKeyByHash(sha256(present));
    if (key !== null && key.revokedAt === null) {
      await chmod(path, 0o600);
      return present;
    }
  }
  const secret = newSecret("wk");
  await mkdir(home, { recursive: true });
  // Written whole and private before the database knows the key: a crash between leaves a file that the next start replaces.
  const staged = `${path}.${process.pid}.new`;
  await writeFile(staged, `${secret}\n`, { mode: 0o600, flag: "w" });
  await chmod(staged, 0o600);
  await rename(staged, path);
  await database.transaction(async (inside) => {
    const key = await inside.access.createKey({
      name: "admin",
      kind: "key",
      scopes: ["admin"],
      secretHash: sha256(secret),
    });
    await inside.audit.append({
      actor: { kind: "machine", id: "start", name: "start" },
      verb: "key.created",
      tool: null,
      subject: { kind: "key", id: key.id },
      summary: "made the admin key of this installation",
    });
  });
  return secret;
}

/** A link that signs one browser in, once, within ten minutes. */
export async function createSignInLink(options: {
  database: Database;
  clock: Clock;
  address: string;
}): Promise<string> {
  const { path } = await issueSignInLink(options.database, options.clock.now());
  return new URL(path, options.address).href;
}

export type OpenedSession = { readonly caller: Caller; readonly setCookie: string };

/** Uses up the token of a sign-in link; null when it is unknown, used or too old. */
export async function takeSignIn(
  database: Database,
  token: string,
  now: Date,
  secure: boolean,
): Promise<OpenedSession | null> {
  const key = await database.access.takeSignIn(sha256(token), now);
  return key === null || key.revokedAt !== null ? null : openSession(database, key, now, secure);
}

/**
 * Signs a browser in with a key.
 * @throws Problem `unauthorized` where the key is unknown or taken back
 */
export async function signInWithKey(
  database: Database,
  secret: string,
  now: Date,
  secure: boolean,
): Promise<OpenedSession> {
  const key = await database.access.findKeyByHash(sha256(secret.trim()));
  if (key === null || key.revokedAt !== null)
    throw new Problem("unauthorized", "The key is unknown or was taken back: copy it from .whetstone/admin-key.");
  return openSession(database, key, now, secure);
}

async function openSession(database: Database, key: AccessKey, now: Date, secure: boolean): Promise<OpenedSession> {
  const secret = newSecret("ws");
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * DAY_MS);
  await database.access.createSession({ hash: sha256(secret), keyId: key.id, expiresAt });
  return { caller: callerOf(key), setCookie: cookie(secret, SESSION_DAYS * 86_400, secure) };
}

function cookie(value: string, maxAge: number, secure: boolean): string {
  return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure ? "; Secure" : ""}`;
}

/** Ends the session of a `Cookie` header; returns the header that takes the cookie back. */
export async function signOut(database: Database, cookieHeader: string | null, secure: boolean): Promise<string> {
  const secret = readCookie(cookieHeader, SESSION_COOKIE);
  if (secret !== null) await database.access.deleteSession(sha256(secret));
  return cookie("", 0, secure);
}

/** Who holds the session of a `Cookie` header; null when nobody does. */
export async function authenticateSession(
  database: Database,
  cookieHeader: string | null,
  now: Date,
): Promise<Caller | null> {
  const secret = readCookie(cookieHeader, SESSION_COOKIE);
  if (secret === null) return null;
  const key = await database.access.findSession(sha256(secret), now);
  return key === null || key.revokedAt !== null ? null : callerOf(key);
}

/** The value of one cookie; null where it is absent or empty. */
export function readCookie(header: string | null, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim() || null;
  }
  return null;
}

/** The sign-in page keeps here where to go on to: a link out of the terminal does not know. Read by no script. */
export const NEXT_COOKIE = "whetstone_next";

/** A path on this site to go to after signing in; anything else becomes the start page. */
export function sameSitePath(next: string | null): string {
  if (next === null || !next.startsWith("/")) return "/";
  const base = "http://whetstone.invalid";
  if (!URL.canParse(next, base)) return "/";
  const url = new URL(next, base);
  // "//host" and "/\host" leave the site although they start with a slash, and so may what is left of "/.//host".
  if (url.origin !== base || url.pathname.startsWith("//")) return "/";
  // Neither is a page to go on to.
  if (/^\/(sign-in|api)(\/|$)/.test(url.pathname)) return "/";
  // The page framework's own mark of a request for a part of a page.
  if (url.searchParams.has("_rsc")) url.searchParams.delete("_rsc");
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The sign-in page, with why one is there, and where to go on to. */
export function signInAddress(next: string | null, error: "session" | "link" | null): string {
  const path = sameSitePath(next);
  const query = new URLSearchParams();
  if (error !== null) query.set("error", error);
  if (path !== "/") query.set("next", path);
  return query.size === 0 ? "/sign-in" : `/sign-in?${query}`;
}

/** Where a browser that follows a sign-in link was going, as the sign-in page left it. */
export function nextInCookie(cookieHeader: string | null): string | null {
  const kept = readCookie(cookieHeader, NEXT_COOKIE);
  if (kept === null) return null;
  try {
    return decodeURIComponent(kept);
  } catch {
    return null;
  }
}
