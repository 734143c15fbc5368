/** What a piece of source is known by among its neighbours, and whether its place among them means anything. */
import ts from "typescript";

/** A declaration's name, a property's, an import's module, a test's title; null where only the text tells. */
export function keyOf(node: ts.Node, file: ts.SourceFile): string | null {
  const text = (part: ts.Node | undefined): string => part?.getText(file) ?? "";
  if (ts.isImportDeclaration(node)) return `import ${text(node.moduleSpecifier)}`;
  if (ts.isExportDeclaration(node))
    return node.moduleSpecifier === undefined ? null : `export ${text(node.moduleSpecifier)}`;
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) return text(node.name);
  if (ts.isVariableStatement(node))
    return `let ${node.declarationList.declarations.map(({ name }) => text(name)).join()}`;
  if (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) return text(node.name);
  if (ts.isGetAccessor(node)) return `get ${text(node.name)}`;
  if (ts.isSetAccessor(node)) return `set ${text(node.name)}`;
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (ts.isObjectLiteralElement(node) || ts.isClassElement(node) || ts.isTypeElement(node))
    return node.name === undefined ? null : `member ${text(node.name)}`;
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node))
    return node.name === undefined ? null : `declare ${text(node.name)}`;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node))
    return `type ${text(node.name)}`;
  if (ts.isCaseClause(node)) return `case ${text(node.expression)}`;
  if (ts.isExpressionStatement(node)) return keyOfExpression(node.expression, file);
  if (ts.isObjectLiteralExpression(node)) return titleOf(node);
  return null;
}

function keyOfExpression(expression: ts.Expression, file: ts.SourceFile): string | null {
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return `set ${expression.left.getText(file)}`;
  if (!ts.isCallExpression(expression)) return null;
  const [first] = expression.arguments;
  return first !== undefined && ts.isStringLiteralLike(first)
    ? `call ${expression.expression.getText(file)} ${first.text}`
    : null;
}

/** Elements of a list of cases are known by their `description` or `name`. */
function titleOf(node: ts.ObjectLiteralExpression): string | null {
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property) || !ts.isIdentifier(property.name)) continue;
    if (["description", "name"].includes(property.name.text) && ts.isStringLiteralLike(property.initializer))
      return `titled ${property.initializer.text}`;
  }
  return null;
}

/** Two of these put in at the same place by two people mean the same in either order. */
export function isOrderFree(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause !== undefined;
  if (ts.isExportDeclaration(node)) return true;
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) return true;
  if (ts.isFunctionDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node) || ts.isTypeElement(node)) return true;
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node))
    return !ts.isComputedPropertyName(node.name);
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.every(isRequire);
  if (ts.isExpressionStatement(node)) return isTest(node.expression);
  if (ts.isObjectLiteralExpression(node)) return ts.isArrayLiteralExpression(node.parent) && titleOf(node) !== null;
  return false;
}

function isRequire({ initializer }: ts.VariableDeclaration): boolean {
  let value = initializer;
  while (value !== undefined && ts.isPropertyAccessExpression(value)) value = value.expression;
  return (
    value !== undefined &&
    ts.isCallExpression(value) &&
    ts.isIdentifier(value.expression) &&
    value.expression.text === "require"
  );
}

/** `it("…", …)` and its kin, as test runners know them. */
function isTest(expression: ts.Expression): boolean {
  if (!ts.isCallExpression(expression) || !ts.isIdentifier(expression.expression)) return false;
  return ["describe", "it", "test"].includes(expression.expression.text) && expression.arguments.length >= 2;
}
