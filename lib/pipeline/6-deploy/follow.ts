/** The tools folder of this replica follows the database: a version activated elsewhere is written here as well. */
import type { Database } from "#lib/ports/database.ts";
import type { Files, ToolFile } from "#lib/ports/files.ts";

export type FollowParts = { readonly database: Database; readonly files: Files };

/**
 * Brings one tool's file, or all, to the active version, unless a person touched it since it last agreed.
 * @returns names of the tools whose file was written
 */
export async function follow(parts: FollowParts, name: string | undefined): Promise<string[]> {
  const { tools } = parts.database;
  const one = name === undefined ? null : await tools.find(name);
  const written: string[] = [];
  for (const tool of name === undefined ? await tools.list() : one === null ? [] : [one]) {
    if (tool.kind !== "hosted" || tool.activeVersion === null) continue;
    if (await followOne(parts, tool.name)) written.push(tool.name);
  }
  return written;
}

async function followOne({ database, files }: FollowParts, name: string): Promise<boolean> {
  if ((await behind(database, files, name)) === null) return false;
  // A deployment under way holds the lock: once it is through, the file may be right. Whoever takes an edit back notes
  // under it as well that the file is a person's again.
  return database.transaction(async (lock) => {
    await lock.tools.lock(name);
    const wanted = await behind(database, files, name);
    if (wanted === null) return false;
    if ("held" in wanted) {
      await files.noteAgreed(name, [wanted.held]);
      return false;
    }
    const { path, hash } = await files.stage(name, wanted.source);
    const agreed = await files.agreed(name);
    await files.noteAgreed(name, [...agreed, hash]);
    await files.commitStaged(name, path, wanted.over);
    await files.noteAgreed(name, [hash]);
    return true;
  });
}

/**
 * The source that the file should hold and the digest of what it holds; only what it holds where that is right and was
 * not written down yet; null where there is nothing to do, or it is somebody's.
 */
async function behind(
  database: Database,
  files: Files,
  name: string,
): Promise<{ source: string; over: string | null } | { held: string } | null> {
  const tool = await database.tools.find(name);
  if (tool === null || tool.activeVersion === null) return null;
  const [active, agreed, disk] = await Promise.all([
    database.versions.find(name, tool.activeVersion),
    files.agreed(name),
    files.read(name).catch(() => "unusable" as const),
  ]);
  if (active === null || disk === "unusable") return null;
  if (disk?.hash === active.hash)
    return agreed.length !== 1 || agreed[0] !== active.hash ? { held: active.hash } : null;
  return isUntouched(disk, agreed) ? { source: active.source, over: disk?.hash ?? null } : null;
}

/** A file that is gone was taken away by somebody, except in a folder that never held it. */
function isUntouched(disk: ToolFile | null, agreed: readonly string[]): boolean {
  return disk === null ? agreed.length === 0 : agreed.includes(disk.hash);
}
