/** Three-way merge of lists: elements that both sides kept are the fixed points; between them stands what each put in. */

import { type Combined, combine, type Item, isFree, keyIn, type Unbased } from "./merge-combine.ts";
import { emitList } from "./merge-emit.ts";
import { type Matching, movedIn } from "./merge-match.ts";
import type { Piece } from "./merge-syntax.ts";
import { type Branch, type Leaf, leavesOf, type MergeNode } from "./merge-tree.ts";

export type Sides<T> = { readonly base: T; readonly disk: T; readonly database: T };
type Side = "disk" | "database";

/** An element of the result. */
export type Entry = {
  readonly pieces: readonly Piece[];
  readonly separator: Leaf | null;
  readonly key: string | null;
  /** The side that put it in, and whether it was the first there; null for what was there before. */
  readonly from: Side | null;
  readonly first: boolean;
};

type Merge = (sides: Sides<MergeNode>) => Piece[] | null;
type Range = { readonly from: number; readonly to: number };

/** Merges lists; conflicts become pieces where elements stand on lines of their own, and null elsewhere. */
export function mergeLists(
  sides: Sides<Branch>,
  match: (base: readonly MergeNode[], changed: readonly MergeNode[]) => Matching,
  merge: Merge,
  unbased: Unbased,
): Piece[] | null {
  const { base, disk, database } = sides;
  const walk = startWalk(sides, {
    disk: match(base.children, disk.children),
    database: match(base.children, database.children),
  });
  const entries: Entry[] = [];
  const settled = new Set<number>();
  const byLine = base.byLine && disk.byLine && database.byLine;
  let from: Sides<number> = { base: 0, disk: 0, database: 0 };
  const conflict = (to: Sides<number>): boolean => {
    if (!byLine) return false;
    entries.push(conflictEntry(sides, from, to));
    return true;
  };
  let firm: Side | null = null;
  for (const at of walk.stable()) {
    const chunk = mergeChunk(walk, from, at, merge, unbased);
    const by = orderedBy(chunk ?? []);
    // Only an element that nobody touched says which of two additions comes first.
    if (by !== null && firm !== null && by !== firm) return null;
    firm = by ?? firm;
    if (chunk === null) {
      if (!conflict(at)) return null;
    } else
      for (const { entry, base: index } of chunk) {
        // Moved by both, to different places.
        if (index !== null && settled.has(index)) return null;
        if (index !== null) settled.add(index);
        entries.push(entry);
      }
    from = at;
    const next = { base: at.base + 1, disk: at.disk + 1, database: at.database + 1 };
    if (at.base < base.children.length) {
      if (!isTouched(sides, at)) firm = null;
      const entry = mergeKept(sides, at, merge);
      if (entry !== null) entries.push(entry);
      else if (!conflict(next)) return null;
    }
    from = next;
  }
  if (hasNewTwins(sides, entries)) return null;
  return emitList(sides, entries);
}

type Walk = {
  readonly sides: Sides<Branch>;
  readonly match: Record<Side, Matching>;
  readonly moved: Record<Side, ReadonlySet<number>>;
  /** Base index of each element of a side, or null where it is new. */
  readonly origin: Record<Side, readonly (number | null)[]>;
  /** Places that all three have in one order, and the end. */
  stable(): Sides<number>[];
};

function startWalk(sides: Sides<Branch>, match: Record<Side, Matching>): Walk {
  const moved = { disk: movedIn(match.disk), database: movedIn(match.database) };
  const origin = (side: Side): (number | null)[] => {
    const found: (number | null)[] = sides[side].children.map(() => null);
    match[side].forEach((place, index) => {
      if (place !== -1) found[place] = index;
    });
    return found;
  };
  return {
    sides,
    match,
    moved,
    origin: { disk: origin("disk"), database: origin("database") },
    stable() {
      const found: Sides<number>[] = [];
      for (const index of sides.base.children.keys()) {
        const [left, right] = [match.disk[index] ?? -1, match.database[index] ?? -1];
        if (left !== -1 && right !== -1 && !moved.disk.has(index) && !moved.database.has(index))
          found.push({ base: index, disk: left, database: right });
      }
      const { base, disk, database } = sides;
      found.push({
        base: base.children.length,
        disk: disk.children.length,
        database: database.children.length,
      });
      return found;
    },
  };
}

/** The one side that put in what has to stand in its order; null where none or both did. */
function orderedBy(chunk: readonly Placed[]): Side | null {
  const found = new Set(chunk.flatMap(({ entry, free }) => (free || entry.from === null ? [] : [entry.from])));
  return found.size === 1 ? ([...found][0] ?? null) : null;
}

function isTouched({ base, disk, database }: Sides<Branch>, at: Sides<number>): boolean {
  const before = base.children[at.base]?.words;
  return disk.children[at.disk]?.words !== before || database.children[at.database]?.words !== before;
}

type Placed = { readonly entry: Entry; readonly base: number | null; readonly free: boolean };

/** What stands between two fixed points, or null for a conflict. */
function mergeChunk(
  walk: Walk,
  from: Sides<number>,
  to: Sides<number>,
  merge: Merge,
  unbased: Unbased,
): Placed[] | null {
  const { sides, match } = walk;
  for (let index = from.base; index < to.base; index += 1) {
    const before = sides.base.children[index];
    for (const side of ["disk", "database"] as const) {
      const other = side === "disk" ? "database" : "disk";
      const kept = sides[other].children[match[other][index] ?? -1];
      // Taken out by one, edited by the other.
      if (match[side][index] === -1 && kept !== undefined && kept.words !== before?.words) return null;
    }
  }
  const left = itemsOf(walk, "disk", { from: from.disk, to: to.disk });
  const right = itemsOf(walk, "database", { from: from.database, to: to.database });
  if (left === null || right === null) return null;
  // Taken out by both, and one put something in its place: that may be what became of it.
  if (goneFromBoth(walk, { from: from.base, to: to.base }) && (left.length === 0) !== (right.length === 0)) return null;
  const placed = combine(left, right, unbased, (item) => mergeMoved(walk, item, merge));
  return (
    placed?.map((combined) => ({
      entry: entryOf(combined, sides),
      base: combined.base,
      free: isFree(combined.item.node),
    })) ?? null
  );
}

/** A combined element with the separator that followed it. */
export function entryOf({ item, pieces }: Combined, sides: Pick<Sides<Branch>, Side>): Entry {
  return {
    pieces,
    separator: sides[item.side].separators?.[item.index] ?? null,
    key: keyIn(item.node),
    from: item.side,
    first: item.index === 0,
  };
}

function goneFromBoth({ match }: Walk, { from, to }: Range): boolean {
  for (let index = from; index < to; index += 1)
    if (match.disk[index] === -1 && match.database[index] === -1) return true;
  return false;
}

/** What a side put into a range; null where it stands amid elements that the other side took out. */
function itemsOf(walk: Walk, side: Side, range: Range): Item[] | null {
  const other = side === "disk" ? "database" : "disk";
  const nodes = walk.sides[side].children;
  const origin = walk.origin[side];
  const gone = (index: number | undefined): boolean =>
    index !== undefined && walk.match[other][index] === -1 && !walk.moved[side].has(index);
  const neighbour = (index: number, step: 1 | -1): number | undefined => {
    let at = index + step;
    while (at >= 0 && at < nodes.length && origin[at] === null) at += step;
    return origin[at] ?? undefined;
  };
  const items: Item[] = [];
  for (let index = range.from; index < range.to; index += 1) {
    const node = nodes[index];
    const before = origin[index] ?? null;
    if (node === undefined || (before !== null && !walk.moved[side].has(before))) continue;
    if (gone(neighbour(index, -1)) && gone(neighbour(index, 1))) return null;
    if (before !== null && walk.match[other][before] === -1) {
      if (node.words !== walk.sides.base.children[before]?.words) return null;
      continue;
    }
    items.push({ node, side, index, base: before });
  }
  return items;
}

/** The content of an element that one side moved, with what the other did to it. */
function mergeMoved({ sides, match }: Walk, { node, base }: Item, merge: Merge): Piece[] | null {
  if (base === null) return leavesOf(node);
  const before = sides.base.children[base];
  const disk = sides.disk.children[match.disk[base] ?? -1];
  const database = sides.database.children[match.database[base] ?? -1];
  if (before === undefined || disk === undefined || database === undefined) return null;
  return merge({ base: before, disk, database });
}

function mergeKept(sides: Sides<Branch>, at: Sides<number>, merge: Merge): Entry | null {
  const [base, disk, database] = (["base", "disk", "database"] as const).map((side) => sides[side].children[at[side]]);
  if (base === undefined || disk === undefined || database === undefined) return null;
  const pieces = merge({ base, disk, database });
  if (pieces === null) return null;
  const [before, left, right] = (["base", "disk", "database"] as const).map(
    (side) => sides[side].separators?.[at[side]] ?? null,
  );
  let separator = left ?? right ?? null;
  if (before && left && right) {
    const merged = merge({ base: before, disk: left, database: right });
    if (merged === null) return null;
    const [only] = merged;
    if (only !== undefined && "text" in only) separator = { ...left, ...only };
  }
  return { pieces, separator, key: keyIn(base), from: null, first: at.disk === 0 };
}

/** Whether two elements have one name that no side had twice. */
function hasNewTwins(sides: Sides<Branch>, entries: readonly Entry[]): boolean {
  const most = new Map<string, number>();
  for (const { children } of Object.values(sides)) {
    const counts = new Map<string, number>();
    for (const child of children) {
      const key = keyIn(child);
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, count] of counts) most.set(key, Math.max(count, most.get(key) ?? 0));
  }
  const counts = new Map<string, number>();
  for (const { key } of entries) if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].some(([key, count]) => count > Math.max(1, most.get(key) ?? 0));
}

function conflictEntry(sides: Sides<Branch>, from: Sides<number>, to: Sides<number>): Entry {
  const text = (side: keyof Sides<Branch>): string =>
    sides[side].children
      .slice(from[side], to[side])
      .map(({ raw }) => raw)
      .join("");
  const line = (side: keyof Sides<Branch>): number => {
    const { children } = sides[side];
    const next = children[from[side]];
    const last = children.at(-1);
    return next?.line ?? (last === undefined ? sides[side].line : last.line + last.raw.trim().split("\n").length);
  };
  return {
    pieces: [
      {
        conflict: { base: text("base"), disk: text("disk"), database: text("database") },
        lines: { base: line("base"), disk: line("disk"), database: line("database") },
      },
    ],
    separator: null,
    key: null,
    from: null,
    first: false,
  };
}
