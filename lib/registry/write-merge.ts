/** A merged source becomes file and active version with a journal, as a deployment does: cut off, it is undone whole. */
import type { Actor } from "#lib/core/actor.ts";
import type { DeployStep } from "#lib/core/deployment.ts";
import { sha256 } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ToolFile } from "#lib/ports/files.ts";
import type { RegistryParts } from "./load-tools.ts";
import { MERGE } from "./settled.ts";

export type MergeToWrite = {
  /** The edit that is merged: what the file must still hold. */
  readonly disk: ToolFile;
  readonly active: Version;
  readonly version: Omit<Version, "number" | "createdAt" | "hash">;
  readonly actor: Actor;
};

/**
 * Writes the version, the file and what is active; the tool's lock is held by the caller. Whatever fails on the way leaves
 * the edit on disk and the active version as they were.
 * @throws Problem `conflict` where the file or the active version changed meanwhile
 */
export async function writeMerge(
  parts: RegistryParts,
  { disk, active, version, actor }: MergeToWrite,
): Promise<{ version: Version; backup: string | null }> {
  const { database, files, clock } = parts;
  const { tool, source } = version;
  const { taken, id } = await database.transaction(async (tx) => {
    const taken = await tx.versions.add(version);
    const { id } = await tx.deployments.create({
      tool,
      kind: "sync",
      fromVersion: active.number,
      toVersion: taken.number,
      mode: "real",
      state: "running",
      reason: MERGE,
      actor,
    });
    await step(tx, "intent", `version ${taken.number} of ${tool}, merged of the file and version ${active.number}`, id);
    return { taken, id };
  });
  async function step(tx: Database, name: DeployStep, detail: string, of: string): Promise<void> {
    await tx.deployments.appendStep(of, { step: name, at: clock.now(), detail });
  }
  try {
    const backup = await files.backup(tool, clock.now());
    const staged = await files.stage(tool, source);
    if (staged.hash !== taken.hash) throw new Error("the staged copy reads back differently");
    const at = clock.now();
    const written = [
      { step: "backup", at, detail: backup === null ? "there was no file" : `copied to ${backup}` },
      { step: "stage", at, detail: `staged copy written and flushed, sha256 ${taken.hash.slice(0, 12)}` },
      { step: "verify", at, detail: "tried as a candidate before it was written" },
    ] as const;
    await database.deployments.appendSteps(id, written, backup);
    if ((await files.commitStaged(tool, staged.path, disk.hash)) !== taken.hash)
      throw new Error("the file reads back differently");
    await database.transaction(async (tx) => {
      if (active.number !== taken.number && !(await tx.tools.setActive(tool, active.number, taken.number)))
        throw new Problem("conflict", `Another version of ${tool} became active meanwhile: look again, then decide.`);
      await tx.tools.setLoadError(tool, null);
      await step(tx, "rename", `the file is version ${taken.number}`, id);
      await step(tx, "activate", `version ${taken.number} answers calls`, id);
      await step(tx, "done", MERGE, id);
      await tx.deployments.finish(id, "done");
      await tx.audit.append({
        actor,
        verb: "tool.synced",
        tool,
        subject: { kind: "deployment", id },
        summary: `${tool}: ${MERGE}; version ${taken.number} answers calls`,
      });
      await tx.publish({ kind: "tool", id: tool, tool });
    });
    return { version: taken, backup };
  } catch (error) {
    await undo(parts, { id, disk, source });
    throw error;
  }
}

/** As the next start would do it: the edit is put back where the merge was written over it. */
async function undo(
  { database, files, clock }: RegistryParts,
  { id, disk, source }: { id: string; disk: ToolFile; source: string },
): Promise<void> {
  const now = await files.read(disk.name).catch(() => null);
  if (now?.hash === sha256(source) && now.hash !== disk.hash) {
    const { path } = await files.stage(disk.name, disk.source);
    await files.commitStaged(disk.name, path, now.hash);
  }
  await files.discardStaged(disk.name);
  await database.transaction(async (tx) => {
    await tx.deployments.appendStep(id, {
      step: "rename",
      at: clock.now(),
      detail: "failed and undone: the file holds the edit, and the active version has not moved",
    });
    await tx.deployments.finish(id, "undone");
  });
}
