/** The folders that the program lives on: made where they are missing, refused in one line where they cannot be used. */
import { existsSync } from "node:fs";
import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { LoadReport } from "#lib/registry/load-tools.ts";

/** Makes a folder with its parents, one by one: a recursive mkdir turns in a circle where the system hides the reason. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  await mkdir(folder);
}

/** @throws Error with one line where nothing can be written there */
export async function ensureHome(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    if (!(await stat(folder)).isDirectory()) throw new Error("not a folder");
    await access(folder, constants.W_OK);
  } catch {
    throw new Error(
      `cannot write to ${folder}: make it yours (chown), or set WHETSTONE_HOME to a folder where you may write.`,
    );
  }
}

export type ToolsFolder = { readonly folder: string; readonly made: boolean };

/**
 * A folder that may only be read is enough: then deployments say that they cannot write.
 * @throws Error with one line that names the variable where it is no folder, or cannot be read or made
 */
export async function ensureToolsFolder(folder: string): Promise<ToolsFolder> {
  const made = !existsSync(folder);
  const refused = (why: string): Error =>
    new Error(`WHETSTONE_TOOLS_DIR is "${folder}", but takes the folder that holds the tool files: ${why}.`);
  try {
    await makeFolder(folder);
  } catch (error) {
    throw refused(`it is not there, and cannot be made (${(error as NodeJS.ErrnoException).code ?? error})`);
  }
  if (!(await stat(folder)).isDirectory()) throw refused("this is a file");
  try {
    await access(folder, constants.R_OK | constants.X_OK);
  } catch {
    throw refused("this one may not be read");
  }
  return { folder, made };
}

/** What the start says of the tools that it found. */
export function toolsInWords({ loaded, broken }: LoadReport, { folder, made }: ToolsFolder): string {
  const where = made ? `${folder}, which was not there and was made` : folder;
  if (loaded.length + broken.length === 0) return `Tools: none yet in ${where}: put ${folder}/<name>.ts there`;
  const faulty = broken.length > 0 ? `, ${broken.length} that ${broken.length === 1 ? "does" : "do"} not load` : "";
  return `Tools: ${loaded.length} loaded${faulty}${made ? ` in ${where}` : ""}`;
}
