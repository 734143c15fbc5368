/** Room 7: holds a fresh deployment's calls against the version before it, and rolls back what got worse. */
import type { MonitorState } from "#lib/core/deployment.ts";
import { look, type MonitorParts } from "./look.ts";

/** Opens the room. */
export function createMonitor(parts: MonitorParts): (request: { deploymentId: string }) => Promise<MonitorState> {
  return ({ deploymentId }) => look(parts, deploymentId);
}
