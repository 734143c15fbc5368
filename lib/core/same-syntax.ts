/** Whether two sources mean the same to a parser: comments, space, semicolons and quotes aside. */
import ts from "typescript";
import { type Language, parse } from "./merge-tree.ts";

/** True where both parse to equal trees; false where one does not parse. */
export function sameSyntax(one: string, other: string, language: Language): boolean {
  const [left, right] = [parse(one, language), parse(other, language)];
  return left !== null && right !== null && treeText(left) === treeText(right);
}

function treeText(node: ts.Node): string {
  const parts: string[] = [];
  const visit = (part: ts.Node): void => {
    if (ts.isEmptyStatement(part)) return;
    parts.push(`${part.kind}`);
    if (ts.isIdentifier(part) || ts.isPrivateIdentifier(part) || ts.isLiteralExpression(part))
      parts.push(JSON.stringify(part.text));
    else if (ts.isTemplateHead(part) || ts.isTemplateMiddleOrTemplateTail(part))
      parts.push(JSON.stringify(part.rawText));
    else if (ts.isPrefixUnaryExpression(part) || ts.isPostfixUnaryExpression(part)) parts.push(`${part.operator}`);
    else if (ts.isVariableDeclarationList(part)) parts.push(`${part.flags & ts.NodeFlags.BlockScoped}`);
    else if (ts.isJsxText(part)) parts.push(JSON.stringify(part.text.trim()));
    parts.push("(");
    ts.forEachChild(part, visit);
    parts.push(")");
  };
  visit(node);
  return parts.join(" ");
}
