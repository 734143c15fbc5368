/**
 * Which lines of a tool's source a call executes: the source is rewritten so that `run` answers the lines that it passed,
 * every statement noting its own (statement coverage by source instrumentation).
 */
import ts from "typescript";
import { diffHunks } from "./diff.ts";

export type Instrumented = {
  /** A tool module like the original: lines stay lines, effects stay effects, and the answer is an array of lines. */
  readonly source: string;
  /** Lines on which a statement begins, from 1, ascending. */
  readonly lines: readonly number[];
};

/** How many runs passed through each line, index 0 for line 1; null where no statement begins. */
export type LineCounts = (number | null)[];

const NOTE = "__passed";
const SEEN = "__lines";
const WRAP = "__answerLines";

/** What stands before the first line: on it, so that lines keep their numbers. */
const OPENING = `const ${SEEN} = new Set(); const ${NOTE} = (line) => { ${SEEN}.add(line); }; const ${WRAP} = (definition) => ({ ...definition, postconditions: undefined, run: async (input, ctx) => { const given = JSON.stringify(input); try { const output = await definition.run(input, ctx); for (const { check } of definition.postconditions ?? []) check(JSON.parse(given), output); } catch {} return [...${SEEN}]; } }); `;

type Insertion = { readonly at: number; readonly text: string };

/** Rewrites a source that keeps the module rules; null for one that cannot be rewritten. */
export function instrument(source: string): Instrumented | null {
  if (source.includes(NOTE) || source.includes(SEEN) || source.includes(WRAP)) return null;
  const file = parseTool(source);
  const insertions: Insertion[] = [];
  const lines = new Set<number>();
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const insert = (at: number, text: string): number => insertions.push({ at, text });

  function note(statement: ts.Node): string {
    const line = lineOf(statement);
    lines.add(line);
    return `${NOTE}(${line});`;
  }

  function visit(node: ts.Node): void {
    if (isList(node)) {
      for (const statement of node.statements)
        if (isExecuted(statement)) insert(statement.getStart(file), note(statement));
    }
    for (const body of bodiesOf(node)) {
      if (ts.isBlock(body)) continue;
      insert(body.getStart(file), `{${note(body)}`);
      insert(body.getEnd(), "}");
    }
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) {
      const line = lineOf(node.body);
      lines.add(line);
      insert(node.body.getStart(file), `(${NOTE}(${line}),`);
      insert(node.body.getEnd(), ")");
    }
    ts.forEachChild(node, visit);
  }
  visit(file);

  const definition = definitionOf(file);
  if (definition === null) return null;
  insert(definition.getStart(file), `{ ...${WRAP}(`);
  insert(definition.getEnd(), ") }");
  return { source: OPENING + apply(source, insertions), lines: [...lines].sort((a, b) => a - b) };
}

type List = ts.SourceFile | ts.Block | ts.CaseOrDefaultClause;

function isList(node: ts.Node): node is List {
  return ts.isSourceFile(node) || ts.isBlock(node) || ts.isCaseOrDefaultClause(node);
}

/** Statements that do something when they are reached: declarations of types and functions do not. */
function isExecuted(statement: ts.Statement): boolean {
  if (ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression)) return false;
  return !(
    ts.isImportDeclaration(statement) ||
    ts.isExportAssignment(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEmptyStatement(statement) ||
    ts.isBlock(statement)
  );
}

/** Statements that stand alone where a block could. */
function bodiesOf(node: ts.Node): ts.Statement[] {
  if (ts.isIfStatement(node)) return [node.thenStatement, ...(node.elseStatement ? [node.elseStatement] : [])];
  return ts.isIterationStatement(node, false) ? [node.statement] : [];
}

export function parseTool(source: string): ts.SourceFile {
  return ts.createSourceFile("tool.ts", source, ts.ScriptTarget.ES2024, true, ts.ScriptKind.TS);
}

/** What a tool module gives to `defineTool`; null where it exports nothing such. */
export function definitionOf(file: ts.SourceFile): ts.Expression | null {
  for (const statement of file.statements) {
    if (ts.isExportAssignment(statement) && ts.isCallExpression(statement.expression))
      return statement.expression.arguments[0] ?? null;
  }
  return null;
}

/** Of insertions at one place, what closes comes first, then what opens from the outside in. */
function apply(source: string, insertions: readonly Insertion[]): string {
  const isClosing = ({ text }: Insertion): boolean => text === "}" || text === ")" || text === ") }";
  const inOrder = insertions
    .map((one, index) => ({ one, index }))
    .sort(
      (a, b) =>
        a.one.at - b.one.at ||
        Number(isClosing(b.one)) - Number(isClosing(a.one)) ||
        // Inner parts were inserted later: they close first and open last.
        (isClosing(a.one) ? b.index - a.index : a.index - b.index),
    );
  let text = "";
  let from = 0;
  for (const { one } of inOrder) {
    text += source.slice(from, one.at) + one.text;
    from = one.at;
  }
  return text + source.slice(from);
}

/**
 * Adds up what runs passed through.
 * @param runs the answer of each run of the instrumented source; what is no list of its lines does not count
 */
export function countLines(source: string, { lines }: Instrumented, runs: readonly unknown[]): LineCounts {
  const counts: LineCounts = source.split("\n").map(() => null);
  for (const line of lines) counts[line - 1] = 0;
  for (const run of runs) {
    if (!Array.isArray(run)) continue;
    for (const line of new Set(run)) {
      const count = typeof line === "number" ? counts[line - 1] : undefined;
      if (typeof count === "number") counts[line - 1] = count + 1;
    }
  }
  return counts;
}

/** Share of the lines that a source adds to another and that no run passed through; 0 where none of them can be passed. */
export function unexecutedShare(before: string, after: string, counts: LineCounts): number {
  const added = diffHunks(before, after, 0).flatMap(({ lines }) =>
    lines.flatMap(({ kind, after: line }) => (kind === "added" && line !== null ? [counts[line - 1] ?? null] : [])),
  );
  const passable = added.filter((count) => count !== null);
  return passable.length === 0 ? 0 : passable.filter((count) => count === 0).length / passable.length;
}

/** Lines that no run passed through, as ranges: lines between two of them on which nothing begins belong to them. */
export function unexecuted(counts: LineCounts): { readonly from: number; readonly to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  let open: { from: number; to: number } | null = null;
  for (const [index, count] of counts.entries()) {
    if (count === null) continue;
    if (count > 0) open = null;
    else if (open === null) {
      open = { from: index + 1, to: index + 1 };
      ranges.push(open);
    } else open.to = index + 1;
  }
  return ranges;
}
