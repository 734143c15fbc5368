/** Values that a source writes out instead of computing them. */
import ts from "typescript";
import type { Json } from "./json.ts";

/** Made of literals and plain readings, with a literal in it: nothing was computed. */
export function isFixed(expression: ts.Expression): boolean {
  let literal = false;
  const plain = (node: ts.Expression): boolean => {
    const bare = unwrap(node);
    if (staticValue(bare) !== undefined || isVoid(bare)) {
      literal = true;
      return true;
    }
    if (ts.isIdentifier(bare)) return true;
    if (ts.isPropertyAccessExpression(bare)) return plain(bare.expression);
    if (ts.isArrayLiteralExpression(bare)) return bare.elements.every(plain);
    if (ts.isTemplateExpression(bare)) return bare.templateSpans.every((span) => plain(span.expression));
    if (!ts.isObjectLiteralExpression(bare)) return false;
    return bare.properties.every(
      (member) =>
        ts.isShorthandPropertyAssignment(member) || (ts.isPropertyAssignment(member) && plain(member.initializer)),
    );
  };
  return plain(expression) && literal;
}

function isVoid(node: ts.Expression): boolean {
  return (ts.isIdentifier(node) && ["undefined", "NaN", "Infinity"].includes(node.text)) || ts.isVoidExpression(node);
}

function unwrap(node: ts.Expression): ts.Expression {
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  ) {
    return unwrap(node.expression);
  }
  return node;
}

/** Numbers that have a name, and are written out all the same. */
const NAMED_NUMBERS: ReadonlyMap<string, number> = new Map([
  ["MAX_SAFE_INTEGER", Number.MAX_SAFE_INTEGER],
  ["MIN_SAFE_INTEGER", Number.MIN_SAFE_INTEGER],
  ["MAX_VALUE", Number.MAX_VALUE],
  ["MIN_VALUE", Number.MIN_VALUE],
  ["EPSILON", Number.EPSILON],
]);

/** The JSON that an expression writes out, or undefined where it has to be computed. */
export function staticValue(expression: ts.Expression): Json | undefined {
  const node = unwrap(expression);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === ts.SyntaxKind.NullKeyword) return null;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const value = staticValue(node.operand);
    return typeof value === "number" ? -value : undefined;
  }
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "Number") {
    return NAMED_NUMBERS.get(node.name.text);
  }
  if (ts.isArrayLiteralExpression(node)) {
    const items = node.elements.map(staticValue);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const members: [string, Json][] = [];
  for (const member of node.properties) {
    if (!ts.isPropertyAssignment(member) || ts.isComputedPropertyName(member.name)) return undefined;
    const value = staticValue(member.initializer);
    if (value === undefined) return undefined;
    members.push([ts.isPrivateIdentifier(member.name) ? "" : member.name.text, value]);
  }
  return Object.fromEntries(members);
}
