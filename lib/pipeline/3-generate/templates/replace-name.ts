/** Reads another name of the same function where the wrong one was taken. */
import ts from "typescript";
import { boundNames } from "./bindings.ts";
import type { Template } from "./repair.ts";
import { descend, functionOf, replace } from "./syntax.ts";

export const replaceName: Template = {
  name: "replace a name",
  *drafts(site) {
    const declared = declaredNames(site.code);
    for (const node of descend(site.code)) {
      if (!ts.isIdentifier(node) || !declared.has(node.text) || !isRead(node)) continue;
      for (const [name, scope] of declared) {
        if (name === node.text || !sees(node, scope)) continue;
        yield {
          edits: [replace(node, name)],
          rationale: `\`${node.parent.getText().slice(0, 80)}\` now reads ${name} in place of ${node.text}: names of one function are easily mixed up.`,
          weight: 6.5,
        };
      }
    }
  },
};

/** Variables and parameters with the function that declares them. */
function declaredNames(code: readonly ts.Node[]): Map<string, ts.Node> {
  const names = new Map<string, ts.Node>();
  for (const node of descend(code)) {
    if (!ts.isVariableDeclaration(node) && !ts.isParameter(node)) continue;
    const scope = functionOf(node);
    if (scope) for (const name of boundNames(node.name)) names.set(name, scope);
  }
  names.delete("ctx");
  return names;
}

function sees(node: ts.Node, scope: ts.Node): boolean {
  return scope.pos <= node.pos && node.end <= scope.end;
}

/** Whether an identifier is read here, and is not a declaration, a member's name or the target of an assignment. */
function isRead(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent) || ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent) || ts.isTypeNode(parent) || ts.isFunctionLike(parent)) return false;
  return true;
}
