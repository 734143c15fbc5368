import { diffLines } from "diff";

/** A run of changed lines: what goes out and what comes in at one place. */
export type Run = {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Line number on each side, from 1, at which the run stands. */
  readonly before: number;
  readonly after: number;
};

type Piece = { readonly same: string } | { readonly removed: string; readonly added: string };

/** The two texts as an alternation of equal stretches and runs; line ends belong to their lines. */
function piecesOf(original: string, modified: string): Piece[] {
  const pieces: Piece[] = [];
  let removed = "";
  let added = "";
  const close = (): void => {
    if (removed !== "" || added !== "") pieces.push({ removed, added });
    removed = "";
    added = "";
  };
  for (const part of diffLines(original, modified)) {
    if (part.removed) removed += part.value;
    else if (part.added) added += part.value;
    else {
      close();
      pieces.push({ same: part.value });
    }
  }
  close();
  return pieces;
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/** The changes between two texts, one by one. */
export function runsOf(original: string, modified: string): Run[] {
  const runs: Run[] = [];
  let [before, after] = [1, 1];
  for (const piece of piecesOf(original, modified)) {
    if ("same" in piece) {
      const { length } = linesOf(piece.same);
      before += length;
      after += length;
      continue;
    }
    const [removed, added] = [linesOf(piece.removed), linesOf(piece.added)];
    runs.push({ removed, added, before, after });
    before += removed.length;
    after += added.length;
  }
  return runs;
}

/** The original with only those changes of `modified` whose index (as in `runsOf`) is kept. */
export function keepChanges(original: string, modified: string, kept: ReadonlySet<number>): string {
  let index = 0;
  return piecesOf(original, modified)
    .map((piece) => {
      if ("same" in piece) return piece.same;
      return kept.has(index++) ? piece.added : piece.removed;
    })
    .join("");
}
