/** Reading a tool's source as a tree, and changing it as text, so that formatting and comments stay. */
import ts from "typescript";
import type { Edit, Style } from "./repair.ts";

/** Parses a source; parents are set. */
export function parseSource(source: string): ts.SourceFile {
  return ts.createSourceFile("tool.ts", source, ts.ScriptTarget.ES2024, true, ts.ScriptKind.TS);
}

/** Whether a source parses without a complaint. */
export function parses(source: string): boolean {
  const { diagnostics } = ts.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext },
  });
  return (diagnostics ?? []).length === 0;
}

/** Applies edits that do not overlap. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  let text = source;
  for (const edit of [...edits].sort((a, b) => b.start - a.start || b.end - a.end))
    text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  return text;
}

/** Replaces one node's text. */
export function replace(node: ts.Node, text: string): Edit {
  return { start: node.getStart(), end: node.getEnd(), text };
}

/** Every node below the given ones, parents first. */
export function* descend(nodes: Iterable<ts.Node>): Generator<ts.Node> {
  for (const node of nodes) {
    yield node;
    const children: ts.Node[] = [];
    node.forEachChild((child) => {
      children.push(child);
    });
    yield* descend(children);
  }
}

/** The object given to `defineTool`, or null. */
function definition(file: ts.SourceFile): ts.ObjectLiteralExpression | null {
  for (const statement of file.statements) {
    if (!ts.isExportAssignment(statement) || !ts.isCallExpression(statement.expression)) continue;
    const argument = statement.expression.arguments[0];
    if (argument !== undefined && ts.isObjectLiteralExpression(argument)) return argument;
  }
  return null;
}

/** The tool's `run`, written as a method, an arrow or a function, or as the name of a function of the file. */
export function findRun(file: ts.SourceFile): ts.FunctionLikeDeclaration | null {
  for (const property of definition(file)?.properties ?? []) {
    if (property.name === undefined || property.name.getText() !== "run") continue;
    if (ts.isMethodDeclaration(property)) return property;
    const value = ts.isPropertyAssignment(property) ? property.initializer : property.name;
    if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return value;
    if (ts.isIdentifier(value)) return namedFunction(file, value.text);
  }
  return null;
}

function namedFunction(file: ts.SourceFile, name: string): ts.FunctionLikeDeclaration | null {
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return statement;
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name: declared, initializer } of statement.declarationList.declarations)
      if (
        declared.getText() === name &&
        initializer &&
        (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
      )
        return initializer;
  }
  return null;
}

/** What runs when the tool is called: everything but imports, types and the description of the tool. */
export function runningCode(file: ts.SourceFile, run: ts.FunctionLikeDeclaration): ts.Node[] {
  const helpers = file.statements.filter(
    (statement) =>
      ts.isFunctionDeclaration(statement) || ts.isVariableStatement(statement) || ts.isClassDeclaration(statement),
  );
  const inside = helpers.some((helper) => helper.pos <= run.pos && run.end <= helper.end);
  return inside ? helpers : [...helpers, run];
}

/** Line number from 1. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** The function that a node belongs to. */
export function functionOf(node: ts.Node): ts.Node | undefined {
  return ts.findAncestor(node.parent, (ancestor) => ts.isFunctionLike(ancestor));
}

/** Without parentheses, casts and non-null marks. */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isSatisfiesExpression(inner)
  )
    inner = inner.expression;
  return inner;
}

/** Whether evaluating it again changes nothing and can be placed earlier: names, members, literals and operators. */
export function isPlain(node: ts.Expression): boolean {
  const inner = bare(node);
  if (ts.isIdentifier(inner) || ts.isLiteralExpression(inner) || inner.kind === ts.SyntaxKind.ThisKeyword) return true;
  if ([ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(inner.kind))
    return true;
  if (ts.isPropertyAccessExpression(inner)) return isPlain(inner.expression);
  if (ts.isElementAccessExpression(inner)) return isPlain(inner.expression) && isPlain(inner.argumentExpression);
  if (ts.isPrefixUnaryExpression(inner))
    return (
      ![ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(inner.operator) && isPlain(inner.operand)
    );
  if (ts.isTypeOfExpression(inner)) return isPlain(inner.expression);
  if (ts.isBinaryExpression(inner))
    return !isAssignment(inner.operatorToken.kind) && isPlain(inner.left) && isPlain(inner.right);
  return false;
}

/** Whether an operator writes to its left side. */
export function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** Names that an expression reads. */
export function namesIn(node: ts.Node): Set<string> {
  const names = new Set<string>();
  for (const inner of descend([node])) {
    if (!ts.isIdentifier(inner)) continue;
    const member = ts.isPropertyAccessExpression(inner.parent) && inner.parent.name === inner;
    if (!member) names.add(inner.text);
  }
  return names;
}

/** White space at the start of the line that holds an offset. */
export function indentAt(source: string, offset: number): string {
  const start = source.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(source.slice(start, offset))?.[0] ?? "";
}

/** Whether only white space stands between the start of the line and an offset. */
export function startsItsLine(source: string, offset: number): boolean {
  return source.slice(source.lastIndexOf("\n", offset - 1) + 1, offset).trim() === "";
}

/** The habits of a file: line ends, indentation, quotes, semicolons. */
export function styleOf(source: string): Style {
  const indented = /^(\t|[ ]+)\S/m.exec(source)?.[1] ?? "  ";
  const whetstoneImport = /import[^;\n]*from\s*(["'])whetstone\1(;?)/.exec(source);
  return {
    newline: source.includes("\r\n") ? "\r\n" : "\n",
    unit: indented.startsWith("\t") ? "\t" : " ".repeat(Math.min(indented.length, 4)),
    quote: whetstoneImport?.[1] ?? '"',
    semicolon: whetstoneImport ? (whetstoneImport[2] ?? "") : ";",
  };
}

/** A string literal in the file's quotes. */
export function quoted(text: string, style: Style): string {
  const json = JSON.stringify(text);
  return style.quote === '"' ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
