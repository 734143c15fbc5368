/** The state of each tool file against the database, with a sentence that explains it. */
import type { Tool } from "#lib/core/version.ts";
import type { SyncState } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ToolFile } from "#lib/ports/files.ts";
import { decideSync, type SyncDecision, type SyncFacts } from "./decide-sync.ts";
import { inspectFile } from "./inspect-file.ts";
import type { RegistryParts } from "./load-tools.ts";

export type SyncStatus = {
  readonly name: string;
  readonly state: SyncState;
  readonly activeVersion: number | null;
  /** The version that file and database both came from. */
  readonly baseVersion: number | null;
  /** SHA-256 of the file and of the active source; null where there is none. */
  readonly diskHash: string | null;
  readonly databaseHash: string | null;
  readonly detail: string;
};

export type SyncParts = Pick<RegistryParts, "database" | "files" | "sandbox">;

/** States of all tools and tool files by name, or of those that are named. */
export async function checkSyncStatus(parts: SyncParts, names?: readonly string[]): Promise<SyncStatus[]> {
  const wanted = (name: string): boolean => names === undefined || names.includes(name);
  const [{ tools: files, unusable }, rows] = await Promise.all([parts.files.list(), parts.database.tools.list()]);
  const disk = new Map<string, ToolFile | { unusable: string }>();
  for (const file of files) disk.set(file.name, file);
  for (const { file, reason } of unusable) {
    // Declarations and tests beside the tools are nobody's tool.
    if (!/\.(d|test)\.ts$/i.test(file)) disk.set(file.slice(0, -".ts".length), { unusable: reason });
  }
  const hosted = new Map(rows.filter(({ kind }) => kind === "hosted").map((tool) => [tool.name, tool]));
  const all = [...new Set([...hosted.keys(), ...disk.keys()])].filter(wanted).sort(byName);
  return Promise.all(all.map((name) => statusOf(parts, name, hosted.get(name) ?? null, disk.get(name) ?? null)));
}

/** What was found about one tool: its status and what a resolution needs besides. */
export async function statusOf(
  parts: SyncParts,
  name: string,
  tool: Tool | null,
  disk: ToolFile | { unusable: string } | null,
): Promise<SyncStatus> {
  const versions = tool === null ? [] : await parts.database.versions.list(name);
  const active = versions.find(({ number }) => number === tool?.activeVersion);
  const settled = disk !== null && "hash" in disk && versions.some(({ hash }) => hash === disk.hash);
  const facts: SyncFacts = {
    name,
    disk,
    activeVersion: tool?.activeVersion ?? null,
    versions,
    loadError: disk === null || "unusable" in disk || settled ? null : await loadErrorOf(parts, disk),
    agreedVersion: settled || active === undefined ? null : await agreedVersion(parts.database, name, versions),
  };
  const decision: SyncDecision = decideSync(facts);
  return {
    name,
    ...decision,
    activeVersion: facts.activeVersion,
    diskHash: disk !== null && "hash" in disk ? disk.hash : null,
    databaseHash: active?.hash ?? null,
  };
}

async function loadErrorOf({ sandbox }: SyncParts, file: ToolFile): Promise<string | null> {
  const inspected = await inspectFile(sandbox, file);
  return inspected.ok ? null : inspected.error;
}

/**
 * The version that the file held when it last agreed with the database: what the newest deployment, rollback or
 * resolution that touched the file made active, or else the first version, which came from the file.
 */
async function agreedVersion(
  database: Database,
  tool: string,
  versions: readonly { number: number }[],
): Promise<number | null> {
  let cursor: string | undefined;
  do {
    const page = await database.deployments.list({ tool, state: "done" }, { limit: 50, cursor });
    const agreed = page.items.find(({ mode, steps }) => mode === "real" && steps.some(({ step }) => step === "rename"));
    if (agreed !== undefined) return agreed.toVersion;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return versions.reduce<number | null>(
    (least, { number }) => (least === null ? number : Math.min(least, number)),
    null,
  );
}

function byName(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : a < b ? -1 : 1;
}
