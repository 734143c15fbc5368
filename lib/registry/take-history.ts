/** A tool's new name: its file went and another came with the same text. Its versions come along, numbers and all. */
import type { Tool } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ToolFile } from "#lib/ports/files.ts";

/** Share of lines that a renamed file has kept. */
const KEPT = 0.7;

/**
 * Copies the versions of the tool that a new file continues; they stay with the old name too.
 * @param gone tools whose file has just gone
 * @returns the old name and the version to go on from; null where the file continues none of them
 */
export async function takeHistory(
  tx: Database,
  file: ToolFile,
  gone: readonly Tool[],
): Promise<{ from: string; parent: number; versions: number } | null> {
  let best: { name: string; active: number; share: number } | null = null;
  for (const { name, activeVersion } of gone) {
    const active = activeVersion === null ? null : await tx.versions.find(name, activeVersion);
    if (active === null) continue;
    const share = shareKept(active.source.replaceAll(`"${name}"`, `"${file.name}"`), file.source);
    if (share >= KEPT && share > (best?.share ?? 0)) best = { name, active: active.number, share };
  }
  if (best === null) return null;
  const numbers = new Map<number, number>();
  const versions = (await tx.versions.list(best.name)).sort((a, b) => a.number - b.number);
  for (const { source, manifest, author, reason, origin, proposalId, parents, number } of versions) {
    const copy = await tx.versions.add({
      tool: file.name,
      source,
      manifest,
      author,
      reason: `${reason} (as ${best.name})`,
      origin,
      ...(proposalId === undefined ? {} : { proposalId }),
      parents: parents.flatMap((parent) => numbers.get(parent) ?? []),
    });
    numbers.set(number, copy.number);
  }
  const parent = numbers.get(best.active);
  return parent === undefined ? null : { from: best.name, parent, versions: versions.length };
}

function shareKept(old: string, fresh: string): number {
  const present = new Set(fresh.split("\n"));
  const lines = old.split("\n").filter((line) => /\w/.test(line));
  return lines.filter((line) => present.has(line)).length / Math.max(1, lines.length);
}
