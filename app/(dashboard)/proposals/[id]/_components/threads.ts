/** What was said of lines, gathered under the lines of the revision that is looked at. Pure. */
import { movedLine } from "#app/_ui/diff/line-changes.ts";
import type { Comment, Revision } from "#lib/core/proposal.ts";

export type Thread = { readonly line: number; readonly comments: readonly Comment[] };

/** Comments follow their line from revision to revision; one whose line was changed stands in the list alone. */
export function threadsOf(
  comments: readonly Comment[],
  revisions: readonly Pick<Revision, "number" | "source">[],
  shown: Pick<Revision, "number" | "source">,
): Thread[] {
  const threads = new Map<number, Comment[]>();
  for (const comment of comments) {
    if (comment.line === undefined) continue;
    const said = revisions.find(({ number }) => number === comment.revision);
    if (said === undefined) continue;
    const line = said.number === shown.number ? comment.line : movedLine(said.source, shown.source, comment.line);
    if (line !== null) threads.set(line, [...(threads.get(line) ?? []), comment]);
  }
  return [...threads].map(([line, those]) => ({ line, comments: those })).sort((a, b) => a.line - b.line);
}
