/** Takes out what is one too many: a statement, a side of an operator, a call around a value, a negation. */
import ts from "typescript";
import type { Draft, Template } from "./repair.ts";
import { descend, isAssignment, replace, startsItsLine } from "./syntax.ts";

export const removePart: Template = {
  name: "remove a part",
  *drafts(site) {
    for (const node of descend(site.code)) {
      if (ts.isBinaryExpression(node) && !isAssignment(node.operatorToken.kind)) yield* oneSide(node);
      if (ts.isCallExpression(node) && node.arguments.length === 1 && node.arguments[0])
        yield {
          edits: [replace(node, node.arguments[0].getText())],
          rationale: `\`${node.expression.getText()}\` is no longer applied to ${node.arguments[0].getText()}: it may be one call too many.`,
          weight: 6,
        };
      if (
        ts.isPrefixUnaryExpression(node) &&
        node.operator !== ts.SyntaxKind.PlusPlusToken &&
        node.operator !== ts.SyntaxKind.MinusMinusToken
      )
        yield {
          edits: [replace(node, node.operand.getText())],
          rationale: `\`${node.getText()}\` loses its sign, which may be one too many.`,
          weight: 5,
        };
      if (isRemovable(node)) yield remove(site.source, node);
    }
  },
};

function* oneSide(node: ts.BinaryExpression): Generator<Draft> {
  for (const side of [node.left, node.right])
    yield {
      edits: [replace(node, side.getText())],
      rationale: `In \`${node.getText()}\` only ${side.getText()} is left: the rest may be one part too many.`,
      weight: 6,
    };
}

function isRemovable(node: ts.Node): node is ts.Statement {
  if (!(ts.isExpressionStatement(node) || ts.isBreakOrContinueStatement(node) || ts.isIfStatement(node))) return false;
  return ts.isBlock(node.parent) || ts.isCaseOrDefaultClause(node.parent);
}

/** The statement with its line, where it has one to itself. */
function remove(source: string, statement: ts.Statement): Draft {
  const start = statement.getStart();
  const end = statement.getEnd();
  const lineStart = source.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = source.indexOf("\n", end) + 1;
  const alone = startsItsLine(source, start) && lineEnd > 0 && source.slice(end, lineEnd).trim() === "";
  return {
    edits: [{ start: alone ? lineStart : start, end: alone ? lineEnd : end, text: "" }],
    rationale: `\`${statement.getText().slice(0, 80)}\` is not done here any more: it may be one step too many.`,
    weight: 6.5,
  };
}
