/**
 * Takes a repetition out of a repeated group where the language stays the same: `(?:a+|b)*` and `(?:a|b)*` match alike,
 * but the first can split one run of `a` in exponentially many ways.
 */
import ts from "typescript";
import type { Template } from "./repair.ts";
import { descend } from "./syntax.ts";

export const untangleRegex: Template = {
  name: "untangle a regular expression",
  *drafts(site) {
    const slow = site.hints.failures.some(({ errorName }) => errorName === "TimedOut");
    for (const node of descend(site.code)) {
      if (!ts.isRegularExpressionLiteral(node)) continue;
      const doubled = doubledRepetitions(node.text, usedForTestOnly(node));
      if (doubled.length === 0) continue;
      const start = node.getStart();
      yield {
        edits: doubled.map((at) => ({ start: start + at, end: start + at + 1, text: "" })),
        rationale:
          "The regular expression repeats something inside a group that is itself repeated, so a text that does not match is tried in " +
          "exponentially many ways. Without the inner repetition it matches the same texts, each in one way.",
        weight: slow ? 0 : 4,
      };
    }
  },
};

/** Without captures nobody sees which part of the text the group took last. */
function usedForTestOnly(node: ts.RegularExpressionLiteral): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.name.text === "test";
}

type Atom = { readonly quantifier: string; readonly quantifierAt: number };
type Group = { readonly captures: boolean; readonly alternatives: Atom[][] };

/**
 * Offsets of `+` signs that can go: on the first atom of an alternative whose other atoms may all be empty, in a group
 * that is repeated without a limit.
 */
export function doubledRepetitions(literal: string, capturesToo = false): number[] {
  const found: number[] = [];
  const open: Group[] = [];
  let current: Group = { captures: false, alternatives: [[]] };
  for (let at = 1; at < literal.length && literal[at] !== "/"; ) {
    const sign = literal[at];
    if (sign === "(") {
      open.push(current);
      const head = /^\((?:\?(?::|<?[=!]|<[^>]*>))?/.exec(literal.slice(at))?.[0] ?? "(";
      current = { captures: head === "(" || /^\(\?<[^=!]/.test(head), alternatives: [[]] };
      at += head.length;
      continue;
    }
    if (sign === "|") {
      current.alternatives.push([]);
      at += 1;
      continue;
    }
    const closed = sign === ")" ? current : null;
    const end = closed ? at + 1 : at + atomLength(literal, at);
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(literal.slice(end))?.[0] ?? "";
    if (closed) {
      if (/^(?:[*+]|\{\d+,\})/.test(quantifier) && (capturesToo || !closed.captures)) found.push(...removable(closed));
      current = open.pop() ?? { captures: false, alternatives: [[]] };
    }
    current.alternatives.at(-1)?.push({ quantifier, quantifierAt: end });
    at = end + quantifier.length;
  }
  return found;
}

function removable(group: Group): number[] {
  return group.alternatives.flatMap(([first, ...rest]) =>
    first?.quantifier === "+" && rest.every(({ quantifier }) => /^[?*]/.test(quantifier)) ? [first.quantifierAt] : [],
  );
}

/** Length of one atom that is no group: an escape, a class or a character. */
function atomLength(literal: string, at: number): number {
  if (literal[at] === "\\")
    return /^\\(?:[pPu]\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|k<[^>]*>|.)/.exec(literal.slice(at))?.[0].length ?? 2;
  if (literal[at] !== "[") return 1;
  for (let end = at + 1; end < literal.length; end += 1) {
    if (literal[end] === "\\") end += 1;
    else if (literal[end] === "]") return end - at + 1;
  }
  return literal.length - at;
}
