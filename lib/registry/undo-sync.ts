/** Takes back what "take the database" did to a file: it goes away again, or the edit that it held comes back. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { Problem } from "#lib/core/problem.ts";
import { checkSyncStatus, type SyncStatus } from "./check-sync-status.ts";
import type { RegistryParts } from "./load-tools.ts";
import { TAKE_DATABASE } from "./resolve-sync.ts";

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
    if (last?.kind !== "sync" || last.reason !== TAKE_DATABASE)
      throw new Problem("conflict", `The file of ${name} was not put back last: there is nothing to undo.`);
    if (status.state !== "in_sync" || status.diskHash === null || status.activeVersion !== last.toVersion)
      throw new Problem("conflict", `The file of ${name} has changed since it was put back: it is left alone.`);
    const before = await sourceBefore(parts, last);
    // Where it is gone, it is a person who took it away: no replica puts it back by itself.
    await files.noteAgreed(name, [status.diskHash]);
    if (before === null) await files.remove(name, status.diskHash);
    else await files.commitStaged(name, (await files.stage(name, before)).path, status.diskHash);
    const what = before === null ? "the file is gone again" : "the file holds the edit again";
    await database.transaction(async (tx) => {
      await tx.deployments.appendStep(last.id, { step: "done", at: clock.now(), detail: `taken back: ${what}` });
      // Undone, it is no longer the moment at which file and database agreed: the state is what it was.
      await tx.deployments.finish(last.id, "undone");
      await tx.audit.append({
        actor,
        verb: "tool.sync_undone",
        tool: name,
        subject: { kind: "deployment", id: last.id },
        summary: `${name}: "${TAKE_DATABASE}" was taken back; ${what}, and version ${last.toVersion} goes on answering calls`,
      });
      await tx.publish({ kind: "tool", id: name, tool: name });
    });
    return statusOf(parts, name);
  });
}

/** What the file held, by the backup; null where there was no file. */
async function sourceBefore({ files }: RegistryParts, { tool, backup }: Deployment): Promise<string | null> {
  if (backup === undefined) return null;
  const kept = (await files.backups(tool)).find(({ path }) => path === backup);
  if (kept !== undefined) return kept.source;
  throw new Problem("conflict", `The backup of what the file of ${tool} held is gone: there is nothing to put back.`);
}

async function statusOf(parts: RegistryParts, name: string): Promise<SyncStatus> {
  const [status] = await checkSyncStatus(parts, [name]);
  if (status === undefined) throw new Problem("not_found", `There is neither a tool nor a file ${name}.`);
  return status;
}
