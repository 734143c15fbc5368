/** Adds a forgotten `await`, or a forgotten `return`. */
import ts from "typescript";
import type { Template } from "./repair.ts";
import { descend, functionOf } from "./syntax.ts";

const AWAITED = /^ctx\.(fetch|kv\.(get|set|delete))$|\.(json|text)$/;

export const addAwaitOrReturn: Template = {
  name: "add a missing await or return",
  *drafts(site) {
    const asynchronous = asyncNames(site.code);
    for (const node of descend(site.code)) {
      if (ts.isCallExpression(node) && !ts.isAwaitExpression(node.parent)) {
        const callee = node.expression.getText();
        if ((AWAITED.test(callee) || asynchronous.has(callee)) && isAsync(functionOf(node))) {
          const member = ts.isPropertyAccessExpression(node.parent) || ts.isElementAccessExpression(node.parent);
          yield {
            edits: [
              { start: node.getStart(), end: node.getStart(), text: member ? "(await " : "await " },
              { start: node.getEnd(), end: node.getEnd(), text: member ? ")" : "" },
            ],
            rationale: `\`${callee}\` can answer later, and nothing waits for it: it is awaited now.`,
            weight: 2,
          };
        }
      }
      if (ts.isExpressionStatement(node) && lastOfFunction(node) && !ts.isAwaitExpression(node.expression))
        yield {
          edits: [{ start: node.getStart(), end: node.getStart(), text: "return " }],
          rationale: `The value of \`${node.expression.getText()}\` is computed and not returned: it is returned now.`,
          weight: 3,
        };
    }
  },
};

function asyncNames(code: readonly ts.Node[]): Set<string> {
  const names = new Set<string>();
  for (const node of descend(code)) {
    if (ts.isFunctionDeclaration(node) && node.name && isAsync(node)) names.add(node.name.text);
    if (ts.isVariableDeclaration(node) && node.initializer && isAsync(node.initializer)) names.add(node.name.getText());
  }
  return names;
}

function isAsync(node: ts.Node | undefined): boolean {
  if (node === undefined || !ts.canHaveModifiers(node)) return false;
  return (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
}

/** Whether a statement ends a function or one of its branches. */
function lastOfFunction(statement: ts.Statement): boolean {
  const block = statement.parent;
  if (ts.isIfStatement(block)) return true;
  if (!ts.isBlock(block) || block.statements.at(-1) !== statement) return false;
  return ts.isFunctionLike(block.parent) || ts.isIfStatement(block.parent);
}
