/** Where the parts of a tool's definition stand in its source, so that a message about one can name a line. */
import ts from "typescript";
import { definitionOf, parseTool } from "./tool-syntax.ts";

export type DefinitionLines = {
  /** Line of the part at a path of members from the definition, or of the nearest part above it that is written down. */
  at(path: readonly string[]): number;
  /** Line of the test case with this description, or of the list that it is missing from. */
  ofCase(description: string): number;
};

/** Reads the lines of a source; lines count from 1. */
export function definitionLines(source: string): DefinitionLines {
  const file = parseTool(source);
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const definition = definitionOf(file);
  const start = definition === null ? 1 : lineOf(definition);

  /** The line of the last part of the path that is there, and that part's value where the whole path is. */
  function find(path: readonly string[]): { line: number; value: ts.Expression | null } {
    let line = start;
    let value: ts.Expression | null = definition;
    for (const name of path) {
      const part = value === null ? null : partOf(meantBy(value, file), name);
      if (part === null) return { line, value: null };
      line = lineOf(part);
      value = ts.isPropertyAssignment(part)
        ? part.initializer
        : ts.isShorthandPropertyAssignment(part)
          ? part.name
          : ts.isExpression(part)
            ? part
            : null;
    }
    return { line, value };
  }

  return {
    at: (path) => find(path).line,
    ofCase(description) {
      const { line, value } = find(["testCases"]);
      const list = value === null ? null : meantBy(value, file);
      if (list === null || !ts.isArrayLiteralExpression(list)) return line;
      const found = list.elements.find((element) => {
        const said = partOf(meantBy(element, file), "description");
        return (
          said !== null &&
          ts.isPropertyAssignment(said) &&
          ts.isStringLiteralLike(said.initializer) &&
          said.initializer.text === description
        );
      });
      return found === undefined ? line : lineOf(found);
    },
  };
}

/** A member of an object or an element of a list, as it is written. */
function partOf(value: ts.Expression, name: string): ts.ObjectLiteralElementLike | ts.Expression | null {
  if (ts.isArrayLiteralExpression(value)) return value.elements[Number(name)] ?? null;
  if (!ts.isObjectLiteralExpression(value)) return null;
  const named = ({ name: own }: ts.ObjectLiteralElementLike): boolean =>
    own !== undefined && (ts.isIdentifier(own) || ts.isStringLiteralLike(own)) && own.text === name;
  // The last one counts, as it does when the source runs.
  return value.properties.findLast(named) ?? null;
}

/** What an expression stands for: types left out, and a name that is declared at the top followed to its value, once. */
function meantBy(expression: ts.Expression, file: ts.SourceFile): ts.Expression {
  const bare = withoutTypes(expression);
  if (!ts.isIdentifier(bare)) return bare;
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations)
      if (ts.isIdentifier(name) && name.text === bare.text && initializer !== undefined)
        return withoutTypes(initializer);
  }
  return bare;
}

function withoutTypes(expression: ts.Expression): ts.Expression {
  const wrapped =
    ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression);
  return wrapped ? withoutTypes(expression.expression) : expression;
}
