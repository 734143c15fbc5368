/** What can be done to a file in Sync, as the journal names it: for whoever takes it back, or tells of it. */
import type { Deployment } from "#lib/core/deployment.ts";

export const TAKE_DATABASE = "take the database";
export const TAKE_DISK = "take the disk";
export const MERGE = "merge";

export type Settled = "database" | "disk" | "merge";

const SETTLED: ReadonlyMap<string, Settled> = new Map([
  [TAKE_DATABASE, "database"],
  [TAKE_DISK, "disk"],
  [MERGE, "merge"],
]);

/** How a row of the journal settled a file; null where it is no such row. */
export function settledAs({ kind, reason }: Pick<Deployment, "kind" | "reason">): Settled | null {
  return kind === "sync" ? (SETTLED.get(reason) ?? null) : null;
}
