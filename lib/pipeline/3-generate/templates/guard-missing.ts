/** Refuses a value that is not there before one of its members is read. */
import ts from "typescript";
import { valueAt } from "./bindings.ts";
import { alreadyGuarded, codeFor, placeGuard } from "./place-guard.ts";
import type { Draft, Site, Template } from "./repair.ts";
import { bare, descend, indentAt, isPlain, quoted, replace } from "./syntax.ts";

/** What engines say when a member of nothing is read; the group is the member's name. */
const READING = /(?:reading|setting) '([^']+)'/;
/** Where the engine says which expression was missing. */
const MISSING = /^Cannot destructure property '[^']*' of '(.+)' as|^(.+) is not iterable/;

export const guardMissing: Template = {
  name: "guard a missing value",
  *drafts(site) {
    const wanted = membersRead(site);
    if (wanted === null) return;
    for (const node of descend(site.code)) {
      const owner = ownerOf(node);
      if (owner === null || (wanted.size > 0 && !wanted.has(owner.member))) continue;
      const draft = isPlain(owner.object) ? guardPlain(site, owner) : guardCall(site, owner);
      if (draft) yield draft;
    }
  },
};

type Owner = { readonly node: ts.Expression; readonly object: ts.Expression; readonly member: string };

/** An expression that fails on null or undefined, with the part that must be there. */
export function ownerOf(node: ts.Node): Owner | null {
  if (ts.isPropertyAccessExpression(node) && !node.questionDotToken)
    return { node, object: bare(node.expression), member: node.name.text };
  if (ts.isElementAccessExpression(node) && !node.questionDotToken) {
    const key = bare(node.argumentExpression);
    return { node, object: bare(node.expression), member: ts.isLiteralExpression(key) ? key.text : "" };
  }
  if (ts.isSpreadElement(node) || ts.isForOfStatement(node))
    return { node: node.expression, object: bare(node.expression), member: "" };
  if (ts.isVariableDeclaration(node) && !ts.isIdentifier(node.name) && node.initializer)
    return { node: node.initializer, object: bare(node.initializer), member: "" };
  return null;
}

/** Members that the failures tripped over; empty when they did not say; null when none is of this kind. */
export function membersRead(site: Site): Set<string> | null {
  const relevant = site.hints.failures.filter(
    ({ errorName, message }) => errorName === "TypeError" && /undefined|null|iterable|not an object/.test(message),
  );
  if (relevant.length === 0) return null;
  const names = relevant.map(({ message }) => READING.exec(message)?.[1]);
  return new Set(names.every((name) => name !== undefined) ? (names as string[]) : []);
}

function guardPlain(site: Site, { node, object }: Owner): Draft | null {
  const name = object.getText();
  if (
    ts.isLiteralExpression(object) ||
    name === site.bindings.inputName ||
    /^(ctx|Math|Number|JSON|Object|Array|Intl|String|Date)$/.test(name)
  )
    return null;
  const path = site.bindings.pathOf(object);
  const condition = `${name} == null`;
  if (alreadyGuarded(node, condition)) return null;
  const code = codeFor(site, "missing_field", path && ((read) => (read(path) ?? null) === null));
  const edits = placeGuard(site, node, { condition, code, message: `${name} is missing` });
  const seen = path !== null && site.hints.failures.some(({ input }) => (valueAt(input, path) ?? null) === null);
  const named = site.hints.failures.some(({ message }) => {
    const said = MISSING.exec(message);
    return said !== null && (said[1] ?? said[2]) === name;
  });
  return edits && { edits, rationale: rationaleFor(name, code), weight: seen || named ? 0 : path === null ? 0.5 : 2 };
}

/** The object is computed (`rows.find(…).price`): names it first, then guards the name. */
function guardCall(site: Site, { node, object }: Owner): Draft | null {
  const { source, style } = site;
  const statement = ts.findAncestor(node, ts.isStatement);
  if (statement === undefined || !(ts.isBlock(statement.parent) || ts.isCaseOrDefaultClause(statement.parent)))
    return null;
  if (ts.isIterationStatement(statement, false) || !(ts.isCallExpression(object) || ts.isAwaitExpression(object)))
    return null;
  for (let inner: ts.Node = node; inner !== statement; inner = inner.parent)
    if (ts.isFunctionLike(inner.parent) || ts.isConditionalExpression(inner.parent) || isLogical(inner.parent))
      return null;
  const name = freeName(source);
  const code = codeFor(site, "not_found", null);
  const start = statement.getStart();
  const indent = indentAt(source, start);
  const lines = [
    `const ${name} = ${object.getText()}${style.semicolon}`,
    `if (${name} == null) throw new ToolError(${quoted(code, style)}, ${quoted("Nothing was found for this input", style)})${style.semicolon}`,
    "",
  ];
  return {
    edits: [
      { start, end: start, text: lines.join(style.newline + indent) },
      replace(ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) ? node.expression : node, name),
    ],
    rationale: rationaleFor(`the result of ${object.getText().split("(")[0]}`, code),
    weight: 1,
  };
}

function isLogical(node: ts.Node): boolean {
  return (
    ts.isBinaryExpression(node) &&
    [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken].includes(
      node.operatorToken.kind,
    )
  );
}

function freeName(source: string): string {
  for (const name of ["found", "match", "value", "present"]) if (!new RegExp(`\\b${name}\\b`).test(source)) return name;
  return "foundValue";
}

function rationaleFor(name: string, code: string): string {
  return (
    `A member of ${name} is read although ${name} can be missing. ` +
    `The tool now refuses such a call with the code ${code} before it reads it, instead of failing with a TypeError.`
  );
}
