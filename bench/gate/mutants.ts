/** Every source that differs from a given one by a single edit of the kinds that mutation testing makes. */
import ts from "typescript";

const SWAPS: readonly (readonly string[])[] = [
  ["<", "<=", ">", ">="],
  ["===", "!=="],
  ["==", "!="],
  ["+", "-", "*", "/"],
  ["%", "/"],
  ["&&", "||"],
  ["+=", "-=", "*="],
  ["&", "|", "^"],
  ["<<", ">>", ">>>"],
];
const METHODS: readonly (readonly string[])[] = [
  ["max", "min"],
  ["floor", "ceil", "round", "trunc"],
  ["toUpperCase", "toLowerCase"],
  ["some", "every"],
  ["push", "unshift"],
  ["pop", "shift"],
  ["indexOf", "lastIndexOf"],
  ["startsWith", "endsWith"],
  ["add", "delete"],
];

/** The mutants, each with what was done, no two alike. */
export function mutantsOf(source: string): { readonly source: string; readonly edit: string }[] {
  const file = ts.createSourceFile("m.ts", source, ts.ScriptTarget.ES2024, true, ts.ScriptKind.TS);
  const found = new Map<string, string>();
  const replace = (node: ts.Node, text: string, edit: string) => {
    const mutant = source.slice(0, node.getStart(file)) + text + source.slice(node.end);
    if (mutant !== source && !found.has(mutant)) found.set(mutant, edit);
  };
  const names = namesOf(file);
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken.getText(file);
      for (const family of SWAPS) {
        if (family.includes(operator)) for (const other of family) replace(node.operatorToken, other, "operator");
      }
      if (operator === "&&" || operator === "||" || operator === "+" || operator === "-") {
        replace(node, node.left.getText(file), "operand dropped");
        replace(node, node.right.getText(file), "operand dropped");
      }
      if (operator === "-" || operator === "/" || operator === "%" || operator === "<") {
        replace(node, `${node.right.getText(file)} ${operator} ${node.left.getText(file)}`, "operands swapped");
      }
    } else if (ts.isNumericLiteral(node)) {
      const value = Number(node.text);
      for (const other of [value + 1, value - 1, 0, 1])
        replace(node, other < 0 ? `(${other})` : String(other), "constant");
    } else if (ts.isStringLiteral(node)) {
      replace(node, node.text === "" ? '" "' : '""', "constant");
    } else if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
      replace(node, node.kind === ts.SyntaxKind.TrueKeyword ? "false" : "true", "constant");
    } else if (ts.isIdentifier(node) && isUse(node)) {
      for (const other of names.get(ownerOf(node)) ?? []) replace(node, other, "name");
    } else if (ts.isCallExpression(node)) {
      visitCall(node);
    } else if (ts.isIfStatement(node) || ts.isWhileStatement(node)) {
      replace(node.expression, `!(${node.expression.getText(file)})`, "condition negated");
    } else if (ts.isConditionalExpression(node)) {
      replace(node.condition, `!(${node.condition.getText(file)})`, "condition negated");
    } else if (ts.isReturnStatement(node) && node.expression !== undefined) {
      const text = node.expression.getText(file);
      for (const other of [`${text} + 1`, `${text} - 1`, `!(${text})`]) replace(node.expression, other, "return");
      if (ts.isArrayLiteralExpression(node.expression)) replace(node.expression, "[]", "return");
    }
    if (
      (ts.isExpressionStatement(node) || ts.isIfStatement(node) || ts.isReturnStatement(node)) &&
      ts.isBlock(node.parent)
    ) {
      replace(node, "", "statement dropped");
    }
    node.forEachChild(visit);
  };
  const visitCall = (node: ts.CallExpression) => {
    const callee = node.expression;
    if (ts.isPropertyAccessExpression(callee)) {
      for (const family of METHODS) {
        if (family.includes(callee.name.text)) for (const other of family) replace(callee.name, other, "method");
      }
      if (node.arguments.length === 0) replace(node, callee.expression.getText(file), "call dropped");
    }
    const [first, second] = node.arguments;
    if (first !== undefined && second !== undefined) {
      const text = [second, first, ...node.arguments.slice(2)].map((one) => one.getText(file)).join(", ");
      replace(node, `${callee.getText(file)}(${text})`, "arguments swapped");
    }
  };
  visit(file);
  return [...found].map(([mutant, edit]) => ({ source: mutant, edit }));
}

/** Variables and parameters, by the function that holds them. */
function namesOf(file: ts.SourceFile): Map<ts.Node, Set<string>> {
  const names = new Map<ts.Node, Set<string>>();
  const visit = (node: ts.Node): void => {
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && ts.isIdentifier(node.name)) {
      const owner = ownerOf(node);
      names.set(owner, (names.get(owner) ?? new Set()).add(node.name.text));
    }
    node.forEachChild(visit);
  };
  visit(file);
  return names;
}

function ownerOf(node: ts.Node): ts.Node {
  let owner = node.parent;
  while (owner.parent !== undefined && !ts.isFunctionDeclaration(owner)) owner = owner.parent;
  return owner;
}

function isUse(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return "initializer" in parent && parent.initializer === node;
  if (ts.isFunctionLike(parent) || ts.isPropertyAssignment(parent))
    return ts.isArrowFunction(parent) && parent.body === node;
  return !ts.isCallExpression(parent) || parent.expression !== node;
}
