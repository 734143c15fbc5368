/** Exchanges two neighbouring arguments, or the two sides of an operator that cares for order. */
import ts from "typescript";
import type { Template } from "./repair.ts";
import { descend, replace } from "./syntax.ts";

const ORDERED = new Set(["-", "/", "%", "**"]);

export const swapArguments: Template = {
  name: "swap arguments",
  *drafts(site) {
    for (const node of descend(site.code)) {
      if (ts.isCallExpression(node))
        for (const [at, first] of node.arguments.entries()) {
          const second = node.arguments[at + 1];
          if (second === undefined || ts.isFunctionLike(first) || ts.isFunctionLike(second)) continue;
          if (first.getText() === second.getText()) continue;
          yield {
            edits: [replace(first, second.getText()), replace(second, first.getText())],
            rationale: `The arguments ${first.getText()} and ${second.getText()} of ${node.expression.getText()} are in the wrong order.`,
            weight: 5,
          };
        }
      if (
        ts.isBinaryExpression(node) &&
        ORDERED.has(node.operatorToken.getText()) &&
        node.left.getText() !== node.right.getText()
      )
        yield {
          edits: [replace(node.left, node.right.getText()), replace(node.right, node.left.getText())],
          rationale: `The two sides of \`${node.getText()}\` are in the wrong order.`,
          weight: 5,
        };
    }
  },
};
