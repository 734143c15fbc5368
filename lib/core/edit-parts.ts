/** The parts of a change, each with the source as it would be without it: what no case needs, no case speaks for. */
import { stripTypeScriptTypes } from "node:module";
import { diffArrays } from "diff";
import ts from "typescript";
import { parseTool, runOf } from "./tool-syntax.ts";

export type EditPart = {
  /** Line of the candidate, from 1. */
  readonly line: number;
  /** The candidate with this part as it was before. */
  readonly without: string;
};

type Token = { readonly text: string; readonly start: number; readonly end: number };

/**
 * The places where a candidate's code differs from its base, in the order of the source. A change in one place has no
 * parts; white space, comments, types, schemas and cases are not looked at.
 */
export function editPartsOf(baseSource: string, candidateSource: string): EditPart[] {
  const [before, after] = [tokensOf(baseSource), tokensOf(candidateSource)];
  const parts: EditPart[] = [];
  const code = codeRanges(candidateSource);
  const program = programOf(candidateSource);
  let [oldAt, newAt] = [0, 0];
  let open: { oldFrom: number; newFrom: number } | null = null;
  const close = () => {
    if (open === null) return;
    const removed = textOf(baseSource, before, open.oldFrom, oldAt);
    const start = after[open.newFrom]?.start ?? candidateSource.length;
    const end = newAt > open.newFrom ? (after[newAt - 1]?.end ?? start) : start;
    open = null;
    if (!code.some(([from, to]) => start >= from && end <= to)) return;
    const without = `${candidateSource.slice(0, start)}${removed === "" ? "" : ` ${removed} `}${candidateSource.slice(end)}`;
    if (programOf(without) === program) return;
    parts.push({ line: candidateSource.slice(0, start).split("\n").length, without });
  };
  const texts = (tokens: readonly Token[]) => tokens.map(({ text }) => text);
  for (const change of diffArrays(texts(before), texts(after))) {
    const count = change.value.length;
    if (!change.added && !change.removed) {
      close();
      oldAt += count;
      newAt += count;
      continue;
    }
    open ??= { oldFrom: oldAt, newFrom: newAt };
    if (change.removed) oldAt += count;
    else newAt += count;
  }
  close();
  return parts.length > 1 ? parts : [];
}

/** What runs of a source: a changed type makes no difference to any call, and needs none to speak for it. */
function programOf(source: string): string {
  try {
    return stripTypeScriptTypes(source, { mode: "strip" }).replace(/\s+/g, "");
  } catch {
    return source;
  }
}

function textOf(source: string, tokens: readonly Token[], from: number, to: number): string {
  const [first, last] = [tokens[from], tokens[to - 1]];
  return first === undefined || last === undefined || to <= from ? "" : source.slice(first.start, last.end);
}

/** The leaves of the tree: tokens without what stands between them. */
function tokensOf(source: string): Token[] {
  const file = parseTool(source);
  const tokens: Token[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file);
    if (children.length > 0) children.forEach(visit);
    else if (node.end > node.getStart(file)) {
      tokens.push({ text: node.getText(file), start: node.getStart(file), end: node.end });
    }
  };
  visit(file);
  return tokens;
}

function codeRanges(source: string): [number, number][] {
  const file = parseTool(source);
  const run = runOf(file);
  const nodes: ts.Node[] = file.statements.filter(
    (statement) => !ts.isExportAssignment(statement) && !ts.isImportDeclaration(statement),
  );
  if (run !== null) nodes.push(run);
  return nodes.map((node) => [node.getStart(file), node.end]);
}
