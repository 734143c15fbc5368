/** What was said of lines, gathered under the lines of the revision that is looked at. Pure. */
import { movedLine } from "#app/_ui/diff/line-changes.ts";
import type { Comment, Revision } from "#lib/core/proposal.ts";

/** A comment where its lines stand now. */
export type Placed = { readonly said: Comment; readonly from: number; readonly to: number };

/** Below which line it stands, which is the last that its comments are about. */
export type Thread = { readonly line: number; readonly comments: readonly Placed[] };

type Source = Pick<Revision, "number" | "source">;

/** Comments follow their lines from revision to revision; one whose lines were changed stands in the list alone. */
export function threadsOf(comments: readonly Comment[], revisions: readonly Source[], shown: Source): Thread[] {
  const threads = new Map<number, Placed[]>();
  for (const comment of comments) {
    const revision = revisions.find(({ number }) => number === comment.revision);
    const placed = revision === undefined ? null : placeOf(comment, revision, shown);
    if (placed !== null) threads.set(placed.to, [...(threads.get(placed.to) ?? []), placed]);
  }
  return [...threads].map(([line, those]) => ({ line, comments: those })).sort((a, b) => a.line - b.line);
}

function placeOf(said: Comment, revision: Source, shown: Source): Placed | null {
  const { line, endLine = line } = said;
  if (line === undefined || endLine === undefined) return null;
  if (revision.number === shown.number) return { said, from: line, to: endLine };
  const from = movedLine(revision.source, shown.source, line);
  const to = movedLine(revision.source, shown.source, endLine);
  if (from === null || to === null) return null;
  const before = revision.source.split("\n").slice(line - 1, endLine);
  const now = shown.source.split("\n").slice(from - 1, to);
  return before.join("\n") === now.join("\n") ? { said, from, to } : null;
}
