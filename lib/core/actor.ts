/** Who acts: a person, an API key or the machine itself. Recorded with everything that is decided. */
import { z } from "zod";
import type { Scope } from "./words.ts";

export const Actor = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("person"), id: z.string(), name: z.string() }),
  z.object({ kind: z.literal("key"), id: z.string(), name: z.string() }),
  z.object({ kind: z.literal("machine"), id: z.string(), name: z.string() }),
]);
export type Actor = z.infer<typeof Actor>;

/** An actor with what it may do; built by a door after it checked the key or session. */
export type Caller = { readonly actor: Actor; readonly scopes: readonly Scope[] };

/** Whether the caller holds a scope; `admin` holds all. */
export function holds(caller: Caller, scope: Scope): boolean {
  return caller.scopes.includes("admin") || caller.scopes.includes(scope);
}

/** The machine as an actor: `role` is the part that acts (for example `monitor`, `registry`, `templates`). */
export function machine(role: string): Actor {
  return { kind: "machine", id: role, name: role };
}
