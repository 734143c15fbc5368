/** Takes back how a file was settled last: file and active version are what they were before. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Database } from "#lib/ports/database.ts";
import { checkSyncStatus, type SyncStatus } from "./check-sync-status.ts";
import type { RegistryParts } from "./load-tools.ts";
import { type Settled, settledAs } from "./settled.ts";

export type UndoAnswer =
  | {
      readonly kind: "undo";
      readonly what: Settled;
      readonly last: Deployment;
      /** Of the file as it is. */
      readonly diskHash: string;
      /** What the file is to hold again: null for no file, undefined where it holds it. */
      readonly before: string | null | undefined;
    }
  | { readonly kind: "refused"; readonly reason: string };

/** The last that was done to each tool's file and version, where that was settling it in Sync; looks at so many back. */
export async function lastSettled(database: Pick<Database, "deployments">, most: number): Promise<Deployment[]> {
  const { items } = await database.deployments.list({ state: "done" }, { limit: most });
  const newest = Map.groupBy(items, ({ tool }) => tool);
  return [...newest.values()].flatMap(([last]) => (last !== undefined && settledAs(last) !== null ? [last] : []));
}

/** Whether the last that was done to a tool can be taken back, and to what: as long as nothing followed. */
export async function decideUndo(
  { files }: Pick<RegistryParts, "files">,
  { name, state, diskHash, activeVersion }: Pick<SyncStatus, "name" | "state" | "diskHash" | "activeVersion">,
  last: Deployment | undefined,
): Promise<UndoAnswer> {
  const what = last === undefined ? null : settledAs(last);
  if (last === undefined || what === null)
    return { kind: "refused", reason: `The file of ${name} was not settled last: there is nothing to undo.` };
  const changed = `The file of ${name} has changed since it was settled: it is left alone.`;
  if (diskHash === null || activeVersion !== last.toVersion) return { kind: "refused", reason: changed };
  if (what !== "database" && last.fromVersion === null)
    return { kind: "refused", reason: `No version of ${name} answered calls before: there is nothing to go back to.` };
  const answer = { kind: "undo", what, last, diskHash } as const;
  const kept =
    last.backup === undefined ? undefined : (await files.backups(name)).find(({ path }) => path === last.backup);
  // Cut off between the file and the journal, the edit is back already: asked once more, it goes on from there.
  const isBack = what === "merge" && kept?.hash === diskHash;
  if (state !== "in_sync" && !isBack) return { kind: "refused", reason: changed };
  if (what === "disk" || isBack) return { ...answer, before: undefined };
  if (kept !== undefined) return { ...answer, before: kept.source };
  if (what === "database" && last.backup === undefined) return { ...answer, before: null };
  return {
    kind: "refused",
    reason: `The backup of what the file of ${name} held is gone: there is nothing to put back.`,
  };
}

/**
 * Undoes it under the tool's lock. Taking the disk leaves the file to the person whose edit it holds; what a merge put
 * together stays a version.
 * @throws Problem `not_found`; `conflict` where something followed: a deployment, another resolution, an edit of the file
 */
export async function undoSync(parts: RegistryParts, name: string, actor: Actor): Promise<SyncStatus> {
  const { database, files } = parts;
  return database.transaction(async (lock) => {
    await lock.tools.lock(name);
    const status = await statusOf(parts, name);
    const [last] = (await database.deployments.list({ tool: name, state: "done" }, { limit: 1 })).items;
    const answer = await decideUndo(parts, status, last);
    if (answer.kind === "refused") throw new Problem("conflict", answer.reason);
    const { diskHash, before } = answer;
    const { fromVersion, toVersion } = answer.last;
    const back = answer.what === "database" ? toVersion : (fromVersion ?? toVersion);
    const answering = await database.versions.find(name, back);
    // What the file holds then is a person's, or gone by a person's hand: no replica writes the version over it.
    await files.noteAgreed(name, [answering?.hash ?? diskHash]);
    // A copy that is not to be written is never loaded, and the next write replaces it.
    const staged = typeof before === "string" ? (await files.stage(name, before)).path : null;
    await database.transaction(async (tx) => {
      await takeBack(parts, tx, { ...answer, name, back, actor });
      // Last of all: where it fails, the journal and what answers calls are as they were.
      if (staged !== null) await files.commitStaged(name, staged, diskHash);
      else if (before === null) await files.remove(name, diskHash);
    });
    return statusOf(parts, name);
  });
}

/** Journal, active version and record, all or nothing. */
async function takeBack(
  { clock }: RegistryParts,
  tx: Database,
  undone: Extract<UndoAnswer, { kind: "undo" }> & { name: string; back: number; actor: Actor },
): Promise<void> {
  const { name, what, last, before, back, actor } = undone;
  if (back !== last.toVersion && !(await tx.tools.setActive(name, last.toVersion, back)))
    throw new Problem("conflict", `Another version of ${name} became active meanwhile: look again, then decide.`);
  const file =
    what === "disk"
      ? "the file keeps the edit"
      : before === null
        ? "the file is gone again"
        : "the file holds the edit again";
  const answers =
    back === last.toVersion ? `version ${back} goes on answering calls` : `version ${back} answers calls again`;
  const at = clock.now();
  await tx.deployments.appendStep(last.id, { step: "done", at, detail: `taken back: ${file}, and ${answers}` });
  // Undone, it is no longer the moment at which file and database agreed: the state is what it was.
  await tx.deployments.finish(last.id, "undone");
  await tx.audit.append({
    actor,
    verb: "tool.sync_undone",
    tool: name,
    subject: { kind: "deployment", id: last.id },
    summary: `${name}: "${last.reason}" was taken back; ${file}, and ${answers}`,
  });
  await tx.publish({ kind: "tool", id: name, tool: name });
}

async function statusOf(parts: RegistryParts, name: string): Promise<SyncStatus> {
  const [status] = await checkSyncStatus(parts, [name]);
  if (status === undefined) throw new Problem("not_found", `There is neither a tool nor a file ${name}.`);
  return status;
}
