/** The tools folder and the backups folder: names in, never paths; what is written is on the disk before it counts. */
import {
  closeSync,
  fchmodSync,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { sha256 } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { Files, ToolFile } from "#lib/ports/files.ts";
import { createAgreements } from "./agreements.ts";
import { listToolFiles, readRegularFile } from "./list-tool-files.ts";
import { watchFolder } from "./watch-folder.ts";

const flush = promisify(fsync);

const EDITED_MEANWHILE = "it was edited meanwhile";

const BACKUP_STAMP = /\.(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z(?:-(\d+))?\.ts\.bak$/;

/**
 * Opens the two folders; both are made where they are missing.
 * @param options.toolsFolder the folder of `<name>.ts`; `backupsFolder` gets one folder a tool
 */
export function createFiles(options: { toolsFolder: string; backupsFolder: string }): Files {
  const folder = resolve(options.toolsFolder);
  const backupsFolder = resolve(options.backupsFolder);
  const toolPath = (name: string): string => join(folder, `${checkedName(name)}.ts`);
  // A leading dot is no tool name and `.staged` no TypeScript: nothing loads it, and it renames within one file system.
  const stagedPath = (name: string): string => join(folder, `.${checkedName(name)}.ts.staged`);
  const backupFolder = (name: string): string => join(backupsFolder, checkedName(name));

  async function read(name: string): Promise<ToolFile | null> {
    const path = toolPath(name);
    const spelling = spellingOf(folder, name);
    if (spelling === null) return null;
    if (spelling !== `${name}.ts`) throw refused(name, `the folder holds ${spelling}, which differs in case only`);
    const found = await readRegularFile(path);
    if (found === null) return null;
    if ("reason" in found) throw refused(name, found.reason);
    return { name, source: found.source, hash: sha256(found.source) };
  }

  const agreements = createAgreements(backupFolder);

  return {
    folder,
    list: () => listToolFiles(folder),
    read,
    async backup(name, at) {
      const current = await read(name);
      if (current === null) return null;
      const target = backupFolder(name);
      mkdirSync(target, { recursive: true });
      if (!lstatSync(target).isDirectory()) throw refused(name, `${target} is not a folder of its own`);
      const path = await writeBackup(target, `${name}.${stampOf(at)}`, current.source);
      await flushFolder(target);
      return path;
    },
    async backups(name) {
      const target = backupFolder(name);
      const found: (Awaited<ReturnType<Files["backups"]>>[number] & { count: number })[] = [];
      for (const file of await readdir(target).catch(() => [])) {
        const stamp = readStamp(file);
        if (stamp === null) continue;
        const path = join(target, file);
        const content = await readRegularFile(path);
        if (content === null || "reason" in content) continue;
        found.push({ path, source: content.source, hash: sha256(content.source), ...stamp });
      }
      found.sort((a, b) => b.at.getTime() - a.at.getTime() || b.count - a.count);
      return found.map(({ path, source, hash, at }) => ({ path, source, hash, at }));
    },
    async pruneBackups(name, { keep, before }) {
      const target = backupFolder(name);
      const stamped = entriesOf(target).flatMap((file) => {
        const stamp = readStamp(file);
        return stamp === null ? [] : [{ path: join(target, file), ...stamp }];
      });
      stamped.sort((a, b) => b.at.getTime() - a.at.getTime() || b.count - a.count);
      const old = stamped.slice(keep).filter(({ at }) => at < before);
      for (const { path } of old) rmSync(path, { force: true });
      return old.map(({ path }) => path);
    },
    async stage(name, source) {
      const path = stagedPath(name);
      mkdirSync(folder, { recursive: true });
      const mode = modeOf(toolPath(name));
      rmSync(path, { force: true });
      // Exclusive: a link planted in between is refused, never written through.
      // Its name need not outlive a power cut: the rename flushes the folder.
      await writeFlushed(path, source, mode);
      const written = await readRegularFile(path);
      if (written === null || "reason" in written) throw refused(name, "the staged copy cannot be read back");
      return { path, hash: sha256(written.source) };
    },
    async commitStaged(name, path, over) {
      if (resolve(path) !== stagedPath(name)) throw refused(name, `${path} is not its staged copy`);
      const staged = lstatOf(path);
      if (!staged?.isFile()) throw refused(name, "there is no staged copy");
      const spelling = spellingOf(folder, name);
      if (spelling !== null && spelling !== `${name}.ts`)
        throw refused(name, `the folder holds ${spelling}, which differs in case only`);
      const target = toolPath(name);
      const present = lstatOf(target);
      if (present !== null && !present.isFile()) throw refused(name, `${name}.ts is not a file of its own`);
      const before = await readRegularFile(target);
      // Looked at in the same turn as it is replaced: what was saved since the caller looked is not written over.
      if ((before === null || "reason" in before ? null : sha256(before.source)) !== over)
        throw refused(name, EDITED_MEANWHILE);
      renameSync(path, target);
      await flushFolder(folder);
      const written = await read(name);
      if (written === null) throw refused(name, `${name}.ts is gone after it was written`);
      return written.hash;
    },
    async remove(name, hash) {
      const path = stagedPath(name);
      const target = toolPath(name);
      if (!lstatOf(target)?.isFile()) throw refused(name, `${name}.ts is not a file of its own`);
      // Looked at where nobody saves to any more: what was saved a moment ago comes back.
      renameSync(target, path);
      const taken = await readRegularFile(path);
      if (taken === null || "reason" in taken || sha256(taken.source) !== hash) {
        if (lstatOf(target) === null) renameSync(path, target);
        throw refused(name, EDITED_MEANWHILE);
      }
      rmSync(path, { force: true });
      await flushFolder(folder);
    },
    async discardStaged(name) {
      rmSync(stagedPath(name), { force: true });
    },
    agreed: agreements.read,
    noteAgreed: agreements.write,
    watch: (onChange) => watchFolder(folder, onChange),
  };
}

function checkedName(name: string): string {
  const parsed = ToolName.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new Problem("invalid_input", `"${name}" is no tool name: ${parsed.error.issues[0]?.message ?? "not valid"}.`);
}

function refused(name: string, reason: string): Problem {
  return new Problem("conflict", `The file of ${name} cannot be used: ${reason}.`);
}

/** How the folder spells a tool's file, whatever the case; the exact spelling wins. */
function spellingOf(folder: string, name: string): string | null {
  const wanted = `${name}.ts`;
  const entries = entriesOf(folder);
  if (entries.includes(wanted)) return wanted;
  return entries.find((entry) => entry.toLowerCase() === wanted.toLowerCase()) ?? null;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function lstatOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

function modeOf(path: string): number {
  const present = lstatOf(path);
  return present?.isFile() ? present.mode & 0o777 : 0o644;
}

/** A complete, flushed copy appears under its name at once; two within a millisecond are numbered. */
async function writeBackup(target: string, stem: string, source: string): Promise<string> {
  const partial = join(target, `.${stem}.${process.pid}.partial`);
  rmSync(partial, { force: true });
  await writeFlushed(partial, source, 0o600);
  for (let count = 0; ; count += 1) {
    const path = join(target, `${stem}${count === 0 ? "" : `-${count}`}.ts.bak`);
    if (lstatOf(path) !== null) continue;
    renameSync(partial, path);
    return path;
  }
}

/** UTC, to the millisecond, in characters that every file system takes. */
function stampOf(at: Date): string {
  return at.toISOString().replaceAll(/[-:.]/g, "");
}

function readStamp(file: string): { at: Date; count: number } | null {
  const parts = BACKUP_STAMP.exec(file);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, ms, count] = parts;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(at.getTime()) ? null : { at, count: Number(count ?? 0) };
}

/** A rename is durable only when its folder is. Windows has no handle on folders. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = openSync(path, "r");
  try {
    await flush(handle);
  } finally {
    closeSync(handle);
  }
}

/** Only the wait for the disk is waited for: what the kernel answers from memory is not worth a turn of the loop. */
async function writeFlushed(path: string, source: string, mode: number): Promise<void> {
  const handle = openSync(path, "wx", mode);
  try {
    writeFileSync(handle, source, "utf8");
    // The mask of the process does not narrow what the tool's file had.
    fchmodSync(handle, mode);
    await flush(handle);
  } finally {
    closeSync(handle);
  }
}
