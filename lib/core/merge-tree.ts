/** A source as a tree to merge: every character belongs to one leaf, lists are lists, chains of calls lie flat. */
import ts from "typescript";
import { isOrderFree, keyOf } from "./merge-keys.ts";

/** A token with the space and comments that are its own: what stands before it, and behind it on its line. */
export type Leaf = {
  readonly form: "leaf";
  readonly kind: number;
  readonly lead: string;
  readonly text: string;
  readonly trail: string;
  readonly line: number;
} & Sums;

export type Branch = {
  /** `fixed`: children have their places by grammar. `list`: any number of elements, in an order. */
  readonly form: "fixed" | "list";
  readonly kind: number;
  readonly children: readonly MergeNode[];
  /** In lists with separators: the one that follows each element, null where none does. */
  readonly separators: readonly (Leaf | null)[] | null;
  /** Elements stand on lines of their own: statements, members, properties. */
  readonly byLine: boolean;
  /** What an element is known by among its neighbours; null where only its text tells. */
  readonly key: string | null;
  /** Where it stands among its neighbours says nothing. */
  readonly orderFree: boolean;
  readonly line: number;
} & Sums;

type Sums = {
  /** Tokens alone; tokens and comments; everything. */
  readonly code: string;
  readonly words: string;
  readonly raw: string;
};

export type MergeNode = Leaf | Branch;

export type Language = "ts" | "js";

const LINK = -1;
const CHAIN = -2;
const OPERATION = -3;

/** Reads a source as a tree, or null where it does not parse. Joining the leaves gives the source byte for byte. */
export function readMergeTree(source: string, language: Language): Branch | null {
  const file = parse(source, language);
  if (file === null) return null;
  const reader = leafReader(file);
  const tree = branchOf(file, reader);
  return tree.form === "leaf" ? null : tree;
}

/** Parses without looking at types; null where the grammar is broken. */
export function parse(source: string, language: Language): ts.SourceFile | null {
  const [name, kind] = language === "ts" ? ["a.ts", ts.ScriptKind.TS] : ["a.js", ts.ScriptKind.JS];
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.ESNext, true, kind);
  const { parseDiagnostics = [] } = file as ts.SourceFile & { parseDiagnostics?: readonly ts.Diagnostic[] };
  return parseDiagnostics.length > 0 ? null : file;
}

/** All leaves in order. */
export function leavesOf(node: MergeNode): Leaf[] {
  if (node.form === "leaf") return [node];
  return node.children.flatMap((child, index) => {
    const separator = node.separators?.[index] ?? null;
    return separator === null ? leavesOf(child) : [...leavesOf(child), separator];
  });
}

type LeafReader = (token: ts.Node) => Leaf;

function leafReader(file: ts.SourceFile): LeafReader {
  const { text } = file;
  return (token) => {
    const start = token.getStart(file, false);
    const from = token.pos === 0 ? 0 : trailEnd(text, token.pos);
    const to = token.end >= text.length ? token.end : trailEnd(text, token.end);
    const lead = text.slice(Math.min(from, start), start);
    const body = text.slice(start, token.end);
    const trail = text.slice(token.end, to);
    return {
      form: "leaf",
      kind: token.kind,
      lead,
      text: body,
      trail,
      line: file.getLineAndCharacterOfPosition(start).line + 1 - breaksIn(lead.replace(/^\r?\n/, "")),
      code: body,
      words: `${commentsOf(lead)}${body}${commentsOf(trail)}`,
      raw: lead + body + trail,
    };
  };
}

/** Where what belongs to the token before `position` ends: comments on its line count, where the line ends there. */
function trailEnd(text: string, position: number): number {
  const last = ts.getTrailingCommentRanges(text, position)?.at(-1);
  let end = last?.end ?? position;
  while (text[end] === " " || text[end] === "\t") end += 1;
  const closes = end >= text.length || text[end] === "\n" || text[end] === "\r";
  return closes ? end : position;
}

function breaksIn(text: string): number {
  return text.split("\n").length - 1;
}

/** Comments with their space evened out. */
export function commentsOf(trivia: string): string {
  const words = trivia.trim();
  return words === "" ? "" : `${words.replace(/\s+/g, " ")}\n`;
}

function branchOf(node: ts.Node, leaf: LeafReader): MergeNode {
  const file = node.getSourceFile();
  const children = node.getChildren(file).filter((child) => !ts.isJSDoc(child));
  if (children.length === 0 && node.kind !== ts.SyntaxKind.SyntaxList && ts.isTokenKind(node.kind)) return leaf(node);
  if (node.kind === ts.SyntaxKind.SyntaxList) return listOf(node, children, leaf);
  const parts = flatParts(node, leaf);
  if (parts !== null) return build({ form: "list", kind: parts.kind, children: parts.children });
  return build({
    form: "fixed",
    kind: node.kind,
    children: children.map((child) => branchOf(child, leaf)),
    key: keyOf(node, file),
    orderFree: isOrderFree(node),
  });
}

function listOf(list: ts.Node, parts: readonly ts.Node[], leaf: LeafReader): Branch {
  const separates = (part: ts.Node): boolean =>
    part.kind === ts.SyntaxKind.CommaToken ||
    (list.parent.kind === ts.SyntaxKind.UnionType && part.kind === ts.SyntaxKind.BarToken) ||
    (list.parent.kind === ts.SyntaxKind.IntersectionType && part.kind === ts.SyntaxKind.AmpersandToken);
  const children: MergeNode[] = [];
  const separators: (Leaf | null)[] = [];
  for (const part of parts) {
    // A union may begin with its separator: then it is an element of its own, and stays where it is.
    if (separates(part) && children.length > 0 && separators.at(-1) === null)
      separators[separators.length - 1] = leaf(part);
    else {
      children.push(branchOf(part, leaf));
      separators.push(null);
    }
  }
  const separated = parts.some(separates) || isSeparated(list.parent);
  return build({
    form: "list",
    kind: list.parent.kind,
    children,
    separators: separated ? separators : null,
    byLine: isByLine(list),
  });
}

function isSeparated(owner: ts.Node): boolean {
  return (
    ts.isObjectLiteralExpression(owner) ||
    ts.isArrayLiteralExpression(owner) ||
    ts.isCallExpression(owner) ||
    ts.isNewExpression(owner) ||
    ts.isNamedImports(owner) ||
    ts.isNamedExports(owner) ||
    ts.isObjectBindingPattern(owner) ||
    ts.isArrayBindingPattern(owner) ||
    ts.isVariableDeclarationList(owner) ||
    ts.isEnumDeclaration(owner)
  );
}

function isByLine(list: ts.Node): boolean {
  const owner = list.parent;
  return (
    ts.isSourceFile(owner) ||
    ts.isBlock(owner) ||
    ts.isModuleBlock(owner) ||
    ts.isCaseBlock(owner) ||
    ((ts.isClassLike(owner) || ts.isInterfaceDeclaration(owner) || ts.isTypeLiteralNode(owner)) &&
      list.getChildren().some((child) => ts.isClassElement(child) || ts.isTypeElement(child)))
  );
}

/** `a.b(c).d(e)` and `a + b + c` nest to the left, so that a link put in would shift all others: they are read flat. */
function flatParts(node: ts.Node, leaf: LeafReader): { kind: number; children: MergeNode[] } | null {
  if (isLink(node)) return { kind: CHAIN, children: linksOf(node, leaf) };
  if (ts.isBinaryExpression(node) && !isAssignment(node)) return { kind: OPERATION, children: operandsOf(node, leaf) };
  return null;
}

function isLink(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isNonNullExpression(node)
  );
}

function linksOf(node: ts.Node, leaf: LeafReader): MergeNode[] {
  if (!isLink(node)) return [branchOf(node, leaf)];
  const [inner, ...rest] = node.getChildren();
  if (inner === undefined) return [branchOf(node, leaf)];
  const parts = rest.map((part) => branchOf(part, leaf));
  // A method and its arguments are one link.
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(inner)) {
    const [object, ...access] = inner.getChildren();
    if (object !== undefined) {
      const name = access.map((part) => branchOf(part, leaf));
      return [...linksOf(object, leaf), build({ form: "fixed", kind: LINK, children: [...name, ...parts] })];
    }
  }
  return [...linksOf(inner, leaf), build({ form: "fixed", kind: LINK, children: parts })];
}

function isAssignment(node: ts.BinaryExpression): boolean {
  const { kind } = node.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function operandsOf(node: ts.BinaryExpression, leaf: LeafReader): MergeNode[] {
  const same = ts.isBinaryExpression(node.left) && node.left.operatorToken.kind === node.operatorToken.kind;
  const left = same ? operandsOf(node.left as ts.BinaryExpression, leaf) : [branchOf(node.left, leaf)];
  return [...left, leaf(node.operatorToken), branchOf(node.right, leaf)];
}

function build(parts: {
  form: "fixed" | "list";
  kind: number;
  children: MergeNode[];
  separators?: (Leaf | null)[] | null;
  byLine?: boolean;
  key?: string | null;
  orderFree?: boolean;
}): Branch {
  const { form, kind, children, separators = null, byLine = false, key = null, orderFree = false } = parts;
  const join = (of: "code" | "words" | "raw", gap: string): string =>
    children
      .map((child, index) => {
        const separator = separators?.[index] ?? null;
        return separator === null ? child[of] : `${child[of]}${gap}${separator[of]}`;
      })
      .join(gap);
  return {
    form,
    kind,
    children,
    separators,
    byLine,
    key,
    orderFree,
    line: children.find(({ raw }) => raw !== "")?.line ?? 1,
    code: join("code", "\u0000"),
    words: join("words", "\u0000"),
    raw: join("raw", ""),
  };
}
