/** Refuses a zero divisor before the division that would give Infinity or NaN. */
import ts from "typescript";
import { valueAt } from "./bindings.ts";
import { alreadyGuarded, codeFor, placeGuard } from "./place-guard.ts";
import type { Draft, Site, Template } from "./repair.ts";
import { bare, descend, isPlain } from "./syntax.ts";

const DIVISIONS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.SlashEqualsToken,
  ts.SyntaxKind.PercentEqualsToken,
]);

export const guardZeroDivisor: Template = {
  name: "guard a zero divisor",
  *drafts(site) {
    for (const node of descend(site.code)) {
      if (!ts.isBinaryExpression(node) || !DIVISIONS.has(node.operatorToken.kind)) continue;
      const divisor = bare(node.right);
      if (ts.isNumericLiteral(divisor) || !isPlain(divisor)) continue;
      const draft = guard(site, node, divisor);
      if (draft) yield draft;
    }
  },
};

function guard(site: Site, division: ts.BinaryExpression, divisor: ts.Expression): Draft | null {
  const name = divisor.getText();
  const length = ts.isPropertyAccessExpression(divisor) && ["length", "size"].includes(divisor.name.text);
  const path = site.bindings.pathOf(divisor);
  const condition = `${ts.isBinaryExpression(divisor) ? `(${name})` : name} === 0`;
  if (alreadyGuarded(division, condition)) return null;
  const standard = length ? "empty_list" : "division_by_zero";
  const code = codeFor(site, standard, path === null ? null : (read) => read(path) === 0);
  const subject = length && ts.isPropertyAccessExpression(divisor) ? divisor.expression.getText() : name;
  const message = length ? `${subject} is empty: there is nothing to divide by` : `Cannot divide by zero: ${name} is 0`;
  const edits = placeGuard(site, division, { condition, code, message });
  return (
    edits && {
      edits,
      rationale:
        `Dividing by ${name} gives Infinity or NaN when it is 0, which is not JSON. ` +
        `The tool now refuses such a call with the code ${code} before it divides; all other calls do what they did.`,
      weight: seenZero(site, path) ? 0 : path === null ? 1 : 2,
    }
  );
}

/** Whether the failing inputs have the divisor at 0 and the passing ones have not. */
function seenZero(site: Site, path: readonly string[] | null): boolean {
  if (path === null) return false;
  const { failures } = site.hints;
  return failures.some(({ input }) => valueAt(input, path) === 0);
}
