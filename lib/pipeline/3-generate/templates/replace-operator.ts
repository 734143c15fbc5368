/** Swaps an arithmetic or logical operator for one of its kin. */
import ts from "typescript";
import type { Template } from "./repair.ts";
import { descend, replace } from "./syntax.ts";

const KIN: readonly (readonly string[])[] = [
  ["+", "-", "*", "/", "%"],
  ["+=", "-=", "*=", "/="],
  ["&&", "||"],
  ["||", "??"],
  ["&", "|", "^"],
  ["<<", ">>", ">>>"],
  ["&=", "|=", "^="],
];

export const replaceOperator: Template = {
  name: "replace an operator",
  *drafts(site) {
    for (const node of descend(site.code)) {
      if (!ts.isBinaryExpression(node)) continue;
      const old = node.operatorToken.getText();
      const others = new Set(KIN.filter((kin) => kin.includes(old)).flat());
      others.delete(old);
      for (const other of others)
        yield {
          edits: [replace(node.operatorToken, other)],
          rationale: `In \`${node.getText()}\` the operator becomes ${other}: ${old} and ${other} are often taken for each other.`,
          weight: node.operatorToken.kind === ts.SyntaxKind.PlusToken && hasText(node) ? 7 : 4,
        };
    }
  },
};

function hasText(node: ts.BinaryExpression): boolean {
  return [node.left, node.right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side));
}
