/** Whether a merge uses a name that one side declared and the merged source no longer does. */
import ts from "typescript";

/** True where a name that every side which uses it also declares is used and declared nowhere in the merged source. */
export function namesLost(sides: readonly ts.SourceFile[], merged: ts.SourceFile): boolean {
  const result = namesOf(merged);
  const known = sides.map(namesOf);
  for (const name of result.used) {
    if (result.declared.has(name)) continue;
    if (
      known.some(({ declared }) => declared.has(name)) &&
      !known.some((side) => side.used.has(name) && !side.declared.has(name))
    )
      return true;
  }
  return false;
}

type Names = { readonly declared: ReadonlySet<string>; readonly used: ReadonlySet<string> };

function namesOf(file: ts.SourceFile): Names {
  const declared = new Set<string>();
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) (isDeclared(node) ? declared : isUse(node) ? used : ignored).add(node.text);
    ts.forEachChild(node, visit);
  };
  const ignored = new Set<string>();
  visit(file);
  return { declared, used };
}

function isDeclared(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    ((ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionLike(parent) ||
      ts.isClassLike(parent) ||
      ts.isInterfaceDeclaration(parent) ||
      ts.isTypeAliasDeclaration(parent) ||
      ts.isEnumDeclaration(parent) ||
      ts.isModuleDeclaration(parent) ||
      ts.isTypeParameterDeclaration(parent) ||
      ts.isImportClause(parent) ||
      ts.isNamespaceImport(parent) ||
      ts.isImportSpecifier(parent) ||
      ts.isImportEqualsDeclaration(parent)) &&
      parent.name === name) ||
    false
  );
}

/** Names behind a dot, of members and of labels are looked up elsewhere. */
function isUse(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent))
    return !(("name" in parent && parent.name === name) || ("right" in parent && parent.right === name));
  if (ts.isBindingElement(parent)) return parent.propertyName !== name;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === name;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  if (ts.isMetaProperty(parent) || ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  return !(
    ts.isClassElement(parent) ||
    ts.isTypeElement(parent) ||
    ts.isEnumMember(parent) ||
    ts.isJsxAttribute(parent)
  );
}
