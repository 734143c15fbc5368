/** Takes the tools folder into the database: new files become versions, broken ones are listed and harm nothing. */
import { machine } from "#lib/core/actor.ts";
import type { Tool } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Files, ToolFile } from "#lib/ports/files.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { inCaseOnly } from "./case-only.ts";
import { inspectFile } from "./inspect-file.ts";
import { takeHistory } from "./take-history.ts";

export type RegistryParts = {
  readonly database: Database;
  readonly files: Files;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
};

export type LoadReport = {
  /** Files that load, with the version that answers calls; `added` where this look made it. */
  readonly loaded: readonly { readonly name: string; readonly version: number; readonly added: boolean }[];
  readonly broken: readonly { readonly file: string; readonly error: string }[];
};

const DISK = machine("disk");

/** How the audit calls it, and how its words begin: by them the old name finds the new one. */
export const RENAMED = "tool.renamed";
export const renamedWords = (from: string, to: string): string => `${from} was renamed to ${to}`;

export type Look = {
  /** Tools that had a file at the last look: a new file that continues one of them which has gone is its new name. */
  readonly before?: ReadonlySet<string>;
};

/**
 * Looks at every file. A first one becomes version 1 and answers calls; one that differs from its active version is
 * not taken: that is for a person to settle. Looking again changes nothing.
 */
export async function loadTools(parts: RegistryParts, look: Look = {}): Promise<LoadReport> {
  const { database, files } = parts;
  const { tools, unusable } = await files.list();
  const loaded: LoadReport["loaded"][number][] = [];
  const broken = unusable.map(({ file, reason }) => ({ file, error: reason }));
  const rows = new Map((await database.tools.list()).map((tool) => [tool.name.toLowerCase(), tool]));
  const present = new Set([...tools.map(({ name }) => `${name}.ts`), ...unusable.map(({ file }) => file)]);
  for (const [key, row] of rows)
    if (!present.has(`${row.name}.ts`) && (await settleGone(parts, row, tools))) rows.delete(key);
  for (const file of tools) {
    const row = rows.get(file.name.toLowerCase()) ?? null;
    const gone = [...rows.values()].filter(
      ({ name }) => look.before?.has(name) && !tools.some((present) => present.name === name),
    );
    const result = await loadFile(parts, file, row, gone);
    if ("error" in result) broken.push({ file: `${file.name}.ts`, error: result.error });
    else loaded.push(result);
  }
  return { loaded, broken };
}

/**
 * A tool without a file is in no fault of its file's any more; one that never had a version is no tool.
 * @returns whether its row was removed
 */
async function settleGone({ database }: RegistryParts, row: Tool, files: readonly ToolFile[]): Promise<boolean> {
  const { name, kind, activeVersion } = row;
  if (kind !== "hosted") return false;
  const removed =
    activeVersion === null &&
    (await database.transaction(async (tx) => {
      await tx.tools.lock(name);
      const gone = await tx.tools.removeUnborn(name);
      if (gone) await tx.publish({ kind: "tool", id: name, tool: name });
      return gone;
    }));
  if (removed) return true;
  const twin = files.find((file) => file.name.toLowerCase() === name.toLowerCase());
  await noteError(database, name, row, twin === undefined ? null : inCaseOnly(name, `${twin.name}.ts`));
  return false;
}

async function loadFile(
  parts: RegistryParts,
  file: ToolFile,
  row: Tool | null,
  gone: readonly Tool[],
): Promise<LoadReport["loaded"][number] | { error: string }> {
  const { name } = file;
  if (row !== null && row.name !== name) return { error: inCaseOnly(row.name, "it") };
  const inspected = await inspectFile(parts.sandbox, file);
  if (!inspected.ok) {
    await noteError(parts.database, name, row, inspected.error);
    return { error: inspected.error };
  }
  await noteError(parts.database, name, row, null);
  if (row !== null && row.activeVersion !== null) return { name, version: row.activeVersion, added: false };
  return parts.database.transaction(async (tx) => {
    await tx.tools.lock(name);
    const { activeVersion } = await tx.tools.upsert({ name, loadError: null });
    // Another process on the same database was faster.
    if (activeVersion !== null) return { name, version: activeVersion, added: false };
    const history = await takeHistory(tx, file, gone);
    const version = await tx.versions.add({
      tool: name,
      source: file.source,
      manifest: inspected.manifest,
      author: DISK,
      reason: history === null ? "found in the tools folder" : `renamed from ${history.from}`,
      origin: "disk",
      parents: history === null ? [] : [history.parent],
    });
    await tx.tools.setActive(name, null, version.number);
    await tx.audit.append({
      actor: DISK,
      verb: history === null ? "tool.added" : RENAMED,
      tool: name,
      subject: { kind: "tool", id: name },
      summary:
        history === null
          ? `${name} was found in the tools folder and is version ${version.number}`
          : `${renamedWords(history.from, name)}: its ${history.versions} versions came along, and ${name} is version ${version.number}`,
    });
    await tx.publish({ kind: "tool", id: name, tool: name });
    return { name, version: version.number, added: true };
  });
}

/** Keeps what the file's error is; a tool that never loaded gets its row so that it is listed with it. */
async function noteError(database: Database, name: string, row: Tool | null, error: string | null): Promise<void> {
  if ((row?.loadError ?? null) === error) return;
  await database.transaction(async (tx) => {
    await tx.tools.upsert({ name, loadError: error });
    await tx.publish({ kind: "tool", id: name, tool: name });
  });
}
