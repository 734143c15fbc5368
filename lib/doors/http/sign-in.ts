/** Signing in and out of the pages. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { z } from "zod";
import type { Machinery } from "#lib/commands/command.ts";
import { Problem } from "#lib/core/problem.ts";
import {
  NEXT_COOKIE,
  nextInCookie,
  sameSitePath,
  signInAddress,
  signInWithKey,
  signOut,
  takeSignIn,
} from "../access.ts";
import { requireSameOrigin } from "./authenticate.ts";
import { PLAIN_HEADERS, sendJson } from "./problem-response.ts";
import { readJsonObject } from "./read-body.ts";

/** Whether the browser speaks TLS to us or to a proxy in front, so that its cookie may be marked so. */
function isSecure(request: IncomingMessage): boolean {
  return "encrypted" in request.socket || request.headers["x-forwarded-proto"] === "https";
}

function redirect(response: ServerResponse, to: string, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(303, { ...PLAIN_HEADERS, ...headers, location: to, "referrer-policy": "no-referrer" });
  response.end();
}

/** `GET /sign-in?token=…`: uses the link up, sets the cookie, goes on. A link that is used or old leads to the page that says so. */
export async function followSignInLink(
  machinery: Machinery,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): Promise<void> {
  const { database, clock } = machinery;
  const opened = await takeSignIn(database, query.get("token") ?? "", clock.now(), isSecure(request));
  const kept = nextInCookie(request.headers.cookie ?? null);
  const next = query.get("next") ?? kept;
  if (opened === null) return redirect(response, signInAddress(next, "link"));
  const used = kept === null ? [] : [`${NEXT_COOKIE}=; Path=/sign-in; SameSite=Lax; Max-Age=0`];
  redirect(response, sameSitePath(next), { "set-cookie": [opened.setCookie, ...used] });
}

const KeyBody = z.object({ key: z.string().trim().min(1) });

/** `POST /api/sign-in` with `{key}`. */
export async function postSignIn(
  machinery: Machinery,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  requireSameOrigin(request);
  const body = KeyBody.safeParse(await readJsonObject(request));
  if (!body.success) throw new Problem("invalid_input", "key: is missing; paste the key from .whetstone/admin-key.");
  const { database, clock } = machinery;
  const opened = await signInWithKey(database, body.data.key, clock.now(), isSecure(request));
  sendJson(response, 200, { name: opened.caller.actor.name }, { "set-cookie": opened.setCookie });
}

/** `POST /api/sign-out`. */
export async function postSignOut(
  machinery: Machinery,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  requireSameOrigin(request);
  const taken = await signOut(machinery.database, request.headers.cookie ?? null, isSecure(request));
  sendJson(response, 200, { signedOut: true }, { "set-cookie": taken });
}
