/** Refuses arguments that a built-in function is known to choke on, before the call. */
import ts from "typescript";
import { alreadyGuarded, codeFor, placeGuard } from "./place-guard.ts";
import type { Draft, Site, Template } from "./repair.ts";
import { bare, descend, indentAt, isPlain, quoted } from "./syntax.ts";

type Risk = {
  readonly argument: ts.Expression;
  readonly condition: string;
  readonly code: string;
  readonly says: string;
};

export const guardCall: Template = {
  name: "guard a call's argument",
  *drafts(site) {
    for (const node of descend(site.code)) {
      const risk = riskOf(node, site);
      if (risk !== null && isPlain(risk.argument)) yield* refuse(site, node as ts.Expression, risk);
      const wrapped = refuseUnparsable(site, node);
      if (wrapped !== null) yield wrapped;
    }
  },
};

function failsWith(site: Site, pattern: RegExp): boolean {
  return site.hints.failures.some(({ errorName, message }) => pattern.test(`${errorName}: ${message}`));
}

function riskOf(node: ts.Node, site: Site): Risk | null {
  const argument = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.arguments?.[0] : undefined;
  if (argument === undefined || !(ts.isCallExpression(node) || ts.isNewExpression(node))) return null;
  const text = argument.getText();
  const callee = node.expression.getText();
  const method = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : callee;
  if (ts.isNewExpression(node) && callee === "Date" && failsWith(site, /time value|date value/i))
    return {
      argument,
      condition: `Number.isNaN(new Date(${text}).getTime())`,
      code: "invalid_date",
      says: "is not a date",
    };
  if (
    ["Number", "parseFloat", "parseInt", "Number.parseFloat", "Number.parseInt"].includes(callee) &&
    failsWith(site, /NaN/)
  )
    return { argument, condition: `Number.isNaN(${callee}(${text}))`, code: "not_a_number", says: "is not a number" };
  if (!failsWith(site, /^RangeError/)) return null;
  if (method === "repeat" || method === "padStart" || method === "padEnd" || callee === "Array")
    return { argument, condition: `!(${text} >= 0)`, code: "out_of_range", says: "must not be negative" };
  if (["toFixed", "toPrecision", "toExponential"].includes(method))
    return {
      argument,
      condition: `!(${text} >= 0 && ${text} <= 100)`,
      code: "out_of_range",
      says: "must be from 0 to 100",
    };
  return null;
}

function* refuse(
  site: Site,
  node: ts.Expression,
  { argument, condition, code: standard, says }: Risk,
): Generator<Draft> {
  if (alreadyGuarded(node, condition)) return;
  const name = argument.getText();
  const code = codeFor(site, standard, null);
  const edits = placeGuard(site, node, { condition, code, message: `${name} ${says}` });
  if (edits === null) return;
  yield {
    edits,
    rationale: `The failing calls end in an error of the kind that the call with ${name} makes. Before it the tool now refuses with the code ${code}: ${name} ${says}.`,
    weight: 0.5,
  };
}

/** `const x = JSON.parse(text)`: a text that does not parse is refused; nothing but parsing can tell. */
function refuseUnparsable(site: Site, node: ts.Node): Draft | null {
  if (!ts.isVariableStatement(node) || node.declarationList.declarations.length !== 1) return null;
  const declaration = node.declarationList.declarations[0];
  const parsed = declaration?.initializer && bare(declaration.initializer);
  if (!parsed || !ts.isIdentifier(declaration.name)) return null;
  if (!/^(JSON\.parse\(|new RegExp\(|BigInt\(|new URL\(|decodeURI(Component)?\()/.test(parsed.getText())) return null;
  if (!failsWith(site, /^(SyntaxError|URIError|TypeError: Invalid URL)/)) return null;
  const { style, source } = site;
  const indent = indentAt(source, node.getStart());
  const code = codeFor(site, "invalid_text", null);
  const refusal = `throw new ToolError(${quoted(code, style)}, ${quoted("The text cannot be parsed", style)})${style.semicolon}`;
  const type = declaration.type
    ? `: ${declaration.type.getText()}`
    : `: ReturnType<typeof ${parsed.getText().split("(")[0]}>`;
  const lines = [
    `let ${declaration.name.text}${/^new /.test(parsed.getText()) && !declaration.type ? "" : type}${style.semicolon}`,
    "try {",
    `${style.unit}${declaration.name.text} = ${declaration.initializer?.getText()}${style.semicolon}`,
    "} catch {",
    style.unit + refusal,
    "}",
  ];
  return {
    edits: [{ start: node.getStart(), end: node.getEnd(), text: lines.join(style.newline + indent) }],
    rationale: `A text that cannot be parsed makes \`${parsed.getText().split("(")[0]}\` throw. It is now refused with the code ${code}.`,
    weight: site.hints.refusals.some((refused) => refused.code === code) ? 1 : 3,
  };
}
