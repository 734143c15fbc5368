/** What the tools folder holds: the files that follow the naming rule, and why others do not. */
import { closeSync, constants, type Dirent, fstatSync, openSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "#lib/core/json.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { Files, ToolFile } from "#lib/ports/files.ts";

/** Far above any tool; what is larger is not read into memory. */
const LARGEST_FILE = 1_048_576;

/** Reads every `<name>.ts`; links, folders, pipes and files that are not text are reported, not opened. */
export async function listToolFiles(folder: string): ReturnType<Files["list"]> {
  const entries = (await entriesOf(folder))
    .filter((entry) => entry.name.endsWith(".ts") && !entry.name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const tools: ToolFile[] = [];
  const unusable: { file: string; reason: string }[] = [];
  for (const entry of entries) {
    const read = await readEntry(folder, entry, entries);
    if ("reason" in read) unusable.push({ file: entry.name, reason: read.reason });
    else tools.push(read);
  }
  return { tools, unusable };
}

async function readEntry(
  folder: string,
  entry: Dirent,
  entries: readonly Dirent[],
): Promise<ToolFile | { reason: string }> {
  const name = entry.name.slice(0, -".ts".length);
  const parsed = ToolName.safeParse(name);
  if (!parsed.success) return { reason: `its name is no tool name: ${parsed.error.issues[0]?.message ?? name}` };
  const twins = entries.filter(
    (other) => other.name !== entry.name && other.name.toLowerCase() === entry.name.toLowerCase(),
  );
  // Neither is taken: which of them was meant cannot be known.
  if (twins.length > 0)
    return { reason: `${twins.map((twin) => twin.name).join(", ")} differs from it in case only: rename one of them` };
  const found = await readRegularFile(join(folder, entry.name));
  if (found === null) return { reason: "it vanished while it was read" };
  return "reason" in found ? found : { name, source: found.source, hash: sha256(found.source) };
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * The text of a regular file, byte for byte; null where there is none. A link is never followed, and a pipe never waited
 * for.
 */
export async function readRegularFile(path: string): Promise<{ source: string } | { reason: string } | null> {
  // A small local file is read in microseconds; as one turn of the loop each, its calls would take ten times that.
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    if (code === "ELOOP") return { reason: "it is a symbolic link: put the file itself into the folder" };
    if (code === "EACCES" || code === "EPERM") return { reason: "it may not be read: give this user the right to" };
    return { reason: `it cannot be opened (${code ?? message})` };
  }
  try {
    const about = fstatSync(file);
    if (about.isDirectory()) return { reason: "a folder stands in its place" };
    if (!about.isFile()) return { reason: "it is no regular file" };
    if (about.size > LARGEST_FILE) return { reason: `it has ${about.size} bytes; a tool may have ${LARGEST_FILE}` };
    const bytes = readFileSync(file);
    try {
      // The mark at the start is kept, so that the source is the file byte for byte.
      return { source: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
    } catch {
      return { reason: "it is not UTF-8 text" };
    }
  } finally {
    closeSync(file);
  }
}
