/** Learns from the inputs what the failing ones have in common and no good one has, and refuses exactly that. */

import ts from "typescript";
import type { Json } from "#lib/core/json.ts";
import { type InputPath, valueAt } from "./bindings.ts";
import { codeFor, placeAtEntry, placeBefore } from "./place-guard.ts";
import type { Draft, Edit, Site, Template } from "./repair.ts";

const DEEPEST = 3;

/** A property of one value, as a test and as code. */
type Trait = {
  readonly code: string;
  readonly says: string;
  test(value: Json | undefined): boolean;
  text(expression: string): string;
};

const isNumber = (value: Json | undefined): value is number => typeof value === "number";
const isText = (value: Json | undefined): value is string => typeof value === "string";

const TRAITS: readonly Trait[] = [
  { code: "missing_field", says: "is missing", test: (v) => v === undefined, text: (e) => `${e} === undefined` },
  { code: "missing_field", says: "is null", test: (v) => v === null, text: (e) => `${e} === null` },
  { code: "missing_field", says: "is missing", test: (v) => v == null, text: (e) => `${e} == null` },
  { code: "empty_text", says: "is empty", test: (v) => v === "", text: (e) => `${e} === ""` },
  {
    code: "empty_text",
    says: "is blank",
    test: (v) => isText(v) && v.trim() === "",
    text: (e) => `${e}.trim() === ""`,
  },
  {
    code: "empty_list",
    says: "is empty",
    test: (v) => Array.isArray(v) && v.length === 0,
    text: (e) => `${e}.length === 0`,
  },
  { code: "out_of_range", says: "is 0", test: (v) => v === 0, text: (e) => `${e} === 0` },
  { code: "out_of_range", says: "is negative", test: (v) => isNumber(v) && v < 0, text: (e) => `${e} < 0` },
  { code: "out_of_range", says: "is not above 0", test: (v) => isNumber(v) && v <= 0, text: (e) => `${e} <= 0` },
  {
    code: "out_of_range",
    says: "is not a whole number",
    test: (v) => isNumber(v) && !Number.isInteger(v),
    text: (e) => `!Number.isInteger(${e})`,
  },
  {
    code: "invalid_date",
    says: "is not a date",
    test: (v) => isText(v) && Number.isNaN(Date.parse(v)),
    text: (e) => `Number.isNaN(Date.parse(${e}))`,
  },
  ...(["number", "string", "boolean"] as const).map((type) => ({
    code: "wrong_type",
    says: `is not a ${type}`,
    test: (v: Json | undefined) => v !== undefined && v !== null && typeof v !== type,
    text: (e: string) => `typeof ${e} !== "${type}"`,
  })),
];

export const guardInput: Template = {
  name: "guard the input",
  *drafts(site) {
    const { failures, passing } = site.hints;
    if (failures.length === 0) return;
    for (const path of pathsOf([...failures.map(({ input }) => input), ...passing])) {
      const expression = site.bindings.expressionOf(path);
      if (expression === null) continue;
      for (const trait of TRAITS) {
        const covered = failures.filter(({ input }) => trait.test(valueAt(input, path))).length;
        if (covered === 0 || passing.some((input) => trait.test(valueAt(input, path)))) continue;
        yield* refuse(site, path, expression, trait, covered / failures.length);
      }
    }
  },
};

function* refuse(site: Site, path: InputPath, expression: string, trait: Trait, covered: number): Generator<Draft> {
  const code = codeFor(site, trait.code, (read) => trait.test(read(path)));
  const name = path.join(".");
  const condition = trait.text(expression).replaceAll('"', site.style.quote);
  const edits = place(site, { condition, code, message: `${name} ${trait.says}` });
  if (edits === null) return;
  const share =
    covered === 1 ? "every failing call" : `${Math.round(covered * site.hints.failures.length)} of the failing calls`;
  yield {
    edits,
    rationale: `In ${share} ${name} ${trait.says}, and in no good one. The tool now refuses such a call with the code ${code} before it starts.`,
    weight: (code === trait.code ? 2 : 1) + (1 - covered) * 3 + (site.hints.passing.length === 0 ? 2 : 0),
  };
}

/** After the leading statements of `run` that only take the input apart. */
function place(site: Site, refusal: { condition: string; code: string; message: string }): Edit[] | null {
  const body = site.run.body;
  if (body === undefined || !ts.isBlock(body)) return placeAtEntry(site, refusal);
  const first = body.statements.find((statement) => !takesInputApart(site, statement));
  return first ? placeBefore(site, first, refusal) : null;
}

function takesInputApart(site: Site, statement: ts.Statement): boolean {
  return (
    ts.isVariableStatement(statement) &&
    statement.declarationList.declarations.every(
      ({ initializer }) =>
        initializer !== undefined && site.bindings.pathOf(initializer) !== null && !ts.isCallExpression(initializer),
    )
  );
}

/** Paths of object members in any of the inputs: a member that only the good ones have is missing in the others. */
function pathsOf(inputs: readonly Json[]): InputPath[] {
  const found = new Map<string, InputPath>();
  const visit = (value: Json | undefined, path: InputPath) => {
    if (path.length > 0) found.set(path.join("\0"), path);
    if (path.length < DEEPEST && value !== null && typeof value === "object" && !Array.isArray(value))
      for (const [key, member] of Object.entries(value)) visit(member, [...path, key]);
  };
  for (const input of inputs) visit(input, []);
  return [...found.values()];
}
