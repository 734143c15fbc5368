/** Code that cannot end but by throwing. */
import ts from "typescript";

/** Whether a block cannot be left but by a throw. Loops are not trusted to. */
export function alwaysThrows(statement: ts.Statement): boolean {
  if (ts.isThrowStatement(statement)) return true;
  if (ts.isBlock(statement)) {
    const last = statement.statements.at(-1);
    return last !== undefined && alwaysThrows(last) && !statement.statements.some(containsReturn);
  }
  if (ts.isIfStatement(statement)) {
    return (
      statement.elseStatement !== undefined &&
      alwaysThrows(statement.thenStatement) &&
      alwaysThrows(statement.elseStatement)
    );
  }
  return false;
}

function containsReturn(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return ts.isReturnStatement(node) || (ts.forEachChild(node, (child) => containsReturn(child) || undefined) ?? false);
}

/** The same of a function that is written on the spot. */
export function alwaysThrowsFunction(handler: ts.Expression | undefined): boolean {
  if (handler === undefined || !(ts.isArrowFunction(handler) || ts.isFunctionExpression(handler))) return false;
  return ts.isBlock(handler.body) && alwaysThrows(handler.body);
}

/** `x ?? fail()` where `fail` is an arrow that is called on the spot and throws. */
export function alwaysThrowsExpression(expression: ts.Expression): boolean {
  if (!ts.isCallExpression(expression)) return false;
  const called = expression.expression;
  return alwaysThrowsFunction(ts.isParenthesizedExpression(called) ? called.expression : called);
}
