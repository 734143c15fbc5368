import { structuredPatch } from "diff";

export type DiffLine = {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
  /** Line numbers on each side; null where the line is not on it. */
  readonly before: number | null;
  readonly after: number | null;
};

export type Changes = {
  /** Runs of changed lines. */
  readonly count: number;
  readonly added: number;
  readonly removed: number;
  /** Changed regions with three lines around them. */
  readonly hunks: readonly (readonly DiffLine[])[];
};

/** What a diff holds, counted, and as lines. */
export function changesOf(original: string, modified: string): Changes {
  const { hunks } = structuredPatch("", "", original, modified, "", "", { context: 3 });
  let [count, added, removed] = [0, 0, 0];
  const regions = hunks.map((hunk) => {
    let [before, after] = [hunk.oldStart, hunk.newStart];
    let changing = false;
    const lines: DiffLine[] = [];
    for (const line of hunk.lines) {
      const [mark, text] = [line[0], line.slice(1)];
      if (mark === "\\") continue;
      if (mark === " ") {
        changing = false;
        lines.push({ kind: "same", text, before: before++, after: after++ });
        continue;
      }
      if (!changing) count++;
      changing = true;
      if (mark === "+") {
        added++;
        lines.push({ kind: "added", text, before: null, after: after++ });
      } else {
        removed++;
        lines.push({ kind: "removed", text, before: before++, after: null });
      }
    }
    return lines;
  });
  return { count, added, removed, hunks: regions };
}
