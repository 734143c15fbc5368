/** Takes back what "take the database" did to a file: it goes away again, or the edit that it held comes back. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Database } from "#lib/ports/database.ts";
import { checkSyncStatus, type SyncStatus } from "./check-sync-status.ts";
import type { RegistryParts } from "./load-tools.ts";
import { TAKE_DATABASE } from "./resolve-sync.ts";

export type UndoAnswer =
  | {
      readonly kind: "undo";
      readonly last: Deployment;
      /** Of the file as it was put back. */
      readonly diskHash: string;
      /** What the file held before; null where there was none. */
      readonly before: string | null;
    }
  | { readonly kind: "refused"; readonly reason: string };

/** The last that was done to each tool's file and version, where that was taking the database; looks at so many back. */
export async function lastTakings(database: Pick<Database, "deployments">, most: number): Promise<Deployment[]> {
  const { items } = await database.deployments.list({ state: "done" }, { limit: most });
  const newest = Map.groupBy(items, ({ tool }) => tool);
  return [...newest.values()].flatMap(([last]) => (last !== undefined && isTaking(last) ? [last] : []));
}

const isTaking = ({ kind, reason }: Deployment): boolean => kind === "sync" && reason === TAKE_DATABASE;

/** Whether the last that was done to a tool can be taken back, and to what: as long as nothing followed. */
export async function decideUndo(
  { files }: Pick<RegistryParts, "files">,
  { name, state, diskHash, activeVersion }: Pick<SyncStatus, "name" | "state" | "diskHash" | "activeVersion">,
  last: Deployment | undefined,
): Promise<UndoAnswer> {
  if (last === undefined || !isTaking(last))
    return { kind: "refused", reason: `The file of ${name} was not put back last: there is nothing to undo.` };
  if (state !== "in_sync" || diskHash === null || activeVersion !== last.toVersion)
    return { kind: "refused", reason: `The file of ${name} has changed since it was put back: it is left alone.` };
  if (last.backup === undefined) return { kind: "undo", last, diskHash, before: null };
  const kept = (await files.backups(name)).find(({ path }) => path === last.backup);
  if (kept !== undefined) return { kind: "undo", last, diskHash, before: kept.source };
  return {
    kind: "refused",
    reason: `The backup of what the file of ${name} held is gone: there is nothing to put back.`,
  };
}

/**
 * Undoes it under the tool's lock; what answers calls was not changed by it, and is not now.
 * @throws Problem `not_found`; `conflict` where something followed: a deployment, another resolution, an edit of the file
 */
export async function undoSync(parts: RegistryParts, name: string, actor: Actor): Promise<SyncStatus> {
  const { database, files, clock } = parts;
  return database.transaction(async (lock) => {
    await lock.tools.lock(name);
    const status = await statusOf(parts, name);
    const [last] = (await database.deployments.list({ tool: name, state: "done" }, { limit: 1 })).items;
    const answer = await decideUndo(parts, status, last);
    if (answer.kind === "refused") throw new Problem("conflict", answer.reason);
    const { diskHash, before } = answer;
    // Where it is gone, it is a person who took it away: no replica puts it back by itself.
    await files.noteAgreed(name, [diskHash]);
    if (before === null) await files.remove(name, diskHash);
    else await files.commitStaged(name, (await files.stage(name, before)).path, diskHash);
    const what = before === null ? "the file is gone again" : "the file holds the edit again";
    await database.transaction(async (tx) => {
      await tx.deployments.appendStep(answer.last.id, { step: "done", at: clock.now(), detail: `taken back: ${what}` });
      // Undone, it is no longer the moment at which file and database agreed: the state is what it was.
      await tx.deployments.finish(answer.last.id, "undone");
      await tx.audit.append({
        actor,
        verb: "tool.sync_undone",
        tool: name,
        subject: { kind: "deployment", id: answer.last.id },
        summary: `${name}: "${TAKE_DATABASE}" was taken back; ${what}, and version ${answer.last.toVersion} goes on answering calls`,
      });
      await tx.publish({ kind: "tool", id: name, tool: name });
    });
    return statusOf(parts, name);
  });
}

async function statusOf(parts: RegistryParts, name: string): Promise<SyncStatus> {
  const [status] = await checkSyncStatus(parts, [name]);
  if (status === undefined) throw new Problem("not_found", `There is neither a tool nor a file ${name}.`);
  return status;
}
