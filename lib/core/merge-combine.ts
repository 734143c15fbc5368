/** What two sides put in at one place: equal things once, and both where their order says nothing. */
import { alike } from "./merge-match.ts";
import type { Piece } from "./merge-syntax.ts";
import { leavesOf, type MergeNode } from "./merge-tree.ts";

/** An element that one side put in, or moved here (`base` says which it was). */
export type Item = {
  readonly node: MergeNode;
  readonly side: "disk" | "database";
  readonly index: number;
  readonly base: number | null;
};

export type Combined = { readonly item: Item; readonly pieces: readonly Piece[]; readonly base: number | null };

/** Merges what both put in with nothing before it. */
export type Unbased = (disk: MergeNode, database: MergeNode) => Piece[] | null;

/**
 * Puts together what both sides put in at one place: equal things once, one side where it has all that the other has,
 * both where their order says nothing; null otherwise.
 */
export function combine(
  disk: readonly Item[],
  database: readonly Item[],
  unbased: Unbased,
  content: (item: Item) => Piece[] | null = ({ node }) => leavesOf(node),
): Combined[] | null {
  if (disk.length === 0 || database.length === 0) return contents(disk.length === 0 ? database : disk, content);
  const pieces = new Map<Item, readonly Piece[]>();
  const partners = new Map<Item, Item>();
  for (const right of database) {
    const left = disk.find((item) => !pieces.has(item) && isSame(item, right));
    if (left === undefined) continue;
    const merged = left.base === null ? unbased(left.node, right.node) : content(left);
    if (merged === null) {
      // The same thing by name, done differently.
      if (keyIn(left.node) !== null && keyIn(left.node) === keyIn(right.node)) return null;
      continue;
    }
    pieces.set(left, merged);
    partners.set(right, left);
  }
  const order = database.flatMap((item) => disk.indexOf(partners.get(item) ?? item)).filter((place) => place !== -1);
  if (order.some((place, index) => index > 0 && place < (order[index - 1] ?? 0))) return null;
  const filled = contents(disk, (item) => pieces.get(item)?.slice() ?? content(item));
  const ownRight = database.filter((item) => !partners.has(item));
  if (ownRight.length === 0) return filled;
  const ownLeft = disk.filter((item) => !pieces.has(item));
  if (ownLeft.length === 0)
    return contents(database, (item) => pieces.get(partners.get(item) ?? item)?.slice() ?? content(item));
  if (![...ownLeft, ...ownRight].every(({ node }) => isFree(node))) return null;
  const added = contents(ownRight, content);
  return filled === null || added === null ? null : besideKin(filled, added);
}

/** Each addition stands behind the last of its kind, so that imports stay with imports. */
function besideKin(filled: readonly Combined[], added: readonly Combined[]): Combined[] {
  const all = [...filled];
  for (const each of added) {
    const last = all.findLastIndex(({ item }) => item.node.kind === each.item.node.kind);
    all.splice(last === -1 ? all.length : last + 1, 0, each);
  }
  return all;
}

function contents(items: readonly Item[], content: (item: Item) => Piece[] | null): Combined[] | null {
  const found: Combined[] = [];
  for (const item of items) {
    const pieces = content(item);
    if (pieces === null) return null;
    found.push({ item, pieces, base: item.base });
  }
  return found;
}

function isSame(left: Item, right: Item): boolean {
  if (left.base !== null || right.base !== null) return left.base === right.base;
  if (left.node.words === right.node.words) return true;
  const [one, other] = [keyIn(left.node), keyIn(right.node)];
  if (one !== null || other !== null) return one === other;
  return alike(left.node, right.node) > 0;
}

/** Whether it may stand before or behind another of its kind. */
export function isFree(node: MergeNode): boolean {
  return node.form !== "leaf" && node.orderFree && node.key !== null;
}

/** What it is known by among its neighbours. */
export function keyIn(node: MergeNode): string | null {
  return node.form === "leaf" || node.key === null ? null : `${node.kind} ${node.key}`;
}
