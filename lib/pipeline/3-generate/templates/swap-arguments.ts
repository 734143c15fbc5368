/** Exchanges two neighbouring arguments, or the two sides of an operator that cares for order. */
import ts from "typescript";
import type { Draft, Template } from "./repair.ts";
import { descend, isPlain, replace } from "./syntax.ts";

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
            rationale: `The arguments ${first.getText()} and ${second.getText()} of ${node.expression.getText()} change places: their order is easily mixed up.`,
            weight: 5,
          };
        }
      if (ts.isCallExpression(node)) yield* swapReceiver(node);
      if (
        ts.isBinaryExpression(node) &&
        ORDERED.has(node.operatorToken.getText()) &&
        node.left.getText() !== node.right.getText()
      )
        yield {
          edits: [replace(node.left, node.right.getText()), replace(node.right, node.left.getText())],
          rationale: `The two sides of \`${node.getText()}\` change places: their order is easily mixed up.`,
          weight: 5,
        };
    }
  },
};

/** `text.includes(part)` written as `part.includes(text)`. */
function* swapReceiver(node: ts.CallExpression): Generator<Draft> {
  const callee = node.expression;
  const [argument] = node.arguments;
  if (!ts.isPropertyAccessExpression(callee) || node.arguments.length !== 1 || argument === undefined) return;
  if (!isPlain(callee.expression) || !isPlain(argument) || ts.isNumericLiteral(argument)) return;
  if (/^[A-Z]|^ctx\b/.test(callee.expression.getText())) return;
  yield {
    edits: [replace(callee.expression, argument.getText()), replace(argument, callee.expression.getText())],
    rationale: `\`${node.getText()}\` is turned round: it asks ${argument.getText()} about ${callee.expression.getText()} now.`,
    weight: 5.5,
  };
}
