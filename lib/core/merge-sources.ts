/** Three-way merge of two sources: by lines first, and where lines overlap by syntax. What comes out clean parses. */
import type ts from "typescript";
import { type Merge, type MergeRegion, mergeThreeWay, textWith } from "./merge.ts";
import { namesLost } from "./merge-names.ts";
import { mergeTrees, type Piece } from "./merge-syntax.ts";
import { type Language, leavesOf, parse, readMergeTree } from "./merge-tree.ts";

export type SourceMerge = Merge & {
  /** What settled it, or got furthest. */
  readonly by: "lines" | "syntax";
};

type Texts = { readonly base: string; readonly disk: string; readonly database: string };

/**
 * Merges the source on disk and the one in the database, which both came from `base`. Where one of the three does not
 * parse, lines decide alone.
 */
export function mergeSources(texts: Texts, language: Language = "ts"): SourceMerge {
  const lines: SourceMerge = { ...mergeThreeWay(texts), by: "lines" };
  const parsed = Object.values(texts).map((text) => parse(text, language));
  if (!parsed.every((file): file is ts.SourceFile => file !== null)) return lines;
  if (lines.text !== null && parse(lines.text, language) !== null) return lines;
  const syntax = mergeBySyntax(texts, parsed, language);
  if (syntax !== null && (syntax.text !== null || weight(syntax.regions) < weight(lines.regions))) return syntax;
  // Lines that went together to something broken are a conflict of the whole.
  return lines.text === null ? lines : { regions: [wholeConflict(texts)], text: null, by: "lines" };
}

function mergeBySyntax(texts: Texts, parsed: readonly ts.SourceFile[], language: Language): SourceMerge | null {
  if (!holdsOn(texts.base, texts.disk) || !holdsOn(texts.base, texts.database)) return null;
  const [base, disk, database] = [texts.base, texts.disk, texts.database].map((text) => readMergeTree(text, language));
  if (!base || !disk || !database) return null;
  const pieces = mergeTrees({ base, disk, database });
  if (pieces === null) return null;
  const regions = regionsOf(pieces);
  if (regions.some(({ kind }) => kind === "conflict")) return { regions, text: null, by: "syntax" };
  const text = textWith(regions, () => "");
  const merged = parse(text, language);
  if (merged === null || namesLost(parsed, merged) || !readsAs(text, pieces, language)) return null;
  return { regions, text, by: "syntax" };
}

/** Whether the text has exactly the tokens that were put together: two side by side can read as another one. */
function readsAs(text: string, pieces: readonly Piece[], language: Language): boolean {
  const tree = readMergeTree(text, language);
  if (tree === null) return false;
  const intended = pieces.flatMap((piece) => ("text" in piece && piece.text !== "" ? [piece.text] : []));
  const read = leavesOf(tree).flatMap((leaf) => (leaf.text === "" ? [] : [leaf.text]));
  return intended.length === read.length && intended.every((token, index) => token === read[index]);
}

/** Where less than half of the base's lines are left, which part became which would be a guess. */
function holdsOn(base: string, side: string): boolean {
  // Braces alone are everywhere and say nothing.
  const linesOf = (text: string): string[] => text.split("\n").flatMap((line) => (/\w/.test(line) ? line.trim() : []));
  const counts = new Map<string, number>();
  for (const line of linesOf(side)) counts.set(line, (counts.get(line) ?? 0) + 1);
  const before = linesOf(base);
  const left = before.filter((line) => {
    const count = counts.get(line) ?? 0;
    if (count > 0) counts.set(line, count - 1);
    return count > 0;
  });
  return left.length * 2 >= before.length;
}

/** How much a person would have to settle. */
function weight(regions: readonly MergeRegion[]): number {
  let sum = 0;
  for (const region of regions)
    if (region.kind === "conflict") sum += region.base.length + region.disk.length + region.database.length;
  return sum;
}

function wholeConflict(texts: Texts): MergeRegion {
  return { kind: "conflict", ...texts, baseLine: 1, diskLine: 1, databaseLine: 1 };
}

function regionsOf(pieces: readonly Piece[]): MergeRegion[] {
  const regions: MergeRegion[] = [];
  let agreed = "";
  for (const piece of pieces) {
    if ("text" in piece) {
      agreed += piece.lead + piece.text + piece.trail;
      continue;
    }
    const { conflict, lines } = piece;
    const sides = [conflict.base, conflict.disk, conflict.database].filter((text) => text !== "");
    // An element begins with the break before it: as a region it is whole lines.
    const whole = sides.length > 0 && sides.every((text) => text.startsWith("\n"));
    const asLines = (text: string): string => (whole && text !== "" ? `${text.slice(1)}\n` : text);
    if (whole) agreed += "\n";
    if (agreed !== "") regions.push({ kind: "agreed", text: agreed });
    regions.push({
      kind: "conflict",
      base: asLines(conflict.base),
      disk: asLines(conflict.disk),
      database: asLines(conflict.database),
      baseLine: lines.base,
      diskLine: lines.disk,
      databaseLine: lines.database,
    });
    agreed = whole ? DROP_BREAK : "";
  }
  if (agreed !== "" && agreed !== DROP_BREAK) regions.push({ kind: "agreed", text: agreed });
  return regions.map((region) =>
    region.kind === "agreed" ? { kind: "agreed", text: region.text.replace(DROP_BREAK_AHEAD, "") } : region,
  );
}

/** Marks that the break which follows was given to the conflict before. */
const DROP_BREAK = "\u0000";
// biome-ignore lint/suspicious/noControlCharactersInRegex: the mark is a control character so that no source holds it
const DROP_BREAK_AHEAD = /^\u0000\n?/;
