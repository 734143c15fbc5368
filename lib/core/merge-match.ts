/** Which element of a changed list is which of the base: by text, by key, by likeness. Order may differ. */
import { leavesOf, type MergeNode } from "./merge-tree.ts";

/** For each base element, its place in the changed list, or -1. */
export type Matching = readonly number[];

/** Least share of tokens in common for two elements to be one that was edited. */
const ALIKE = 0.5;
/** The same for one that stands elsewhere as well. */
const MOST_ALIKE = 0.8;
/** Tokens from which an element that stands elsewhere is one that moved, not another of the same text. */
const MOVABLE = 4;

/** Matches two lists of elements. */
export function matchElements(base: readonly MergeNode[], changed: readonly MergeNode[]): Matching {
  const match = base.map(() => -1);
  const taken = new Set<number>();
  const pair = (left: number, right: number): void => {
    match[left] = right;
    taken.add(right);
  };
  const rest = (): [number[], number[]] => [
    base.flatMap((_, index) => (match[index] === -1 ? [index] : [])),
    changed.flatMap((_, index) => (taken.has(index) ? [] : [index])),
  ];

  // What has a name of its own on both sides is itself, wherever it stands.
  const keys = uniqueBy(base, keyed);
  for (const [key, right] of uniqueBy(changed, keyed)) {
    const left = keys.get(key);
    if (left !== undefined) pair(left, right);
  }
  const [left, right] = rest();
  const same = (a: number, b: number): number => (base[left[a] ?? -1]?.code === changed[right[b] ?? -1]?.code ? 1 : 0);
  for (const [a, b] of bestChain(left.length, right.length, same)) pair(left[a] ?? -1, right[b] ?? -1);
  // The same text elsewhere has moved, if there is enough of it to know it by.
  const moved = uniqueBy(changed, (node, index) => (taken.has(index) ? null : textual(node)));
  for (const [code, index] of uniqueBy(base, (node, at) => (match[at] === -1 ? textual(node) : null))) {
    const found = moved.get(code);
    if (found !== undefined) pair(index, found);
  }
  // What both moved and edited is known by most of its tokens: at first where no other pair is as like, or a neighbour that
  // looks a little like it would be taken for it below.
  for (const { a, b } of unrivalled(likest(base, changed, rest()))) pair(a, b);
  // What is left between two neighbours that were found is compared by its tokens.
  for (const [lefts, rights] of gaps(match, taken, changed.length)) {
    if (lefts.length * rights.length > 10_000) continue;
    const score = (a: number, b: number): number => alike(base[lefts[a] ?? -1], changed[rights[b] ?? -1]);
    for (const [a, b] of bestChain(lefts.length, rights.length, score)) pair(lefts[a] ?? -1, rights[b] ?? -1);
  }
  // And then the likest of what is left.
  for (const { a, b } of likest(base, changed, rest())) if (match[a] === -1 && !taken.has(b)) pair(a, b);
  return match;
}

type Likeness = { readonly a: number; readonly b: number; readonly share: number };

/** Pairs of which most tokens are the same, the likest first; none where there is too much to compare. */
function likest(
  base: readonly MergeNode[],
  changed: readonly MergeNode[],
  [lefts, rights]: readonly [number[], number[]],
): Likeness[] {
  if (lefts.length * rights.length > 2_500) return [];
  return lefts
    .flatMap((a) => rights.map((b) => ({ a, b, share: alike(base[a], changed[b]) })))
    .filter(({ share }) => share >= MOST_ALIKE)
    .sort((one, other) => other.share - one.share);
}

/** Those that are liker than any other pair with one of the two. */
function unrivalled(pairs: readonly Likeness[]): Likeness[] {
  return pairs.filter((one) =>
    pairs.every((other) => other === one || other.share < one.share || (other.a !== one.a && other.b !== one.b)),
  );
}

/** Matches parts that have their places by grammar: in order, by kind. */
export function matchSlots(base: readonly MergeNode[], changed: readonly MergeNode[]): Matching {
  const match = base.map(() => -1);
  const score = (a: number, b: number): number => {
    const [left, right] = [base[a], changed[b]];
    if (left === undefined || right === undefined || left.kind !== right.kind || left.form !== right.form) return 0;
    return left.code === right.code ? 3 : 1;
  };
  for (const [a, b] of bestChain(base.length, changed.length, score)) match[a] = b;
  return match;
}

/** Base elements that stand in another order than before: those outside the longest run that kept its order. */
export function movedIn(match: Matching): Set<number> {
  const ends: number[] = [];
  const before: number[] = [];
  match.forEach((place, index) => {
    if (place === -1) return;
    let at = ends.findIndex((end) => (match[end] ?? 0) > place);
    if (at === -1) at = ends.length;
    before[index] = at === 0 ? -1 : (ends[at - 1] ?? -1);
    ends[at] = index;
  });
  const kept = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index !== -1; index = before[index] ?? -1) kept.add(index);
  return new Set(match.flatMap((place, index) => (place === -1 || kept.has(index) ? [] : [index])));
}

/** Share of tokens that two elements of one kind have in common, or 0 where they are too different. */
export function alike(left: MergeNode | undefined, right: MergeNode | undefined): number {
  if (left === undefined || right === undefined || left.kind !== right.kind || left.form !== right.form) return 0;
  if (left.form === "leaf") return 0;
  const counts = new Map<string, number>();
  const tokens = leavesOf(left);
  for (const { text } of tokens) counts.set(text, (counts.get(text) ?? 0) + 1);
  let common = 0;
  const others = leavesOf(right);
  for (const { text } of others) {
    const count = counts.get(text) ?? 0;
    if (count === 0) continue;
    counts.set(text, count - 1);
    common += 1;
  }
  const share = (2 * common) / Math.max(1, tokens.length + others.length);
  return share >= ALIKE ? share : 0;
}

function keyed(node: MergeNode): string | null {
  return node.form === "leaf" || node.key === null ? null : `${node.kind} ${node.key}`;
}

function textual(node: MergeNode): string | null {
  return node.form !== "leaf" && leavesOf(node).length >= MOVABLE ? node.code : null;
}

function uniqueBy(
  nodes: readonly MergeNode[],
  name: (node: MergeNode, index: number) => string | null,
): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  nodes.forEach((node, index) => {
    const key = name(node, index);
    if (key === null) return;
    if (found.has(key)) twice.add(key);
    found.set(key, index);
  });
  for (const key of twice) found.delete(key);
  return found;
}

/** The pairs, in order on both sides, whose scores add up to the most. */
function bestChain(rows: number, columns: number, score: (row: number, column: number) => number): [number, number][] {
  const width = columns + 1;
  const best = new Float64Array((rows + 1) * width);
  const scores = new Float64Array(rows * columns);
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1) {
      const own = score(row, column);
      scores[row * columns + column] = own;
      const paired = own > 0 ? own + (best[(row + 1) * width + column + 1] ?? 0) : 0;
      const skipped = Math.max(best[(row + 1) * width + column] ?? 0, best[row * width + column + 1] ?? 0);
      best[row * width + column] = Math.max(paired, skipped);
    }
  const pairs: [number, number][] = [];
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    const here = best[row * width + column] ?? 0;
    const own = scores[row * columns + column] ?? 0;
    if (own > 0 && here === own + (best[(row + 1) * width + column + 1] ?? 0)) pairs.push([row++, column++]);
    else if (here === (best[(row + 1) * width + column] ?? 0)) row += 1;
    else column += 1;
  }
  return pairs;
}

/** Unmatched elements of both sides between the same two neighbours that kept their order. */
function gaps(match: Matching, taken: ReadonlySet<number>, length: number): [number[], number[]][] {
  const moved = movedIn(match);
  const found: [number[], number[]][] = [];
  let lefts: number[] = [];
  let from = 0;
  const close = (to: number): void => {
    const rights: number[] = [];
    for (let index = from; index < to; index += 1) if (!taken.has(index)) rights.push(index);
    if (lefts.length > 0 && rights.length > 0) found.push([lefts, rights]);
    lefts = [];
    from = to + 1;
  };
  match.forEach((place, index) => {
    if (place === -1) lefts.push(index);
    else if (!moved.has(index)) close(place);
  });
  close(length);
  return found;
}
