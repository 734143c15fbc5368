/** Places a refusal just before an operation that would fail, where the operation would really be reached. */
import ts from "typescript";
import { boundNames, type InputPath, valueAt } from "./bindings.ts";
import type { Edit, Site } from "./repair.ts";
import { bare, descend, functionOf, indentAt, isPlain, namesIn, quoted, startsItsLine } from "./syntax.ts";

const LONGEST_LINE = 120;

export type Refusal = { readonly condition: string; readonly code: string; readonly message: string };

/**
 * Edits that refuse before `operation` is evaluated, or null where no place keeps the meaning of the code.
 * Conditions that lead to the operation inside its own statement (`a ? x / y : z`) become part of the guard.
 */
export function placeGuard(site: Site, operation: ts.Expression, refusal: Refusal): Edit[] | null {
  const owner = ts.findAncestor(operation, (node) => ts.isStatement(node) || isArrowBody(node));
  if (owner === undefined) return null;
  const condition = guardedBy(operation, owner, refusal.condition);
  if (condition === null) return null;
  if (!ts.isStatement(owner)) return guardArrow(site, owner as ts.Expression, { ...refusal, condition });
  if (ts.isIfStatement(owner.parent) && owner.parent.elseStatement === owner && ts.isIfStatement(owner)) return null;
  if (ts.isIterationStatement(owner, false) && !readOnceBefore(owner, operation)) return null;
  if (ts.isVariableStatement(owner) && usesNamesOf(owner, condition)) return null;
  return guardStatement(site, owner, { ...refusal, condition });
}

/** A guard as the first thing that `run` does, or null where `run` has no block to put it in. */
export function placeAtEntry(site: Site, refusal: Refusal): Edit[] | null {
  const body = site.run.body;
  if (body === undefined) return null;
  if (!ts.isBlock(body)) return guardArrow(site, body, refusal);
  const first = body.statements[0];
  return first ? guardStatement(site, first, refusal) : null;
}

/** A guard directly before a statement of a block. */
export function placeBefore(site: Site, statement: ts.Statement, refusal: Refusal): Edit[] {
  return guardStatement(site, statement, refusal);
}

function isArrowBody(node: ts.Node): boolean {
  return ts.isArrowFunction(node.parent) && node.parent.body === node && !ts.isBlock(node);
}

/** Parts of a loop's head that are evaluated once, before the loop. */
function readOnceBefore(loop: ts.IterationStatement, operation: ts.Node): boolean {
  const within = (part: ts.Node | undefined) =>
    part !== undefined && part.pos <= operation.pos && operation.end <= part.end;
  if (ts.isForStatement(loop)) return within(loop.initializer);
  return (ts.isForOfStatement(loop) || ts.isForInStatement(loop)) && within(loop.expression);
}

function usesNamesOf(statement: ts.VariableStatement, condition: string): boolean {
  const expression = ts.createSourceFile("c.ts", condition, ts.ScriptTarget.ES2024, true);
  const used = namesIn(expression);
  return statement.declarationList.declarations.some((declaration) =>
    boundNames(declaration.name).some((name) => used.has(name)),
  );
}

/** Adds to `condition` what must hold inside the statement for the operation to be evaluated. */
function guardedBy(operation: ts.Node, owner: ts.Node, condition: string): string | null {
  const demands: string[] = [];
  for (let node = operation; node !== owner; node = node.parent) {
    const demand = demandOf(node);
    if (demand === null) return null;
    if (demand !== "") demands.unshift(demand);
  }
  return [...demands, condition].join(" && ");
}

/** What the parent demands for this child to be evaluated: "" for nothing, null for something that cannot be said. */
function demandOf(node: ts.Node): string | null {
  const parent = node.parent;
  if (ts.isConditionalExpression(parent) && node !== parent.condition)
    return demandText(parent.condition, node === parent.whenTrue);
  if (ts.isBinaryExpression(parent) && node === parent.right) {
    const kind = parent.operatorToken.kind;
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken) return demandText(parent.left, true);
    if (kind === ts.SyntaxKind.BarBarToken) return demandText(parent.left, false);
    if (kind === ts.SyntaxKind.QuestionQuestionToken)
      return isPlain(parent.left) ? `${parent.left.getText()} == null` : null;
  }
  return "";
}

function demandText(expression: ts.Expression, wanted: boolean): string | null {
  if (!isPlain(expression)) return null;
  const text = bare(expression).getText();
  if (wanted) return /\|\||\?\?/.test(text) ? `(${text})` : text;
  return /^[\w.]+$/.test(text) ? `!${text}` : `!(${text})`;
}

function throwText(site: Site, refusal: Refusal): string {
  const { style } = site;
  return `throw new ToolError(${quoted(refusal.code, style)}, ${quoted(refusal.message, style)})${style.semicolon}`;
}

/** The guard's lines, the first without indentation. */
function guardText(site: Site, refusal: Refusal, indent: string): string {
  const { newline, unit } = site.style;
  const oneLine = `if (${refusal.condition}) ${throwText(site, refusal)}`;
  if (indent.length + oneLine.length <= LONGEST_LINE) return oneLine;
  return `if (${refusal.condition}) {${newline}${indent}${unit}${throwText(site, refusal)}${newline}${indent}}`;
}

function guardStatement(site: Site, statement: ts.Statement, refusal: Refusal): Edit[] {
  const { source, style } = site;
  const start = statement.getStart();
  const indent = indentAt(source, start);
  const listed =
    ts.isBlock(statement.parent) || ts.isSourceFile(statement.parent) || ts.isCaseOrDefaultClause(statement.parent);
  if (listed && startsItsLine(source, start))
    return [{ start, end: start, text: `${guardText(site, refusal, indent)}${style.newline}${indent}` }];
  const inner = indent + style.unit;
  const guard = `${style.newline}${inner}${guardText(site, refusal, inner)}${style.newline}${inner}`;
  const lead = source.slice(0, start).match(/[ \t]*$/)?.[0].length ?? 0;
  if (listed) return [{ start: start - lead, end: start, text: guard }];
  const opening = startsItsLine(source, start) ? "{" : " {";
  return [
    { start: startsItsLine(source, start) ? start : start - lead, end: start, text: `${opening}${guard}` },
    { start: statement.getEnd(), end: statement.getEnd(), text: `${style.newline}${indent}}` },
  ];
}

/** Gives an arrow function with an expression for a body a block: guard, then return. */
function guardArrow(site: Site, body: ts.Expression, refusal: Refusal): Edit[] {
  const { source, style } = site;
  const indent = indentAt(source, body.getStart());
  const inner = indent + style.unit;
  const result = ts.isParenthesizedExpression(body) ? body.expression : body;
  const text =
    `{${style.newline}${inner}${guardText(site, refusal, inner)}${style.newline}` +
    `${inner}return ${result.getText()}${style.semicolon}${style.newline}${indent}}`;
  return [{ start: body.getStart(), end: body.getEnd(), text }];
}

/**
 * The code that a refusal should carry: what a base case asks for on such an input, else the standard word.
 * @param matches whether an input is one that the guard would refuse; null when that cannot be told
 */
export function codeFor(site: Site, standard: string, matches: ((input: InputPathReader) => boolean) | null): string {
  const codes = site.hints.refusals.filter(({ code }) => /^[a-z][a-z0-9_.-]*$/.test(code));
  if (matches !== null) return codes.find(({ input }) => matches((path) => valueAt(input, path)))?.code ?? standard;
  const unused = codes.filter(
    ({ code }) => !site.source.includes(`ToolError("${code}"`) && !site.source.includes(`ToolError('${code}'`),
  );
  return (
    codes.find(({ code }) => code === standard)?.code ?? (unused.length === 1 ? unused[0]?.code : undefined) ?? standard
  );
}

export type InputPathReader = (path: InputPath) => ReturnType<typeof valueAt>;

/** Adds `ToolError` to the import from "whetstone" where a candidate needs it and has it not. */
export function importToolError(site: Site): Edit[] {
  for (const statement of site.file.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    if (statement.moduleSpecifier.text !== "whetstone" || statement.importClause?.phaseModifier !== undefined) continue;
    const named = statement.importClause?.namedBindings;
    if (named === undefined || !ts.isNamedImports(named)) continue;
    if (named.elements.some((element) => element.name.text === "ToolError" && !element.isTypeOnly)) return [];
    const last = named.elements.at(-1);
    if (last) return [{ start: last.getEnd(), end: last.getEnd(), text: ", ToolError" }];
  }
  const { quote, semicolon, newline } = site.style;
  return [{ start: 0, end: 0, text: `import { ToolError } from ${quote}whetstone${quote}${semicolon}${newline}` }];
}

/** Whether a refusal of the same function already stands before the operation with the same condition. */
export function alreadyGuarded(operation: ts.Node, condition: string): boolean {
  const owner = functionOf(operation);
  if (owner === undefined) return false;
  const wanted = condition.replace(/\s+/g, "");
  for (const node of descend([owner]))
    if (ts.isIfStatement(node) && node.pos < operation.pos && node.expression.getText().replace(/\s+/g, "") === wanted)
      return true;
  return false;
}
