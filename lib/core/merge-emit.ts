/** Writes a merged list: separators between its elements, what was put in with the indentation of its neighbours. */
import type { Entry, Sides } from "./merge-lists.ts";
import type { Piece } from "./merge-syntax.ts";
import type { Branch, Leaf } from "./merge-tree.ts";

type Written = Pick<Leaf, "lead" | "text" | "trail">;

/** The pieces of a list in their order. `base` is null where both sides made the list. */
export function emitList(
  sides: Omit<Sides<Branch>, "base"> & { readonly base: Branch | null },
  entries: readonly Entry[],
): Piece[] {
  const { base, disk, database } = sides;
  const pieces: Piece[] = [];
  const separated = disk.separators !== null || database.separators !== null;
  const indents = { base: indentOf(base ?? disk), disk: indentOf(disk), database: indentOf(database) };
  const indent = indents.disk === indents.base ? indents.database : indents.disk;
  entries.forEach((entry, place) => {
    const shifted = entry.from === null ? entry.pieces : shift(entry.pieces, indents[entry.from], indent);
    const start = pieces.length;
    pieces.push(...shifted);
    const first = pieces[start];
    if (place > 0 && entry.from !== null && (separated || disk.byLine) && first !== undefined && "text" in first)
      pieces[start] = apart(first, separated, indent);
    if (separated)
      separate(pieces, entry, place === entries.length - 1, () => endsSeparated(sides), separatorOf(sides));
  });
  return pieces;
}

/** An element that was the first on its side is now behind another one. */
function apart(piece: Written, separated: boolean, indent: string | null): Written {
  if (piece.lead !== "" && (separated || /[\r\n]/.test(piece.lead))) return piece;
  return { ...piece, lead: separated ? " " : `\n${indent ?? ""}${piece.lead}` };
}

function separate(pieces: Piece[], { separator }: Entry, last: boolean, closing: () => boolean, mark: string): void {
  const before = pieces.at(-1);
  if (before === undefined || !("text" in before) || before.text === mark) return;
  if (last && !closing()) {
    if (separator !== null && separator.trail.trim() !== "")
      pieces[pieces.length - 1] = { ...before, trail: before.trail + separator.trail };
  } else if (separator !== null) pieces.push(separator);
  else {
    // Before a comment that ends the line, not in it.
    pieces[pieces.length - 1] = { ...before, trail: "" };
    pieces.push({ lead: "", text: mark, trail: before.trail });
  }
}

function separatorOf({ disk, database }: { disk: Branch; database: Branch }): string {
  const found = [...(disk.separators ?? []), ...(database.separators ?? [])].find((leaf) => leaf !== null);
  return found?.text ?? ",";
}

/** Whether the list ends with a separator: as the side that changed it has it. */
function endsSeparated({ base, disk, database }: { base: Branch | null; disk: Branch; database: Branch }): boolean {
  const ends = (branch: Branch): boolean | null => {
    const last = branch.separators?.at(-1);
    return last === undefined ? null : last !== null;
  };
  const before = base === null ? null : ends(base);
  const left = ends(disk);
  return (left === null || left === before ? (ends(database) ?? left) : left) ?? false;
}

/** The indentation of a list's elements; null where they stand on one line. */
function indentOf(branch: Branch): string | null {
  for (const child of branch.children) {
    const found = /\n([ \t]*)(?:\S|$)[^\n]*$/.exec(leadOf(child.raw));
    if (found !== null) return found[1] ?? "";
  }
  return null;
}

function leadOf(raw: string): string {
  return /^\s*/.exec(raw)?.[0] ?? "";
}

function shift(pieces: readonly Piece[], from: string | null, to: string | null): readonly Piece[] {
  if (from === null || to === null || from === to) return pieces;
  const move = (trivia: string): string =>
    trivia.replace(/\n([ \t]*)/g, (line, space: string) =>
      space.startsWith(from) ? `\n${to}${space.slice(from.length)}` : line,
    );
  return pieces.map((piece) =>
    "text" in piece ? { lead: move(piece.lead), text: piece.text, trail: move(piece.trail) } : piece,
  );
}
