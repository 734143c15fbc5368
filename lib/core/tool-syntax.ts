/** Reading a tool's source as a tree: the few places of it that several judgements ask for. */
import ts from "typescript";

/** Parses a source, errors and all; nodes know their parents. */
export function parseTool(source: string): ts.SourceFile {
  return ts.createSourceFile("tool.ts", source, ts.ScriptTarget.ES2024, true, ts.ScriptKind.TS);
}

/** The object that `export default defineTool({…})` is given, or null. */
export function definitionOf(file: ts.SourceFile): ts.ObjectLiteralExpression | null {
  for (const statement of file.statements) {
    if (!ts.isExportAssignment(statement) || statement.isExportEquals) continue;
    const call = statement.expression;
    const argument = ts.isCallExpression(call) ? call.arguments[0] : undefined;
    if (argument !== undefined && ts.isObjectLiteralExpression(argument)) return argument;
  }
  return null;
}

/** A member of the definition by name: the method itself, or the value it is given. */
export function memberOf(file: ts.SourceFile, name: string): ts.Node | null {
  const definition = definitionOf(file);
  for (const member of definition?.properties ?? []) {
    if (member.name === undefined || !ts.isIdentifier(member.name) || member.name.text !== name) continue;
    return ts.isPropertyAssignment(member) ? member.initializer : member;
  }
  return null;
}

/** The function that runs, or null where it is not written as one. */
export function runOf(file: ts.SourceFile): ts.FunctionLikeDeclaration | null {
  const run = memberOf(file, "run");
  if (run === null) return null;
  if (ts.isMethodDeclaration(run) || ts.isArrowFunction(run) || ts.isFunctionExpression(run)) return run;
  if (!ts.isIdentifier(run) && !ts.isShorthandPropertyAssignment(run)) return null;
  const name = ts.isIdentifier(run) ? run.text : run.name.text;
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return statement;
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name: bound, initializer } of statement.declarationList.declarations) {
      const isRun = ts.isIdentifier(bound) && bound.text === name && initializer !== undefined;
      if (isRun && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))) return initializer;
    }
  }
  return null;
}

/** Whether a node stands in a catch clause, or in the handler of a rejected promise. */
export function inCatch(node: ts.Node): boolean {
  return (
    ts.findAncestor(node.parent, (outer) => {
      if (ts.isCatchClause(outer)) return true;
      const call = outer.parent;
      if (!ts.isFunctionLike(outer) || call === undefined || !ts.isCallExpression(call)) return false;
      if (!ts.isPropertyAccessExpression(call.expression)) return false;
      const name = call.expression.name.text;
      return (name === "catch" && call.arguments[0] === outer) || (name === "then" && call.arguments[1] === outer);
    }) !== undefined
  );
}

/** Lines of the tool's own file in a stack, innermost first. */
export function stackLinesOf(tool: string, stack: string): number[] {
  const lines: number[] = [];
  for (const frame of stack.split("\n")) {
    const place = /([^\s()]+):(\d+):\d+\)?\s*$/.exec(frame);
    const file = place?.[1]?.split(/[/\\]/).at(-1);
    if (file === `${tool}.ts`) lines.push(Number(place?.[2]));
  }
  return lines;
}
