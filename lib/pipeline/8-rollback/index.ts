/** Room 8: an earlier version becomes active again, by one click or by the monitor. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { RollBackRequest } from "../rooms.ts";
import { type RollBackParts, rollBack } from "./roll-back.ts";

/** Opens the room. */
export function createRollBack(parts: RollBackParts): (request: RollBackRequest, actor: Actor) => Promise<Deployment> {
  return (request, actor) => rollBack(parts, request, actor);
}
