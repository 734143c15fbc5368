/** Who wrote each line of a version: the version that brought it in, found through its parents. */
import { diffHunks } from "./diff.ts";

export type BlamedVersion = { readonly number: number; readonly source: string; readonly parents: readonly number[] };

export type BlameLine = {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** The version that brought it in. */
  readonly version: number;
};

/**
 * Follows every line of a version back to where it is from. A line that a parent has is the parent's; of several
 * parents the first one's.
 * @param versions all versions that may be its ancestors; one that is missing ends the search there
 */
export function blame(versions: readonly BlamedVersion[], number: number): BlameLine[] {
  const known = new Map(versions.map((version) => [version.number, version]));
  const start = known.get(number);
  if (start === undefined) return [];
  const texts = linesOf(start.source);
  const owners = texts.map(() => number);
  let open: Claim[] = [{ version: start, lines: texts.map((_, index) => [index, index]) }];
  while (open.length > 0) {
    const next: Claim[] = [];
    for (const { version, lines } of open) {
      let rest = lines;
      for (const parent of version.parents) {
        const older = known.get(parent);
        // Numbers grow, so following only smaller ones ends.
        if (older === undefined || older.number >= version.number) continue;
        const places = unchanged(older.source, version.source);
        const passed = rest.flatMap(([final, here]): [number, number][] => {
          const there = places.get(here);
          return there === undefined ? [] : [[final, there]];
        });
        rest = rest.filter(([, here]) => !places.has(here));
        if (passed.length > 0) next.push({ version: older, lines: passed });
      }
      for (const [final] of rest) owners[final] = version.number;
    }
    open = next;
  }
  return texts.map((text, index) => ({ line: index + 1, text, version: owners[index] ?? number }));
}

/** Lines of the blamed text, with their places in an ancestor. */
type Claim = { readonly version: BlamedVersion; readonly lines: readonly (readonly [final: number, here: number])[] };

/** Places of the newer text that stand in the older one, with their places there. */
function unchanged(older: string, newer: string): Map<number, number> {
  const places = new Map<number, number>();
  let [before, after] = [0, 0];
  const same = (until: number): void => {
    while (after < until) places.set(after++, before++);
  };
  for (const hunk of diffHunks(older, newer, 0)) {
    const [first] = hunk.lines;
    same(first?.after != null ? first.after - 1 : after + (first?.before ?? before + 1) - 1 - before);
    for (const line of hunk.lines) {
      if (line.kind === "same") places.set(after++, before++);
      else if (line.kind === "added") after += 1;
      else before += 1;
    }
  }
  same(linesOf(newer).length);
  return places;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
