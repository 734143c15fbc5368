/** What a revision says of itself: words that were written of another source are told as what it began as. Pure. */
import { type DiffHunk, diffHunks } from "./diff.ts";
import type { Revision } from "./proposal.ts";

type Worded = Pick<Revision, "number" | "source" | "rationale" | "author">;

/**
 * How the newest of these came from the revision that its rationale was written of: "without change 2 of 3", "an edit"; null
 * where the rationale is its own, or its source is that one's.
 * @param base the source that the proposal was made for
 */
export function changedSinceWords(
  base: string,
  revisions: readonly Worded[],
  revision: Worded,
): { readonly of: number; readonly what: string } | null {
  const worded = revisions.find(({ rationale }) => rationale === revision.rationale);
  if (worded === undefined || worded.number >= revision.number || worded.source === revision.source) return null;
  const [had, has] = [worded, revision].map(({ source }) => diffHunks(base, source, 0).map(keyOf));
  const kept = new Set(has);
  const isDrop = (has ?? []).every((one) => had?.includes(one));
  const dropped = (had ?? []).flatMap((one, index) => (kept.has(one) ? [] : [index + 1]));
  if (!isDrop || dropped.length === 0) return { of: worded.number, what: "an edit" };
  return {
    of: worded.number,
    what: `without ${dropped.length === 1 ? "change" : "changes"} ${listed(dropped)} of ${had?.length}`,
  };
}

/** Its rationale where that is about it, else what it is and what it began as; empty where nothing was said. */
export function wordsOfRevision(base: string, revisions: readonly Worded[], revision: Worded): string {
  const changed = changedSinceWords(base, revisions, revision);
  if (changed === null) return revision.rationale;
  const own = `Revision ${revision.number} by ${revision.author.name}: ${changed.what}`;
  return revision.rationale === "" ? own : `${own}; began as: ${revision.rationale}`;
}

/** A change by its place in the base and the lines that come in. */
function keyOf({ beforeStart, beforeLines, lines }: DiffHunk): string {
  return JSON.stringify([
    beforeStart,
    beforeLines,
    lines.filter(({ kind }) => kind === "added").map(({ text }) => text),
  ]);
}

function listed(numbers: readonly number[]): string {
  return numbers.length < 2 ? numbers.join() : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
}
