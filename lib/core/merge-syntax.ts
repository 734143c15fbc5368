/** Three-way merge by syntax: edits of different parts go together, whatever lines they share; all else is a conflict. */

import { combine, type Item } from "./merge-combine.ts";
import { emitList } from "./merge-emit.ts";
import { entryOf, mergeLists, type Sides } from "./merge-lists.ts";
import { matchElements, matchSlots } from "./merge-match.ts";
import { type Branch, commentsOf, type Leaf, leavesOf, type MergeNode } from "./merge-tree.ts";

/** What comes out: leaves in order, and in between what a person has to settle. */
export type Piece = Pick<Leaf, "lead" | "text" | "trail"> | PieceConflict;
export type PieceConflict = {
  readonly conflict: { readonly base: string; readonly disk: string; readonly database: string };
  readonly lines: { readonly base: number; readonly disk: number; readonly database: number };
};

/** Merges three trees, or one part of them; null where both sides changed it differently. */
export function mergeTrees({ base, disk, database }: Sides<MergeNode>): Piece[] | null {
  if (disk.raw === base.raw || disk.raw === database.raw) return leavesOf(database);
  if (database.raw === base.raw) return leavesOf(disk);
  const inside = mergeInside({ base, disk, database });
  if (inside !== null) return inside;
  // One side changed the layout alone: the other's words with its own layout.
  if (disk.words === base.words) return leavesOf(database);
  if (database.words === base.words || disk.words === database.words) return leavesOf(disk);
  return null;
}

function mergeInside(sides: Sides<MergeNode>): Piece[] | null {
  const { base, disk, database } = sides;
  if (base.kind !== disk.kind || base.kind !== database.kind) return null;
  if (base.form === "leaf" || disk.form === "leaf" || database.form === "leaf")
    return base.form === "leaf" && disk.form === "leaf" && database.form === "leaf"
      ? mergeLeaves({ base, disk, database })
      : null;
  if (base.form !== disk.form || base.form !== database.form) return null;
  const branches: Sides<Branch> = { base, disk, database };
  if (base.form === "list") return mergeLists(branches, matchElements, mergeTrees, mergeUnbased);
  return mergeSlots(branches);
}

/** Parts with their places by grammar. */
function mergeSlots({ base, disk, database }: Sides<Branch>): Piece[] | null {
  const shape = (branch: Branch): string => branch.children.map(({ form, kind }) => `${form}${kind}`).join();
  if (shape(base) !== shape(disk) || shape(base) !== shape(database))
    return mergeLists({ base, disk, database }, matchSlots, mergeTrees, mergeUnbased);
  const pieces: Piece[] = [];
  for (const [index, child] of base.children.entries()) {
    const [left, right] = [disk.children[index], database.children[index]];
    if (left === undefined || right === undefined) return null;
    const merged = mergeTrees({ base: child, disk: left, database: right });
    if (merged === null) return null;
    pieces.push(...merged);
  }
  return pieces;
}

function mergeLeaves({ base, disk, database }: Sides<Leaf>): Piece[] | null {
  const text = choose(base.text, disk.text, database.text);
  const lead = mergeTrivia(base.lead, disk.lead, database.lead);
  const trail = mergeTrivia(base.trail, disk.trail, database.trail);
  return text === null || lead === null || trail === null ? null : [{ lead, text, trail }];
}

/** Space gives way, comments do not. */
function mergeTrivia(base: string, disk: string, database: string): string | null {
  const same = choose(base, disk, database);
  if (same !== null) return same;
  const [before, left, right] = [commentsOf(base), commentsOf(disk), commentsOf(database)];
  if (left === right || right === before) return reindent(disk, indentOf(base), indentOf(disk), indentOf(database));
  return left === before ? reindent(database, indentOf(base), indentOf(database), indentOf(disk)) : null;
}

/** Text whose own indentation is still the old one follows the other side, which changed it. */
function reindent(text: string, old: string | null, own: string | null, other: string | null): string {
  if (old === null || own !== old || other === null || other === old) return text;
  return text.replace(/\n([ \t]*)/g, (line, space: string) =>
    space.startsWith(old) ? `\n${other}${space.slice(old.length)}` : line,
  );
}

function indentOf(trivia: string): string | null {
  return /\n([ \t]*)$/.exec(trivia)?.[1] ?? null;
}

function choose(base: string, disk: string, database: string): string | null {
  if (disk === database || database === base) return disk;
  return disk === base ? database : null;
}

/** What both sides put in at the same place: equal, or one has everything that the other has. */
export function mergeUnbased(disk: MergeNode, database: MergeNode): Piece[] | null {
  if (disk.words === database.words) return leavesOf(disk);
  if (disk.form === "leaf" || database.form === "leaf") return null;
  if (disk.kind !== database.kind || disk.form !== database.form) return null;
  if (disk.form === "list") {
    const items = (branch: Branch, side: "disk" | "database"): Item[] =>
      branch.children.map((node, index) => ({ node, side, index, base: null }));
    const both = combine(items(disk, "disk"), items(database, "database"), mergeUnbased);
    if (both === null) return null;
    return emitList(
      { base: null, disk, database },
      both.map((combined) => entryOf(combined, { disk, database })),
    );
  }
  if (disk.children.length !== database.children.length) return null;
  const pieces: Piece[] = [];
  for (const [index, left] of disk.children.entries()) {
    const right = database.children[index];
    const merged = right === undefined ? null : mergeUnbased(left, right);
    if (merged === null) return null;
    pieces.push(...merged);
  }
  return pieces;
}
