/** Off by one: whole constants, lengths and index expressions moved by one. */
import ts from "typescript";
import type { Draft, Template } from "./repair.ts";
import { descend, isPlain, replace } from "./syntax.ts";

export const shiftConstant: Template = {
  name: "shift by one",
  *drafts(site) {
    for (const node of descend(site.code)) {
      if (ts.isNumericLiteral(node)) yield* shiftLiteral(node);
      else if (ts.isExpression(node) && bearsShift(node)) yield* shiftExpression(node);
    }
  },
};

function* shiftLiteral(node: ts.NumericLiteral): Generator<Draft> {
  const value = Number(node.text);
  if (!Number.isInteger(value) || !/^\d+$/.test(node.getText())) return;
  for (const other of [value - 1, value + 1]) {
    if (other < 0 && ts.isPrefixUnaryExpression(node.parent)) continue;
    yield {
      edits: [replace(node, String(other))],
      rationale: `The constant ${value} becomes ${other}: it may be off by one.`,
      weight: Math.abs(value) <= 2 ? 4 : 5,
    };
  }
  if (value === 0 || value === 1) return;
  for (const other of [0, 1])
    yield {
      edits: [replace(node, String(other))],
      rationale: `The constant ${value} becomes ${other}, where counting often begins.`,
      weight: 6,
    };
}

/** Where one more or one less is a usual slip: bounds, indexes and slice arguments that are not literals. */
function bearsShift(node: ts.Expression): boolean {
  if (ts.isLiteralExpression(node) || !isPlain(node)) return false;
  const parent = node.parent;
  if (ts.isElementAccessExpression(parent)) return parent.argumentExpression === node;
  if (ts.isCallExpression(parent))
    return (
      parent.arguments.includes(node) &&
      /\.(slice|substring|substr|splice|at|charAt|setDate|setUTCDate)$/.test(parent.expression.getText())
    );
  if (!ts.isBinaryExpression(parent) || parent.right !== node) return false;
  return ["<", "<=", ">", ">="].includes(parent.operatorToken.getText());
}

function* shiftExpression(node: ts.Expression): Generator<Draft> {
  const text = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) ? node.getText() : `(${node.getText()})`;
  for (const shift of ["- 1", "+ 1"])
    yield {
      edits: [replace(node, `${text} ${shift}`)],
      rationale: `In \`${node.parent.getText()}\` it reads \`${text} ${shift}\` now: it may be off by one at \`${node.getText()}\`.`,
      weight: 4.5,
    };
}
