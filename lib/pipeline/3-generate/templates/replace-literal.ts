/** Turns a truth value round, or takes another text of the same file. */
import ts from "typescript";
import type { Template } from "./repair.ts";
import { descend, quoted, replace } from "./syntax.ts";

const MOST_TEXTS = 12;

export const replaceLiteral: Template = {
  name: "replace a literal",
  *drafts(site) {
    const texts = new Set<string>();
    for (const node of descend(site.code)) if (isText(node)) texts.add(node.text);
    for (const node of descend(site.code)) {
      if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
        const other = node.kind === ts.SyntaxKind.TrueKeyword ? "false" : "true";
        yield {
          edits: [replace(node, other)],
          rationale: `${node.getText()} becomes ${other} here: the two are easily mixed up.`,
          weight: 4.5,
        };
      }
      if (!isText(node)) continue;
      for (const other of ["", " ", ...texts].slice(0, MOST_TEXTS))
        if (other !== node.text)
          yield {
            edits: [replace(node, quoted(other, site.style))],
            rationale: `The text ${node.getText()} becomes ${quoted(other, site.style)} here, another text of this file.`,
            weight: 6.5,
          };
    }
  },
};

/** A text that is a value, and neither a key nor an import. */
function isText(node: ts.Node): node is ts.StringLiteral {
  if (!ts.isStringLiteral(node)) return false;
  const { parent } = node;
  return (
    !(ts.isPropertyAssignment(parent) && parent.name === node) &&
    !ts.isLiteralTypeNode(parent) &&
    !ts.isImportDeclaration(parent)
  );
}
