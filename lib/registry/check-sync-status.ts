/** The state of each tool file against the database, with a sentence that explains it. */
import type { Deployment } from "#lib/core/deployment.ts";
import type { Tool } from "#lib/core/version.ts";
import { widenings } from "#lib/core/widenings.ts";
import type { SyncState } from "#lib/core/words.ts";
import type { Database, VersionHead } from "#lib/ports/database.ts";
import type { ToolFile } from "#lib/ports/files.ts";
import { inCaseOnly } from "./case-only.ts";
import { decideSync, type SyncDecision, type SyncFacts } from "./decide-sync.ts";
import { inspectFile } from "./inspect-file.ts";
import { RENAMED, type RegistryParts, renamedWords } from "./load-tools.ts";
import { settledAs } from "./settled.ts";

export type SyncStatus = {
  readonly name: string;
  readonly state: SyncState;
  readonly activeVersion: number | null;
  /** The version that file and database both came from. */
  readonly baseVersion: number | null;
  /** SHA-256 of the file and of the active source; null where there is none. */
  readonly diskHash: string | null;
  readonly databaseHash: string | null;
  /** The version that keeps the edit on disk, and the proposal that tests it; null where there is none. */
  readonly edit: { readonly version: number; readonly proposalId: string } | null;
  /** What the edit on disk may touch beyond the active version. */
  readonly widened: readonly string[];
  readonly detail: string;
};

/** Declarations and tests beside the tools are nobody's tool. */
export const isBesideTools = (file: string): boolean => /\.(d|test)\.ts$/i.test(file);

export type SyncParts = Pick<RegistryParts, "database" | "files" | "sandbox">;

/** States of all tools and tool files by name, or of those that are named. */
export async function checkSyncStatus(parts: SyncParts, names?: readonly string[]): Promise<SyncStatus[]> {
  const wanted = (name: string): boolean => names === undefined || names.includes(name);
  const [{ tools: files, unusable }, rows] = await Promise.all([parts.files.list(), parts.database.tools.list()]);
  const disk = new Map<string, ToolFile | { unusable: string }>();
  for (const file of files) disk.set(file.name, file);
  for (const { file, reason } of unusable)
    if (!isBesideTools(file)) disk.set(file.slice(0, -".ts".length), { unusable: reason });
  const hosted = new Map(rows.filter(({ kind }) => kind === "hosted").map((tool) => [tool.name, tool]));
  const heads = Map.groupBy(await parts.database.versions.heads([...hosted.keys()]), ({ tool }) => tool);
  // What never had a version and has no file is no tool; the next look takes its row away.
  for (const name of hosted.keys()) if (!heads.has(name) && !disk.has(name)) hosted.delete(name);
  for (const [file, name] of differingInCase(disk.keys(), hosted.keys())) {
    disk.set(file, { unusable: inCaseOnly(name, "it") });
    disk.set(name, { unusable: inCaseOnly(name, `${file}.ts`) });
  }
  const all = [...new Set([...hosted.keys(), ...disk.keys()])].filter(wanted).sort(byName);
  return Promise.all(
    all.map((name) => statusOf(parts, name, hosted.get(name) ?? null, disk.get(name) ?? null, heads.get(name) ?? [])),
  );
}

/** Files, each with the tool whose own file is gone and whose name differs from the file's in case alone. */
function differingInCase(files: Iterable<string>, tools: Iterable<string>): [string, string][] {
  const present = new Set(files);
  const byKey = new Map([...present].map((file) => [file.toLowerCase(), file]));
  return [...tools].flatMap((name) => {
    const file = present.has(name) ? undefined : byKey.get(name.toLowerCase());
    return file === undefined ? [] : [[file, name] as [string, string]];
  });
}

async function statusOf(
  parts: SyncParts,
  name: string,
  tool: Tool | null,
  disk: ToolFile | { unusable: string } | null,
  versions: readonly VersionHead[],
): Promise<SyncStatus> {
  const active = versions.find(({ number }) => number === tool?.activeVersion);
  const known = disk !== null && "hash" in disk ? versions.find(({ hash }) => hash === disk.hash) : undefined;
  const isEdit = known !== undefined && (await isOpenEdit(parts.database, known, active?.number ?? null));
  const settled = known !== undefined;
  const facts: SyncFacts = {
    name,
    disk,
    activeVersion: tool?.activeVersion ?? null,
    versions,
    renamedTo: disk === null && active !== undefined ? await newNameOf(parts.database, name) : null,
    loadError: disk === null || "unusable" in disk || settled ? null : await loadErrorOf(parts, disk),
    isEdit,
    isBeingWritten:
      disk !== null && "hash" in disk && !settled && (await isBeingWritten(parts.database, name, disk.hash, versions)),
    agreedVersion:
      (settled && !isEdit) || active === undefined ? null : await agreedVersion(parts.database, name, versions),
  };
  const decision: SyncDecision = decideSync(facts);
  return {
    name,
    ...decision,
    activeVersion: facts.activeVersion,
    diskHash: disk !== null && "hash" in disk ? disk.hash : null,
    databaseHash: active?.hash ?? null,
    widened: isEdit && active !== undefined ? await widenedBy(parts.database, active, known) : [],
    edit: isEdit && known.proposalId !== undefined ? { version: known.number, proposalId: known.proposalId } : null,
  };
}

/** The tool that took over the versions of one whose file was renamed; null where nobody did. */
async function newNameOf(database: Database, name: string): Promise<string | null> {
  const { items } = await database.audit.list({ verb: RENAMED }, { limit: 200 });
  return items.find(({ summary }) => summary.startsWith(renamedWords(name, "")))?.tool ?? null;
}

/**
 * Whether a version is an edit that nobody has taken yet: it came from the disk and never became active, or that was taken
 * back. So did the one of a merge that was cut off where the merge was the edit itself.
 */
export async function isOpenEdit(database: Database, version: VersionHead, active: number | null): Promise<boolean> {
  const { tool, number, origin, proposalId } = version;
  if (origin === "proposal" || number === active) return false;
  if (origin === "disk" && proposalId === undefined && !(await isTakenBack(database, tool, number))) return false;
  for await (const { mode, fromVersion, toVersion } of doneDeployments(database, tool))
    if (mode === "real" && (toVersion === number || fromVersion === number)) return false;
  return true;
}

/** Whether an edit was taken before it was kept as one, and taking it was undone. */
async function isTakenBack(database: Database, tool: string, number: number): Promise<boolean> {
  const { items } = await database.deployments.list({ tool, state: "undone" }, { limit: 50 });
  return items.some((row) => settledAs(row) === "disk" && row.toVersion === number);
}

async function widenedBy(database: Database, active: VersionHead, edit: VersionHead): Promise<string[]> {
  const [now, then] = await Promise.all([active, edit].map(({ tool, number }) => database.versions.find(tool, number)));
  return now && then ? widenings(now.manifest, then.manifest) : [];
}

async function isBeingWritten(
  database: Database,
  tool: string,
  hash: string,
  versions: readonly VersionHead[],
): Promise<boolean> {
  const { items } = await database.deployments.list({ tool, state: "running" }, { limit: 10 });
  for (const { kind, proposalId, toVersion } of items) {
    const revisions = kind === "deploy" && proposalId ? await database.proposals.revisions(proposalId) : [];
    const target = revisions.at(-1)?.hash ?? versions.find(({ number }) => number === toVersion)?.hash;
    if (target === hash) return true;
  }
  return false;
}

async function* doneDeployments(database: Database, tool: string): AsyncGenerator<Deployment> {
  let cursor: string | undefined;
  do {
    const page = await database.deployments.list({ tool, state: "done" }, { limit: 50, cursor });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
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
  for await (const { mode, steps, toVersion } of doneDeployments(database, tool))
    if (mode === "real" && steps.some(({ step }) => step === "rename")) return toVersion;
  return versions.reduce<number | null>(
    (least, { number }) => (least === null ? number : Math.min(least, number)),
    null,
  );
}

function byName(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : a < b ? -1 : 1;
}
