import { diffLines } from "diff";

/** Lines that go out and lines that come in at one place: where it begins on each side, from 1, and how many. */
export type LineChange = {
  readonly before: number;
  readonly removed: number;
  readonly after: number;
  readonly added: number;
};

/** A page asks for the same pairs again and again, and of thousands of changed lines each answer takes a third of a second. */
const REMEMBERED = 32;
const known = new Map<string, readonly LineChange[]>();

/** The lines of a text, each with its line break. */
export function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** The changes between two texts, in order: no two of them touch. A line without a break at the end differs from one with it. */
export function lineChanges(original: string, modified: string): readonly LineChange[] {
  const key = `${original.length} ${original}${modified}`;
  const changes = known.get(key) ?? compare(original, modified);
  known.delete(key);
  known.set(key, changes);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value ?? "");
  return changes;
}

function compare(original: string, modified: string): LineChange[] {
  const changes: LineChange[] = [];
  let [before, after] = [1, 1];
  let open: { removed: number; added: number } | null = null;
  const close = (): void => {
    if (open === null) return;
    changes.push({ before: before - open.removed, after: after - open.added, ...open });
    open = null;
  };
  for (const { added, removed, count } of diffLines(original, modified)) {
    if (!added && !removed) {
      close();
      before += count;
      after += count;
      continue;
    }
    open ??= { removed: 0, added: 0 };
    if (removed) {
      open.removed += count;
      before += count;
    } else {
      open.added += count;
      after += count;
    }
  }
  close();
  return changes;
}

/** The original with only those changes of `modified` whose index (as in `lineChanges`) is kept. */
export function keepChanges(original: string, modified: string, kept: ReadonlySet<number>): string {
  const [old, fresh] = [linesOf(original), linesOf(modified)];
  const lines: string[] = [];
  let at = 0;
  for (const [index, { before, removed, after, added }] of lineChanges(original, modified).entries()) {
    lines.push(...old.slice(at, before - 1));
    at = before - 1 + removed;
    lines.push(...(kept.has(index) ? fresh.slice(after - 1, after - 1 + added) : old.slice(before - 1, at)));
  }
  return lines.concat(old.slice(at)).join("");
}

/** Where a line of one text stands in another, both from 1; null where it was changed or taken out. */
export function movedLine(original: string, modified: string, line: number): number | null {
  let shift = 0;
  for (const { before, removed, after, added } of lineChanges(original, modified)) {
    if (line < before) break;
    if (line < before + removed) return null;
    shift = after + added - (before + removed);
  }
  return line + shift;
}

/** The change that a line of the modified side is in, or the nearest. */
export function changeAt(changes: readonly LineChange[], line: number): number {
  let [nearest, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, { after, added }] of changes.entries()) {
    const away = Math.max(after - line, line - (after + Math.max(0, added - 1)), 0);
    if (away < least) [nearest, least] = [index, away];
  }
  return nearest;
}

/** The change after or before a line of the modified side; the first follows the last. */
export function changeBeside(changes: readonly LineChange[], line: number, where: "next" | "previous"): number {
  const found =
    where === "next"
      ? changes.findIndex(({ after }) => after > line)
      : changes.findLastIndex(({ after, added }) => after + Math.max(0, added - 1) < line);
  if (found !== -1) return found;
  return where === "next" ? 0 : changes.length - 1;
}
