/** What the server built, for the caller and workspace of the present request. */
import "server-only";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { Context } from "#lib/commands/command.ts";
import { holds } from "#lib/core/actor.ts";
import { readCookie, SESSION_COOKIE, signInAddress } from "#lib/doors/access.ts";
import { ASKED_FOR, WHETSTONE, type WhetstoneGlobal, WORKSPACE_COOKIE } from "#lib/main/global.ts";

export type Workspace = "main" | "demo";
export type PageContext = Context & { readonly workspace: Workspace };

/**
 * What the server process left for the pages.
 * @throws Error where the pages run without it
 */
export function whetstone(): WhetstoneGlobal {
  const left = Reflect.get(globalThis, WHETSTONE) as WhetstoneGlobal | undefined;
  if (left === undefined) throw new Error("The pages run inside Whetstone's own server: start it with npm start.");
  return left;
}

/** The context of this request; null when nobody is signed in. A demo that was taken down falls back to the main workspace. */
export const findContext = cache(async (): Promise<PageContext | null> => {
  const header = await headers();
  const house = whetstone();
  const caller = await house.authenticateSession(header.get("cookie"));
  if (caller === null) return null;
  const chosen = (await cookies()).get(WORKSPACE_COOKIE)?.value;
  const demo = chosen === "demo" ? await house.workspace("demo") : null;
  if (demo !== null) return { ...demo, caller, workspace: "demo" };
  const main = await house.workspace("main");
  if (main === null) throw new Error("The main workspace is not open.");
  return { ...main, caller, workspace: "main" };
});

/** The context of this request, for somebody who may look; goes to the sign-in page, or to the one that says what is missing. */
export async function getContext(): Promise<PageContext> {
  const context = await findContext();
  if (context === null) {
    const header = await headers();
    const ended = readCookie(header.get("cookie"), SESSION_COOKIE) !== null;
    redirect(signInAddress(header.get(ASKED_FOR), ended ? "session" : null));
  }
  if (!holds(context.caller, "read")) redirect("/no-access");
  return context;
}
