/** Where a candidate decides to refuse: from what it was given, in a catch, or from a result that already went wrong. */
import ts from "typescript";
import type { ErrorInfo } from "./execution.ts";
import { inCatch, parseTool, stackLinesOf } from "./tool-syntax.ts";

export type RefusalPlace = "from_input" | "in_catch" | "afterwards";

/**
 * Reads in the candidate's source how it came to a refusal that it gave.
 * @param error the refusal as recorded: its stack says which throw it was, its code where there is no stack
 */
export function refusalPlace(tool: string, candidateSource: string, error: ErrorInfo): RefusalPlace {
  const file = parseTool(candidateSource);
  const places = placesOf(file, tool, error);
  if (places.length === 0 || places.some(inCatch)) return "in_catch";
  return places.some((place) => ts.isThrowStatement(place) && decidedOnResult(place)) ? "afterwards" : "from_input";
}

/** The throw, and the calls that led to it; without a stack, every throw that names the code. */
function placesOf(file: ts.SourceFile, tool: string, error: ErrorInfo): ts.Node[] {
  const lines = new Set(stackLinesOf(tool, error.stack));
  const onLines: ts.Node[] = [];
  const byCode: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const line = (at: number) => file.getLineAndCharacterOfPosition(at).line + 1;
    if (ts.isThrowStatement(node)) {
      if (error.code !== undefined && namesCode(node, error.code)) byCode.push(node);
      for (let at = line(node.getStart(file)); at <= line(node.end); at += 1) if (lines.has(at)) onLines.push(node);
    } else if (ts.isCallExpression(node) && lines.has(line(node.getStart(file)))) onLines.push(node);
    node.forEachChild(visit);
  };
  visit(file);
  const threw = onLines.some(ts.isThrowStatement);
  if (!threw) return byCode;
  // Several throws may share a line; the code tells them apart.
  return onLines.filter((node) => !ts.isThrowStatement(node) || byCode.length === 0 || byCode.includes(node));
}

function namesCode(node: ts.Node, code: string): boolean {
  if (ts.isStringLiteralLike(node) && node.text === code) return true;
  return ts.forEachChild(node, (child) => namesCode(child, code) || undefined) ?? false;
}

/** Whether the conditions that lead to a throw ask if a computed number came out as NaN or Infinity. */
function decidedOnResult(place: ts.ThrowStatement): boolean {
  for (let node: ts.Node = place; node.parent !== undefined && !ts.isFunctionLike(node); node = node.parent) {
    const outer = node.parent;
    if (ts.isIfStatement(outer) && outer.expression !== node && asksForResult(outer.expression)) return true;
  }
  return false;
}

function asksForResult(condition: ts.Node): boolean {
  if (ts.isCallExpression(condition) && /^(Number\.)?is(Finite|NaN)$/.test(condition.expression.getText())) {
    return condition.arguments.some(isComputed);
  }
  if (ts.isBinaryExpression(condition) && /^-?(Infinity|NaN)$/.test(condition.right.getText()))
    return isComputed(condition.left);
  return ts.forEachChild(condition, (child) => asksForResult(child) || undefined) ?? false;
}

const ARITHMETIC = new Set([
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.MinusToken,
]);

/** Arithmetic, or a local name that stands for some. */
function isComputed(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node) && ARITHMETIC.has(node.operatorToken.kind)) return true;
  if (ts.isIdentifier(node)) {
    const initializer = initializerOf(node);
    return initializer !== undefined && initializer !== node && isComputed(initializer);
  }
  return ts.forEachChild(node, (child) => isComputed(child) || undefined) ?? false;
}

/** What a name is declared as in the functions and blocks around it, if it is declared before its use. */
function initializerOf(name: ts.Identifier): ts.Expression | undefined {
  for (let scope: ts.Node = name; scope !== undefined; scope = scope.parent) {
    if (!ts.isBlock(scope) && !ts.isSourceFile(scope) && !ts.isCaseOrDefaultClause(scope)) continue;
    for (const statement of scope.statements) {
      if (statement.pos > name.pos || !ts.isVariableStatement(statement)) continue;
      for (const declaration of statement.declarationList.declarations) {
        if (ts.isIdentifier(declaration.name) && declaration.name.text === name.text) return declaration.initializer;
      }
    }
  }
  return undefined;
}
