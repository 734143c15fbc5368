import { type LineChange, linesOf } from "./line-changes.ts";

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
  /** Lines whose text stays and whose line end changes: an editor draws nothing of them. */
  readonly lineEnds: number;
  /** Changed regions with three lines around them. */
  readonly hunks: readonly (readonly DiffLine[])[];
};

const AROUND = 3;

/** What a diff holds, counted, and as lines. */
export function changesOf(original: string, modified: string, changes: readonly LineChange[]): Changes {
  const [old, fresh] = [linesOf(original), linesOf(modified)].map((lines) =>
    lines.map((line) => line.replace(/\r?\n$/, "")),
  );
  const hunks: DiffLine[][] = [];
  // The next line of each side that no hunk holds yet.
  let [before, after] = [1, 1];
  const lines = (kind: DiffLine["kind"], count: number): DiffLine[] =>
    Array.from({ length: count }, () => ({
      kind,
      text: (kind === "added" ? fresh?.[after - 1] : old?.[before - 1]) ?? "",
      before: kind === "added" ? null : before++,
      after: kind === "removed" ? null : after++,
    }));
  for (const change of changes) {
    const apart = change.before - before;
    let hunk = hunks.at(-1);
    if (hunk === undefined || apart > 2 * AROUND) {
      hunk?.push(...lines("same", AROUND));
      const skipped = Math.max(0, change.before - AROUND - before);
      before += skipped;
      after += skipped;
      hunk = [];
      hunks.push(hunk);
    }
    hunk.push(
      ...lines("same", change.before - before),
      ...lines("removed", change.removed),
      ...lines("added", change.added),
    );
  }
  hunks.at(-1)?.push(...lines("same", Math.min(AROUND, (old?.length ?? 0) - before + 1)));
  return {
    count: changes.length,
    added: changes.reduce((sum, { added }) => sum + added, 0),
    removed: changes.reduce((sum, { removed }) => sum + removed, 0),
    lineEnds: changes.reduce(
      (sum, change) =>
        sum +
        Array.from({ length: Math.min(change.removed, change.added) }).filter(
          (_, at) => old?.[change.before - 1 + at] === fresh?.[change.after - 1 + at],
        ).length,
      0,
    ),
    hunks,
  };
}
