/** Moves the border of a comparison, turns it round, or negates a condition. */
import ts from "typescript";
import type { Template } from "./repair.ts";
import { bare, descend, replace } from "./syntax.ts";

/** For each comparison the likely others, likeliest first. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">", ">="],
  "<=": ["<", ">=", ">"],
  ">": [">=", "<", "<="],
  ">=": [">", "<=", "<"],
  "===": ["!==", "<=", ">="],
  "!==": ["==="],
  "==": ["!=", "==="],
  "!=": ["==", "!=="],
};

export const changeComparison: Template = {
  name: "change a comparison",
  *drafts(site) {
    for (const node of descend(site.code)) {
      if (ts.isBinaryExpression(node)) {
        const old = node.operatorToken.getText();
        for (const [rank, other] of (OTHERS[old] ?? []).entries())
          yield {
            edits: [replace(node.operatorToken, other)],
            rationale: `The comparison \`${node.getText()}\` now uses ${other}: such comparisons are easily taken for each other.`,
            weight: 3.5 + rank * 0.5,
          };
      }
      const condition = conditionOf(node);
      if (condition)
        yield {
          edits: [negated(condition)],
          rationale: `The condition \`${condition.getText()}\` is turned round: it is easily asked the wrong way.`,
          weight: 5,
        };
    }
  },
};

function conditionOf(node: ts.Node): ts.Expression | null {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : null;
}

function negated(condition: ts.Expression) {
  const inner = bare(condition);
  if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken)
    return replace(condition, bare(inner.operand).getText());
  const text = condition.getText();
  return replace(condition, /^[\w.]+$/.test(text) || ts.isCallExpression(inner) ? `!${text}` : `!(${text})`);
}
