/** What can be done with a file, and what speaks against doing it. */
import type { SyncState, Verdict } from "#lib/core/words.ts";

export type Resolution = "take_disk" | "take_database" | "merge";

export type Tests = { readonly verdict: Verdict | null; readonly headline: string };

const OFFERS: Record<SyncState, readonly Resolution[]> = {
  in_sync: [],
  disk_ahead: ["take_disk", "take_database"],
  database_ahead: ["take_database"],
  conflict: ["merge", "take_disk", "take_database"],
  missing: ["take_database"],
  new: ["take_disk"],
  unloadable: ["take_database"],
};

/**
 * Ways to settle a file.
 * @param facts.answers whether a version answers its calls: without one there is nothing to put back
 * @param facts.diskHash of the file; null where there is none, or what is there is no file of text
 */
export function offersFor(facts: {
  readonly state: SyncState;
  readonly answers: boolean;
  readonly diskHash: string | null;
}): readonly Resolution[] {
  const { state, answers, diskHash } = facts;
  // A folder or a link in the file's place can be neither backed up nor written over.
  const blocked = state === "unloadable" && diskHash === null;
  return OFFERS[state].filter((resolution) => resolution !== "take_database" || (answers && !blocked));
}

/** What speaks against an edit that did not pass: its tests, or that they have not ended. */
export function doubtOf(tests: Tests | null): string {
  if (tests === null) return "It was not tested yet.";
  if (tests.verdict === null) return "Its tests have not ended yet.";
  return `It did not pass its tests. ${tests.headline}`.trim();
}

/** The order in which rows were first shown, with what came since behind them: a click lands where it was aimed at. */
export function keepOrder(kept: readonly string[], now: readonly string[]): string[] {
  const known = new Set(kept);
  return [...kept, ...now.filter((name) => !known.has(name))];
}
