/**
 * Finds what makes a failure look like an answer: swallows, defaults and special cases that a candidate introduced.
 * Purely syntactic, so it says where to look; a value that a case, feedback or postcondition confirms is not judged here.
 */
import ts from "typescript";
import { alwaysThrows, alwaysThrowsExpression, alwaysThrowsFunction } from "./always-throws.ts";
import { compare } from "./comparison.ts";
import type { Json } from "./json.ts";
import { isFixed, staticValue } from "./static-value.ts";
import { inCatch, memberOf, parseTool, runOf } from "./tool-syntax.ts";

export type Mask = {
  readonly kind: "swallow" | "default" | "special_case";
  /** Line of the candidate, from 1. */
  readonly line: number;
  readonly text: string;
  /** The whole answer that this place gives, where the syntax says it. */
  readonly answer?: Json;
  /** Literals of the comparison, for a special case. */
  readonly literals?: readonly (string | number)[];
};

/** The masks that stand in the candidate and not in the base, in the order of the source. */
export function introducedMasks(baseSource: string, candidateSource: string): Mask[] {
  const known = new Map<string, number>();
  for (const mask of masksOf(baseSource)) known.set(keyOf(mask), (known.get(keyOf(mask)) ?? 0) + 1);
  const words = vocabularyOf(baseSource);
  return masksOf(candidateSource).filter((mask) => {
    if (mask.literals?.every((literal) => words.has(literal))) return false;
    const left = known.get(keyOf(mask)) ?? 0;
    if (left > 0) known.set(keyOf(mask), left - 1);
    return left === 0;
  });
}

/**
 * The first of the masks that can have made an unconfirmed answer, or null. A mask whose whole answer is written in the
 * source must have given just that one; a special case must name a value of this very input.
 */
export function maskBehind(masks: readonly Mask[], input: Json, output: Json): Mask | null {
  const scalars = scalarsOf(input);
  const made = (mask: Mask) => {
    if (mask.kind === "special_case") return mask.literals?.some((literal) => scalars.has(literal)) ?? false;
    return mask.answer === undefined || compare(mask.answer, output).length === 0;
  };
  return masks.find(made) ?? null;
}

/** Literals that the base already writes, its cases left out: words of the tool, such as the values of an enum. */
function vocabularyOf(source: string): Set<string | number> {
  const file = parseTool(source);
  const cases = memberOf(file, "testCases");
  const words = new Set<string | number>();
  const visit = (node: ts.Node): void => {
    if (node === cases) return;
    if (ts.isStringLiteralLike(node)) words.add(node.text);
    if (ts.isNumericLiteral(node)) words.add(Number(node.text));
    node.forEachChild(visit);
  };
  visit(file);
  return words;
}

function keyOf(mask: Mask): string {
  return `${mask.kind} ${mask.text}`;
}

/** Every construct of the kind in a source, wanted or not: `introducedMasks` says which are new. */
function masksOf(source: string): Mask[] {
  const file = parseTool(source);
  const run = runOf(file);
  const masks: Mask[] = [];
  const add = (kind: Mask["kind"], node: ts.Node, more: Partial<Mask> = {}) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    masks.push({ kind, line, text: node.getText(file).replace(/\s+/g, " "), ...more });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCatchClause(node) && !alwaysThrows(node.block)) add("swallow", node);
    else if (isCatchHandler(node) && !alwaysThrowsFunction(node.arguments.at(-1))) add("swallow", node);
    else if (ts.isPropertyAccessExpression(node) && node.getText(file) === "Promise.allSettled") add("swallow", node);
    else if (isOptionalStep(node) && !decidesOnly(node) && !hasDefault(node)) add("swallow", node);
    else if (isClampedDivisor(node) || isPaddedDivisor(node)) add("default", node);
    else if (ts.isBinaryExpression(node)) visitBinary(node, add);
    else if (ts.isConditionalExpression(node)) visitTernary(node, run, add);
    else if (ts.isReturnStatement(node)) visitReturn(node, run, add);
    else if (ts.isCaseClause(node)) addSpecialCase(node.expression, [node.expression], add);
    else if (isMembershipTest(node)) addSpecialCase(node, literalElements(node), add);
    else if ((ts.isBindingElement(node) || ts.isParameter(node)) && node.initializer) add("default", node);
    node.forEachChild(visit);
  };
  // Schemas, cases and the rest of the manifest are data; only code can mask.
  for (const code of codeOf(file, run)) visit(code);
  return masks;
}

type Add = (kind: Mask["kind"], node: ts.Node, more?: Partial<Mask>) => void;

/** `run` itself and everything at the top that is not the tool's definition. */
function codeOf(file: ts.SourceFile, run: ts.Node | null): ts.Node[] {
  const rest = file.statements.filter(
    (statement) => !ts.isExportAssignment(statement) && !ts.isImportDeclaration(statement),
  );
  return run === null ? rest : [...rest, run];
}

function visitBinary(node: ts.BinaryExpression, add: Add): void {
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.QuestionQuestionToken:
    case ts.SyntaxKind.QuestionQuestionEqualsToken:
    case ts.SyntaxKind.BarBarEqualsToken:
      if (!alwaysThrowsExpression(node.right) && !decidesOnly(node)) add("default", node);
      return;
    case ts.SyntaxKind.BarBarToken:
      if (!isCondition(node) && !decidesOnly(node)) add("default", node);
      return;
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsToken:
      addSpecialCase(node, [node.left, node.right], add);
      return;
    case ts.SyntaxKind.EqualsToken:
      if (underCondition(node) && staticValue(node.right) !== undefined) add("default", node);
  }
}

function visitTernary(node: ts.ConditionalExpression, run: ts.Node | null, add: Add): void {
  if (isCondition(node)) return;
  // With literals on both ways nothing was skipped: `index < extra ? 1 : 0` is a computation.
  const fixed = [node.whenTrue, node.whenFalse].filter(isFixed);
  const [branch] = fixed;
  if (branch === undefined || fixed.length === 2) return;
  const value = staticValue(branch);
  const whole = ts.isReturnStatement(node.parent) && ownerOf(node) === run && value !== undefined;
  add("default", node, whole ? { answer: value } : {});
}

function visitReturn(node: ts.ReturnStatement, run: ts.Node | null, add: Add): void {
  // What a catch gives back is reported as the swallow that it is.
  const owner = ownerOf(node);
  if (inCatch(node) || (owner !== undefined && ts.isCallExpression(owner.parent))) return;
  if (node.expression === undefined ? owner !== run : !isFixed(node.expression)) return;
  const value = node.expression === undefined ? undefined : staticValue(node.expression);
  add("default", node, owner === run && value !== undefined ? { answer: value } : {});
}

/** Values that every guard compares with; naming one of them singles out no call. */
const COMMON = new Set<string | number>(["", 0, 1, -1, 2, 10, 100]);

function addSpecialCase(node: ts.Node, sides: readonly ts.Expression[], add: Add): void {
  const literals = sides
    .map((side) => staticValue(side))
    .filter((value) => typeof value === "string" || typeof value === "number");
  const named = literals.filter((literal) => !COMMON.has(literal));
  if (named.length > 0) add("special_case", node, { literals: named });
}

function isCatchHandler(node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const name = node.expression.name.text;
  return (name === "catch" && node.arguments.length === 1) || (name === "then" && node.arguments.length === 2);
}

/** `a?.b` turns the exception of a missing `a` into undefined. */
function isOptionalStep(node: ts.Node): boolean {
  return (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)) &&
    node.questionDotToken !== undefined
  );
}

/** `a?.b ?? 0`: what a missing `a` gives is the default, which is found by itself and which known cases can speak for. */
function hasDefault(node: ts.Node): boolean {
  let outer = node;
  while (
    ts.isParenthesizedExpression(outer.parent) ||
    (ts.isOptionalChain(outer.parent) && outer.parent.expression === outer)
  ) {
    outer = outer.parent;
  }
  const { parent } = outer;
  return (
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken &&
    parent.left === outer
  );
}

type MembershipTest = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

/** `["A1", "B2"].includes(id)` and `new Set(["A1"]).has(id)`. */
function isMembershipTest(node: ts.Node): node is MembershipTest {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  return (
    ["includes", "has", "indexOf"].includes(node.expression.name.text) &&
    literalElements(node as MembershipTest).length > 0
  );
}

function literalElements(test: MembershipTest): readonly ts.Expression[] {
  const subject = test.expression.expression;
  const list = ts.isNewExpression(subject) ? subject.arguments?.[0] : subject;
  return list !== undefined && ts.isArrayLiteralExpression(list) ? list.elements : [];
}

/** `x / Math.max(1, n)`: a divisor that cannot be zero any more. */
function isClampedDivisor(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !/^Math\.(max|min)$/.test(node.expression.getText())) return false;
  let outer: ts.Node = node;
  while (ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
  return (
    ts.isBinaryExpression(outer.parent) &&
    outer.parent.right === outer &&
    outer.parent.operatorToken.kind === ts.SyntaxKind.SlashToken &&
    node.arguments.some((argument) => staticValue(argument) !== undefined)
  );
}

/** So little that it changes no answer but the one of a zero. */
const TINY = 1e-6;

/** `x / (n + 1e-9)`: a zero that is divided by all the same. */
function isPaddedDivisor(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return false;
  const tiny = [node.left, node.right].map((side) => staticValue(side)).some(isTiny);
  let outer: ts.Node = node;
  while (ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
  const parent = outer.parent;
  return (
    tiny &&
    ts.isBinaryExpression(parent) &&
    parent.right === outer &&
    parent.operatorToken.kind === ts.SyntaxKind.SlashToken
  );
}

function isTiny(value: Json | undefined): boolean {
  return typeof value === "number" && value !== 0 && Math.abs(value) < TINY;
}

function isCondition(node: ts.Expression): boolean {
  const parent = node.parent;
  if (ts.isParenthesizedExpression(parent)) return isCondition(parent);
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === node;
  if (ts.isForStatement(parent)) return parent.condition === node;
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  if (!ts.isBinaryExpression(parent)) return false;
  const kind = parent.operatorToken.kind;
  const logical = kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
  return logical && (isCondition(parent) || (parent.left === node && kind === ts.SyntaxKind.AmpersandAmpersandToken));
}

/** Inside what an `if`, a loop or a `?` asks: it chooses a way, and no answer is made of it. */
function decidesOnly(node: ts.Node): boolean {
  let inner = node;
  for (
    let outer = node.parent;
    !ts.isStatement(inner) && !ts.isFunctionLike(outer);
    inner = outer, outer = outer.parent
  ) {
    if ((ts.isIfStatement(outer) || ts.isWhileStatement(outer)) && outer.expression === inner) return true;
    if (ts.isConditionalExpression(outer) && outer.condition === inner) return true;
  }
  return false;
}

function underCondition(node: ts.Node): boolean {
  const owner = ts.findAncestor(
    node.parent,
    (outer) => ts.isFunctionLike(outer) || ts.isIfStatement(outer) || ts.isCaseOrDefaultClause(outer),
  );
  return owner !== undefined && !ts.isFunctionLike(owner);
}

function ownerOf(node: ts.Node): ts.Node | undefined {
  return ts.findAncestor(node.parent, ts.isFunctionLike);
}

/** Every string and number in an input, at any depth. */
function scalarsOf(input: Json): Set<Json> {
  if (Array.isArray(input)) return new Set(input.flatMap((item) => [...scalarsOf(item)]));
  if (input !== null && typeof input === "object")
    return new Set(Object.values(input).flatMap((item) => [...scalarsOf(item)]));
  return new Set(typeof input === "string" || typeof input === "number" ? [input] : []);
}
