/** What the server process leaves for the pages, which load their own copies of modules: shared state only. */
import type { Machinery } from "#lib/commands/command.ts";
import type { Actor, Caller } from "#lib/core/actor.ts";

export type WhetstoneGlobal = {
  /** The machinery of a workspace; null where the demo was never started. */
  workspace(name: "main" | "demo"): Promise<Machinery | null>;
  /** Who holds the session cookie of a `Cookie` header; null when nobody does. */
  authenticateSession(cookieHeader: string | null): Promise<Caller | null>;
  /** Builds the demo workspace and begins its first four parts, or joins those of somebody else; settles when they are under way. */
  startDemo(actor: Actor): Promise<void>;
  /** Makes the demo's failing calls again, after the fix. */
  verifyDemo(): Promise<void>;
  /** Drops the demo workspace with its database and folder. */
  resetDemo(): Promise<void>;
};

/** The key on `globalThis`. */
export const WHETSTONE = Symbol.for("whetstone");

/** The header that tells the pages what was asked for, path and query; the server alone writes it. */
export const ASKED_FOR = "x-whetstone-asked-for";

/** The cookie that says which workspace the pages show. */
export const WORKSPACE_COOKIE = "whetstone_workspace";
