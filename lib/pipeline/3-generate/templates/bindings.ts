/** Which name of the source stands for which part of the tool's input. */

import ts from "typescript";
import type { Json } from "#lib/core/json.ts";
import { bare, descend } from "./syntax.ts";

/** Member names from the input down. */
export type InputPath = readonly string[];
export type Bindings = {
  /** The part of the input that an expression stands for, or null. */
  pathOf(expression: ts.Expression): InputPath | null;
  /** An expression that reads a path where `run` begins, or null. */
  expressionOf(path: InputPath): string | null;
  /** The name of the whole input, where it has one. */
  readonly inputName: string | null;
};

/** Follows parameters, destructuring and plain constants of `run`; names declared twice stand for nothing. */
export function bindInput(run: ts.FunctionLikeDeclaration): Bindings {
  const paths = new Map<string, InputPath | null>();
  const declare = (name: string, path: InputPath) => {
    paths.set(name, paths.has(name) ? null : path);
  };
  const bindPattern = (name: ts.BindingName, path: InputPath): void => {
    if (ts.isIdentifier(name)) declare(name.text, path);
    if (!ts.isObjectBindingPattern(name)) return;
    for (const element of name.elements) {
      if (element.dotDotDotToken) continue;
      const member = (element.propertyName ?? element.name).getText().replace(/^["']|["']$/g, "");
      bindPattern(element.name, [...path, member]);
    }
  };
  const pathOf = (expression: ts.Expression): InputPath | null => {
    const inner = bare(expression);
    if (ts.isIdentifier(inner)) return paths.get(inner.text) ?? null;
    if (ts.isPropertyAccessExpression(inner)) {
      const owner = pathOf(inner.expression);
      return owner && [...owner, inner.name.text];
    }
    if (ts.isElementAccessExpression(inner) && ts.isLiteralExpression(inner.argumentExpression)) {
      const owner = pathOf(inner.expression);
      return owner && [...owner, inner.argumentExpression.text];
    }
    if (ts.isCallExpression(inner) && inner.arguments.length === 1 && inner.arguments[0] !== undefined)
      return ["Number", "String", "Math.abs"].includes(inner.expression.getText()) ? pathOf(inner.arguments[0]) : null;
    if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
      return pathOf(inner.left);
    return null;
  };
  const parameter = run.parameters[0];
  if (parameter) bindPattern(parameter.name, []);
  if (run.body)
    for (const node of descend([run.body])) {
      if (!ts.isVariableDeclaration(node)) continue;
      const path = node.initializer && pathOf(node.initializer);
      if (path) bindPattern(node.name, path);
      else for (const name of boundNames(node.name)) if (paths.has(name)) paths.set(name, null);
    }
  const inputName = parameter && ts.isIdentifier(parameter.name) ? parameter.name.text : null;
  return { pathOf, inputName, expressionOf: (path) => expressionOf(path, inputName, paths) };
}

/** Longest bound name that leads to the path, then members; `?.` where a parent may be missing. */
function expressionOf(
  path: InputPath,
  inputName: string | null,
  paths: ReadonlyMap<string, InputPath | null>,
): string | null {
  let best: { name: string; rest: InputPath } | null = inputName === null ? null : { name: inputName, rest: path };
  for (const [name, bound] of paths) {
    if (bound === null || bound.length > path.length || bound.some((member, at) => member !== path[at])) continue;
    const rest = path.slice(bound.length);
    if (best === null || rest.length < best.rest.length) best = { name, rest };
  }
  if (best === null || best.rest.some((member) => !/^[A-Za-z_$][\w$]*$/.test(member))) return null;
  return best.rest.reduce((text, member, at) => `${text}${at === 0 ? "." : "?."}${member}`, best.name);
}

/** Names that a pattern declares. */
export function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}

/** The value at a path, `undefined` where there is none. */
export function valueAt(input: Json, path: InputPath): Json | undefined {
  let value: Json | undefined = input;
  for (const member of path) {
    if (value === null || typeof value !== "object") {
      if (member === "length" && typeof value === "string") value = value.length;
      else return undefined;
    } else if (Array.isArray(value)) value = member === "length" ? value.length : value[Number(member)];
    else value = Object.hasOwn(value, member) ? value[member] : undefined;
  }
  return value;
}
