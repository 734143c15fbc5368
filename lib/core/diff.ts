/** What changed between two sources: as the text that tools read, and as hunks that a page can show. */
import { structuredPatch } from "diff";

export type DiffLine = {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
  /** Line number in the old and in the new text, from 1; null where the line is not in it. */
  readonly before: number | null;
  readonly after: number | null;
  /** The text ends here without a line break. */
  readonly unterminated?: true;
};

export type DiffHunk = {
  readonly beforeStart: number;
  readonly beforeLines: number;
  readonly afterStart: number;
  readonly afterLines: number;
  readonly lines: readonly DiffLine[];
};

/** Lines of unchanged text around each change. */
const CONTEXT = 3;
const NO_LINE_BREAK = "\\ No newline at end of file";

/**
 * Unified diff from `before` to `after`, as `diff -u` and `git apply` read it; empty where nothing differs.
 * @param beforeName what stands after `---`; `afterName` what stands after `+++`
 */
export function unifiedDiff(beforeName: string, before: string, afterName: string, after: string): string {
  const hunks = patchOf(before, after);
  if (hunks.length === 0) return "";
  const lines = [`--- ${beforeName}`, `+++ ${afterName}`];
  for (const { oldStart, oldLines, newStart, newLines, lines: body } of hunks) {
    // An empty side stands before the first line (position 0) by convention.
    const from = oldLines === 0 ? oldStart - 1 : oldStart;
    const to = newLines === 0 ? newStart - 1 : newStart;
    lines.push(`@@ -${from},${oldLines} +${to},${newLines} @@`, ...body);
  }
  return `${lines.join("\n")}\n`;
}

/** The same changes as data, with the number of each line on both sides. */
export function diffHunks(before: string, after: string, context = CONTEXT): DiffHunk[] {
  return patchOf(before, after, context).map((hunk) => {
    let old = hunk.oldStart;
    let fresh = hunk.newStart;
    const lines: DiffLine[] = [];
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (line === NO_LINE_BREAK) {
        const last = lines.pop();
        if (last !== undefined) lines.push({ ...last, unterminated: true });
      } else if (line.startsWith("+")) lines.push({ kind: "added", text, before: null, after: fresh++ });
      else if (line.startsWith("-")) lines.push({ kind: "removed", text, before: old++, after: null });
      else lines.push({ kind: "same", text, before: old++, after: fresh++ });
    }
    return {
      beforeStart: hunk.oldStart,
      beforeLines: hunk.oldLines,
      afterStart: hunk.newStart,
      afterLines: hunk.newLines,
      lines,
    };
  });
}

/** How many lines come and go. */
export function countChanges(before: string, after: string): { added: number; removed: number } {
  const lines = diffHunks(before, after, 0).flatMap((hunk) => hunk.lines);
  return {
    added: lines.filter(({ kind }) => kind === "added").length,
    removed: lines.filter(({ kind }) => kind === "removed").length,
  };
}

function patchOf(before: string, after: string, context = CONTEXT) {
  return structuredPatch("", "", before, after, "", "", { context }).hunks;
}
