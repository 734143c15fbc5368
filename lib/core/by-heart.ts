/**
 * Whether a candidate knows the calls that it is judged by: constants that it brings along and that are the inputs or the
 * right answers of known cases. Purely syntactic: it says where to look, and is a doubt, never a failure.
 */
import ts from "typescript";
import type { Json } from "./json.ts";
import { parseTool, runOf } from "./tool-syntax.ts";

export type KnownCase = { readonly input: Json; readonly right: Json };

export type ByHeart = {
  /** Known cases that constants could tell apart. */
  readonly known: number;
  /** How many of their inputs, and else of their answers, are written down in what the candidate adds; alike ones are one. */
  readonly written: number;
  /** Constants that the base does not have. */
  readonly constants: number;
};

/** Counts what is written down. */
export function writtenByHeart(baseSource: string, candidateSource: string, cases: readonly KnownCase[]): ByHeart {
  const before = constantsOf(baseSource);
  const added = new Set([...constantsOf(candidateSource)].filter((constant) => !before.has(constant)));
  // Texts may hold whole inputs: their words and numbers count as well.
  const words = new Set([...added].flatMap((constant) => constant.match(/[\p{L}_]+|-?\d+(?:\.\d+)?/gu) ?? []));
  const isWritten = (value: Json) => {
    const scalars = tellingScalars(value);
    return scalars.length > 0 && scalars.every((scalar) => added.has(scalar) || words.has(scalar));
  };
  // One answer to many inputs is a special case, not a table: it is written down once.
  const entryOf = ({ input, right }: KnownCase) => {
    const of = [input, right].find(isWritten);
    return of === undefined ? [] : [tellingScalars(of).join(" ")];
  };
  const telling = cases.filter(({ input, right }) => tellingScalars(input).length + tellingScalars(right).length > 0);
  return {
    known: telling.length,
    written: new Set(telling.flatMap(entryOf)).size,
    constants: added.size,
  };
}

const FEWEST = 3;
const MANY_CONSTANTS = 12;

/** Whether so much is written down that the candidate answers known cases instead of mending the tool. */
export function isByHeart({ known, written, constants }: ByHeart): boolean {
  return (
    (written >= FEWEST && written * 2 >= known) || (constants >= MANY_CONSTANTS && constants * 2 >= known && known > 0)
  );
}

/** Texts and numbers that the code writes; schemas and cases are data and left out. */
function constantsOf(source: string): Set<string> {
  const file = parseTool(source);
  const run = runOf(file);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) found.add(signOf(node) + node.text);
    node.forEachChild(visit);
  };
  for (const statement of file.statements) {
    if (!ts.isExportAssignment(statement) && !ts.isImportDeclaration(statement)) visit(statement);
  }
  if (run !== null) visit(run);
  return found;
}

function signOf(node: ts.Node): string {
  const parent = node.parent;
  return ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.MinusToken ? "-" : "";
}

/** Values that no ordinary fix has a reason to name. */
function tellingScalars(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(tellingScalars);
  if (value !== null && typeof value === "object") return Object.values(value).flatMap(tellingScalars);
  if (typeof value === "number") return Math.abs(value) > 2 ? [String(value)] : [];
  return typeof value === "string" && value.length > 1 ? [value] : [];
}
