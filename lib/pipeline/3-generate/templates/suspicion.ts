/** Fault localisation: how much points at a place, from stack lines and from what kind of failure was seen. */
import ts from "typescript";
import type { Hints } from "./repair.ts";
import { descend, functionOf, lineOf } from "./syntax.ts";

/**
 * Scores places from 0 to 1. A failure's own line has 1, lines further up its stack less, the same function a little.
 * Where failures have no stack (a wrong value, a value that is not JSON), what can make such a value is suspected.
 */
export function suspicionOf(code: readonly ts.Node[], hints: Hints): (node: ts.Node) => number {
  const byLine = new Map<number, number>();
  for (const { lines } of hints.failures)
    for (const [rank, line] of lines.entries()) byLine.set(line, Math.max(byLine.get(line) ?? 0, 1 / (rank + 1)));
  if (byLine.size === 0) return suspectsWithoutStack(code, hints);
  const functions = new Map<ts.Node, number>();
  for (const node of descend(code)) {
    const score = byLine.get(lineOf(node));
    const owner = score === undefined ? undefined : functionOf(node);
    if (owner && score !== undefined) functions.set(owner, Math.max(functions.get(owner) ?? 0, score));
  }
  return (node) => {
    const owner = functionOf(node);
    return Math.max(byLine.get(lineOf(node)) ?? 0, owner ? (functions.get(owner) ?? 0) / 3 : 0);
  };
}

function suspectsWithoutStack(code: readonly ts.Node[], hints: Hints): (node: ts.Node) => number {
  const notJson = hints.failures.some(({ errorName }) => errorName === "OutputNotJson");
  if (!notJson) return () => 0.5;
  const dividing = new Set<ts.Node>();
  for (const node of descend(code))
    if (ts.isBinaryExpression(node) && ["/", "%", "/=", "%="].includes(node.operatorToken.getText())) {
      for (let near: ts.Node | undefined = node; near && !ts.isFunctionLike(near); near = near.parent) {
        dividing.add(near);
        if (ts.isStatement(near)) break;
      }
    }
  return (node) => (ts.findAncestor(node, (near) => dividing.has(near)) ? 1 : 0.2);
}
