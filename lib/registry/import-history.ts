/** Takes a tool's history out of git: each commit of its file that loads becomes a version, with its author. */
import { type Actor, machine } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Git, GitCommit, ToolCommit } from "#lib/ports/git.ts";
import type { Authorship } from "./capture-edit.ts";
import { inspectFile } from "./inspect-file.ts";
import type { RegistryParts } from "./load-tools.ts";

export type ImportedHistory = {
  readonly imported: readonly { readonly version: number; readonly commit: string }[];
  readonly skipped: readonly { readonly commit: string; readonly reason: string }[];
};

/** A commit's author as an actor, by the address that git knows. */
export function actorOf({ author }: GitCommit): Actor {
  return author.email === "" ? machine("git") : { kind: "person", id: author.email, name: author.name };
}

/** What a committed edit says about itself. */
export function authorshipOf(commit: GitCommit): Authorship {
  return { author: actorOf(commit), reason: `${commit.subject} (commit ${commit.id.slice(0, 10)})` };
}

/**
 * Imports the commits of one tool's file, oldest first. None becomes active, known sources stay as they are, and what
 * the file holds now is left to be taken as the edit that it may be.
 * @param options.afterKnown only what came after the newest commit that is a known version
 */
export async function importHistory(
  parts: RegistryParts & { readonly git: Git },
  name: string,
  options: { afterKnown: boolean },
): Promise<ImportedHistory> {
  const { database, files, git } = parts;
  const commits = await git.history(name);
  const disk = (await files.read(name).catch(() => null))?.hash;
  const known = new Map((await database.versions.list(name)).map(({ hash, number }) => [hash, number]));
  const start = options.afterKnown ? commits.findLastIndex(({ source }) => known.has(sha256(source))) + 1 : 0;
  const imported: { version: number; commit: string }[] = [];
  const skipped: { commit: string; reason: string }[] = [];
  let parent = start === 0 ? undefined : known.get(sha256(commits[start - 1]?.source ?? ""));
  for (const commit of commits.slice(start)) {
    const hash = sha256(commit.source);
    const present = known.get(hash);
    if (present !== undefined) {
      parent = present;
      continue;
    }
    if (hash === disk) continue;
    const added = await addCommit(parts, name, { commit, hash, parent });
    if ("reason" in added) skipped.push({ commit: commit.id, reason: added.reason });
    else {
      known.set(hash, added.number);
      parent = added.number;
      imported.push({ version: added.number, commit: commit.id });
    }
  }
  return { imported, skipped };
}

async function addCommit(
  { database, sandbox }: RegistryParts,
  tool: string,
  { commit, hash, parent }: { commit: ToolCommit; hash: string; parent: number | undefined },
): Promise<{ number: number } | { reason: string }> {
  // Before a rename the source calls itself by the old name.
  const inspected = await inspectFile(sandbox, { name: commit.name, source: commit.source, hash });
  if (!inspected.ok) return { reason: inspected.error };
  const { author, reason } = authorshipOf(commit);
  const { number } = await database.versions.add({
    tool,
    source: commit.source,
    manifest: inspected.manifest,
    author,
    reason: `${reason}, ${commit.at.toISOString().slice(0, 10)}`,
    origin: "disk",
    parents: parent === undefined ? [] : [parent],
  });
  return { number };
}
