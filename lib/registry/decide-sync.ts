/** Where a tool's file stands against the database. Pure: hashes in, state and a sentence out. */
import type { SyncState } from "#lib/core/words.ts";

export type SyncFacts = {
  readonly name: string;
  /** Null where there is no file; `unusable` says why the file can never be a tool's. */
  readonly disk: { readonly hash: string } | { readonly unusable: string } | null;
  /** Why the file does not load, where it was looked at and does not. */
  readonly loadError: string | null;
  readonly activeVersion: number | null;
  /** The tool that its file went on as, where it went under another name. */
  readonly renamedTo?: string | null;
  /** All versions, any order. */
  readonly versions: readonly { readonly number: number; readonly hash: string }[];
  /** The file is a version that was edited on disk and never answered a call: an edit still. */
  readonly isEdit?: boolean;
  /** A deployment that has not ended is writing this file. */
  readonly isBeingWritten?: boolean;
  /** The version that the file held when file and database last agreed; null where they never did. */
  readonly agreedVersion: number | null;
};

export type SyncDecision = {
  readonly state: SyncState;
  readonly detail: string;
  /** The version that both sides came from: the base of a merge. */
  readonly baseVersion: number | null;
};

/** Decides on one of the seven states. */
export function decideSync(facts: SyncFacts): SyncDecision {
  const { name, disk, versions, activeVersion } = facts;
  const file = `${name}.ts`;
  const base = { baseVersion: facts.agreedVersion ?? activeVersion };
  const goesOn = activeVersion === null ? "nothing answers its calls" : `version ${activeVersion} goes on answering`;
  if (disk === null)
    return {
      ...base,
      state: "missing",
      detail:
        activeVersion === null
          ? `${file} is gone, and no version of it ever answered calls. Put a file of that name there that loads.`
          : facts.renamedTo
            ? `${file} was renamed to ${facts.renamedTo}.ts, and its versions went along; under the old name ${goesOn} until its callers are moved. To keep both, put the file back.`
            : `${file} is gone; ${goesOn}. Put the file back by taking the database.`,
    };
  if ("unusable" in disk) {
    // What is there can be neither backed up nor written over.
    const then = activeVersion === null ? "" : " Mend it, or move it away: then the file can be put back.";
    return { ...base, state: "unloadable", detail: `${file} cannot be used: ${disk.unusable}; ${goesOn}.${then}` };
  }
  const active = versions.find(({ number }) => number === activeVersion);
  if (active?.hash === disk.hash)
    return { ...base, state: "in_sync", detail: `${file} is version ${active.number}, which answers calls.` };
  if (facts.isBeingWritten)
    return { ...base, state: "in_sync", detail: `${file} is being written by a deployment that is under way.` };
  const known = versions.find(({ hash }) => hash === disk.hash);
  if (known !== undefined && active !== undefined && !facts.isEdit)
    return {
      state: "database_ahead",
      detail: `${file} is version ${known.number}; version ${active.number} answers calls. Take the database to write it.`,
      baseVersion: known.number,
    };
  if (facts.loadError !== null)
    return {
      ...base,
      state: "unloadable",
      detail: `${file} does not load: ${facts.loadError}${/[.!?]$/.test(facts.loadError) ? "" : "."} Mend it; ${goesOn}.`,
    };
  if (active === undefined)
    return { ...base, state: "new", detail: `${file} has no version yet; it is taken at the next look.` };
  if (facts.agreedVersion === null || facts.agreedVersion === active.number)
    return {
      state: "disk_ahead",
      detail: `${file} was edited since version ${active.number}, which goes on answering${kept(known)}. Take the disk to make it live, or the database to drop the edit.`,
      baseVersion: active.number,
    };
  return {
    ...base,
    state: "conflict",
    detail: `${file} was edited since version ${facts.agreedVersion}, and version ${active.number} became active meanwhile${kept(known)}. Merge them, or take one side.`,
  };
}

function kept(edit: { readonly number: number } | undefined): string {
  return edit === undefined ? "" : `; the edit is kept as version ${edit.number}`;
}
