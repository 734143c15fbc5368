/** Refuses an empty list or text before the operation that needs at least one element. */
import ts from "typescript";
import { valueAt } from "./bindings.ts";
import { alreadyGuarded, codeFor, placeGuard } from "./place-guard.ts";
import type { Draft, Site, Template } from "./repair.ts";
import { bare, descend, isPlain } from "./syntax.ts";

export const guardEmpty: Template = {
  name: "guard an empty list or text",
  *drafts(site) {
    for (const node of descend(site.code)) {
      const needed = needsElement(node);
      if (needed === null || !isPlain(needed)) continue;
      const draft = guard(site, node as ts.Expression, needed);
      if (draft) yield draft;
    }
  },
};

/** The list that must not be empty for an expression to make sense. */
function needsElement(node: ts.Node): ts.Expression | null {
  if (ts.isCallExpression(node)) {
    const callee = node.expression;
    if (!ts.isPropertyAccessExpression(callee)) return null;
    if (["reduce", "reduceRight"].includes(callee.name.text) && node.arguments.length === 1)
      return bare(callee.expression);
    const spread = node.arguments.find(ts.isSpreadElement);
    if (/^Math\.(max|min)$/.test(callee.getText()) && spread) return listUnder(spread.expression);
    return null;
  }
  const indexed = ts.isElementAccessExpression(node) && !node.questionDotToken;
  return indexed && /^(0|.*\.length - 1)$/.test(node.argumentExpression.getText()) ? bare(node.expression) : null;
}

/** `xs.map(f)` is empty exactly when `xs` is. */
function listUnder(expression: ts.Expression): ts.Expression {
  const inner = bare(expression);
  if (
    ts.isCallExpression(inner) &&
    ts.isPropertyAccessExpression(inner.expression) &&
    inner.expression.name.text === "map"
  )
    return listUnder(inner.expression.expression);
  return inner;
}

function guard(site: Site, node: ts.Expression, list: ts.Expression): Draft | null {
  const name = list.getText();
  const condition = `${name}.length === 0`;
  if (alreadyGuarded(node, condition)) return null;
  const path = site.bindings.pathOf(list);
  const code = codeFor(site, "empty_list", path && ((read) => read([...path, "length"]) === 0));
  const edits = placeGuard(site, node, { condition, code, message: `${name} is empty` });
  const seen = path !== null && site.hints.failures.some(({ input }) => valueAt(input, [...path, "length"]) === 0);
  return (
    edits && {
      edits,
      rationale: `The code needs at least one element of ${name}, which can be empty. The tool now refuses an empty one with the code ${code}.`,
      weight: seen ? 0 : path === null ? 1.5 : 3,
    }
  );
}
