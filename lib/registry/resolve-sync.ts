/** Settles a tool whose file and database differ: take one side, or merge both. Nothing is lost: edits are backed up. */
import type { Actor } from "#lib/core/actor.ts";
import type { TryCandidate } from "#lib/core/candidate.ts";
import { sha256 } from "#lib/core/json.ts";
import type { MergeRegion } from "#lib/core/merge.ts";
import { mergeSources } from "#lib/core/merge-sources.ts";
import { isProblem, Problem } from "#lib/core/problem.ts";
import type { Version } from "#lib/core/version.ts";
import { widenings } from "#lib/core/widenings.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ToolFile } from "#lib/ports/files.ts";
import { EDITED } from "./capture-edit.ts";
import { checkSyncStatus, type SyncStatus } from "./check-sync-status.ts";
import { inspectFile } from "./inspect-file.ts";
import type { RegistryParts } from "./load-tools.ts";
import { TAKE_DATABASE, TAKE_DISK } from "./settled.ts";
import { writeMerge } from "./write-merge.ts";

export type SyncRequest = {
  readonly tool: string;
  readonly resolution: "take_disk" | "take_database" | "merge";
  /** The merged source, where a person settled the conflicts. */
  readonly source?: string | undefined;
  /** SHA-256 of the file that was seen. */
  readonly diskHash?: string | undefined;
};

export type SyncResult =
  | { readonly resolved: true; readonly status: SyncStatus; readonly version: number; readonly backup: string | null }
  /** Both sides changed the same lines: a person settles the regions and sends the merged source. */
  | {
      readonly resolved: false;
      readonly status: SyncStatus;
      readonly regions: readonly MergeRegion[];
      readonly sides: { readonly base: string; readonly disk: string; readonly database: string };
    };

/** The registry's parts; with `tryCandidate` a merged source is tested before it is taken. */
export type SyncSettlers = RegistryParts & { readonly tryCandidate?: TryCandidate };

type Found = {
  readonly status: SyncStatus;
  readonly disk: ToolFile | null;
  readonly active: Version | null;
  readonly base: Version | null;
};

/**
 * Carries one resolution out under the tool's lock.
 * @throws Problem `not_found`; `conflict` where there is nothing to settle that way; `invalid_input` for a source that does not load
 */
export async function resolveSync(parts: SyncSettlers, request: SyncRequest, actor: Actor): Promise<SyncResult> {
  return parts.database.transaction(async (lock) => {
    await lock.tools.lock(request.tool);
    const found = await find(parts, request.tool);
    if (found.status.state === "in_sync")
      throw new Problem("conflict", `${request.tool} is in sync: there is nothing to settle.`);
    requireSeen(request, found.disk?.hash ?? null);
    switch (request.resolution) {
      case "take_disk":
        return takeDisk(parts, found, actor);
      case "take_database":
        return takeDatabase(parts, found, actor);
      case "merge":
        return merge(parts, found, request.source, actor);
    }
  });
}

/**
 * What was seen is what the file holds, where anybody said what was seen.
 * @throws Problem `conflict` where the file was saved again since
 */
export function requireSeen({ tool, diskHash }: Pick<SyncRequest, "tool" | "diskHash">, now: string | null): void {
  if (diskHash === undefined || diskHash === now) return;
  throw new Problem(
    "conflict",
    `${tool}.ts was saved again since it was shown: look at what it holds now. Nothing was written.`,
  );
}

async function find(parts: RegistryParts, name: string): Promise<Found> {
  const { database, files } = parts;
  const [status] = await checkSyncStatus(parts, [name]);
  if (status === undefined) throw new Problem("not_found", `There is neither a tool nor a file ${name}.`);
  const version = (number: number | null): Promise<Version | null> =>
    number === null ? Promise.resolve(null) : database.versions.find(name, number);
  return {
    status,
    disk: status.diskHash === null ? null : await files.read(name),
    active: await version(status.activeVersion),
    base: await version(status.baseVersion),
  };
}

/** The file becomes the active version; it is not written. */
async function takeDisk(parts: RegistryParts, { status, disk, active }: Found, actor: Actor): Promise<SyncResult> {
  if (disk === null) throw new Problem("conflict", `There is no file of ${status.name} to take: ${status.detail}`);
  const manifest = await manifestOf(parts, disk);
  const wider = active === null ? [] : widenings(active.manifest, manifest);
  if (wider.length > 0 && actor.kind !== "person")
    throw new Problem(
      "forbidden",
      `The edit of ${disk.name} asks for ${wider.join(", ")}: only a person who is signed in may take it.`,
      { widened: wider },
    );
  const version = await parts.database.transaction(async (tx) => {
    if (active === null) await tx.tools.upsert({ name: disk.name, loadError: null });
    const taken = await tx.versions.add({
      tool: disk.name,
      source: disk.source,
      manifest,
      author: actor,
      reason: EDITED,
      origin: "disk",
      parents: status.baseVersion === null ? [] : [status.baseVersion],
    });
    await activate(parts, tx, { tool: disk.name, active, taken, actor, what: TAKE_DISK, backup: null });
    return taken;
  });
  return { resolved: true, status: await statusAfter(parts, disk.name), version: version.number, backup: null };
}

/** The active version is written over the file, which is backed up first. */
async function takeDatabase(parts: RegistryParts, { status, disk, active }: Found, actor: Actor): Promise<SyncResult> {
  const { name } = status;
  if (active === null)
    throw new Problem("conflict", `${name} has no version to write: mend its file. ${status.detail}`);
  const backup = await write(parts, name, active.source, disk?.hash ?? null);
  await parts.database.transaction((tx) =>
    activate(parts, tx, { tool: name, active, taken: active, actor, what: TAKE_DATABASE, backup }),
  );
  return { resolved: true, status: await statusAfter(parts, name), version: active.number, backup };
}

/** The edit on disk and the active version are put together over the version that both came from. */
async function merge(
  parts: SyncSettlers,
  { status, disk, active, base }: Found,
  source: string | undefined,
  actor: Actor,
): Promise<SyncResult> {
  const { name } = status;
  if (disk === null || active === null || base === null)
    throw new Problem("conflict", `There are no two sides of ${name} to merge: ${status.detail}`);
  const sides = { base: base.source, disk: disk.source, database: active.source };
  const merged = mergeSources(sides);
  const text = source ?? merged.text;
  if (text === null) return { resolved: false, status, regions: merged.regions, sides };
  await tryMerged(parts, active, text, actor);
  const manifest = await manifestOf(parts, { name, source: text, hash: sha256(text) });
  const { version, backup } = await writeMerge(parts, {
    disk,
    active,
    version: {
      tool: name,
      source: text,
      manifest,
      author: actor,
      reason: `merge of an edit on disk and version ${active.number}`,
      origin: "merge",
      parents: [...new Set([active.number, status.edit?.version ?? base.number])],
    },
    actor,
  });
  return { resolved: true, status: await statusAfter(parts, name), version: version.number, backup };
}

/** What was put together is tested like any candidate: it may fail where the active version fails, and nowhere else. */
async function tryMerged(
  { tryCandidate }: SyncSettlers,
  { tool, number, hash }: Version,
  source: string,
  actor: Actor,
): Promise<void> {
  if (tryCandidate === undefined || sha256(source) === hash) return;
  // Whoever presses Merge approves of what it may touch: a person's word for that is a person's, an agent's is not.
  const by = actor.kind === "person" ? "person" : "model";
  const candidate = { tool, baseVersion: number, source, purpose: "other", by } as const;
  const trial = await tryCandidate(candidate, new AbortController().signal);
  if (!trial.valid)
    throw new Problem("invalid_input", `The merged source of ${tool} cannot be taken: ${trial.errors[0]}`, {
      errors: trial.errors,
    });
  if (trial.verdict === "error")
    throw new Problem("unavailable", `The merged source of ${tool} could not be tested: ${trial.headline} Try again.`);
  if (trial.regressions > 0)
    throw new Problem(
      "invalid_input",
      `The merged source of ${tool} breaks what version ${number} answers: ${trial.complaints[0] ?? trial.headline} Change it, then merge again.`,
      { complaints: trial.complaints },
    );
}

async function manifestOf({ sandbox }: RegistryParts, file: ToolFile): Promise<Version["manifest"]> {
  const inspected = await inspectFile(sandbox, file);
  if (inspected.ok) return inspected.manifest;
  throw new Problem("invalid_input", `${file.name} does not load and cannot be taken: ${inspected.error}`);
}

/** Backup, staged copy, rename over what was looked at: what is saved meanwhile stays, and is looked at again. */
async function write(
  { files, clock }: RegistryParts,
  name: string,
  source: string,
  over: string | null,
): Promise<string | null> {
  try {
    const backup = await files.backup(name, clock.now());
    const staged = await files.stage(name, source);
    if (staged.hash !== sha256(source)) throw new Error("the staged copy reads back differently");
    await files.commitStaged(name, staged.path, over);
    return backup;
  } catch (error) {
    // A copy that stays behind is never loaded, and the next write replaces it.
    await files.discardStaged(name).catch(() => {});
    if (isProblem(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem("unavailable", `The file of ${name} cannot be written (${reason}): mend that and try again.`);
  }
}

/** File and database agree from here on: the journal row says so, with its audit row. */
async function activate(
  { clock }: RegistryParts,
  tx: Database,
  change: {
    tool: string;
    active: Version | null;
    taken: Version;
    actor: Actor;
    what: string;
    backup: string | null;
  },
): Promise<void> {
  const { tool, active, taken, actor, what, backup } = change;
  if (active?.number !== taken.number && !(await tx.tools.setActive(tool, active?.number ?? null, taken.number)))
    throw new Problem("conflict", `Another version of ${tool} became active meanwhile: look again, then decide.`);
  await tx.tools.setLoadError(tool, null);
  const row = await tx.deployments.create({
    tool,
    kind: "sync",
    fromVersion: active?.number ?? null,
    toVersion: taken.number,
    mode: "real",
    state: "running",
    reason: what,
    actor,
    ...(backup === null ? {} : { backup }),
  });
  const step = (step: "rename" | "activate" | "done", detail: string): Promise<void> =>
    tx.deployments.appendStep(row.id, { step, at: clock.now(), detail });
  await step("rename", `the file is version ${taken.number}`);
  await step("activate", `version ${taken.number} answers calls`);
  await step("done", what);
  await tx.deployments.finish(row.id, "done");
  await tx.audit.append({
    actor,
    verb: "tool.synced",
    tool,
    subject: { kind: "deployment", id: row.id },
    summary: `${tool}: ${what}; version ${taken.number} answers calls`,
  });
  await tx.publish({ kind: "tool", id: tool, tool });
}

async function statusAfter(parts: RegistryParts, name: string): Promise<SyncStatus> {
  const [status] = await checkSyncStatus(parts, [name]);
  if (status === undefined) throw new Problem("not_found", `${name} is gone.`);
  return status;
}
