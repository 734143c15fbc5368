/** Validation of a candidate in order of cost, before anything of it runs on a case. */
import ts from "typescript";
import { type DefinitionLines, definitionLines } from "#lib/core/definition-lines.ts";
import type { EvidenceSummary } from "#lib/core/evidence.ts";
import { NO_CHANGES } from "#lib/core/evidence-summary.ts";
import { sha256 } from "#lib/core/json.ts";
import { checkModuleRules } from "#lib/core/module-rules.ts";
import { networkFaults } from "#lib/core/network-host.ts";
import type { Origin } from "#lib/core/proposal.ts";
import type { Manifest } from "#lib/core/tool.ts";
import { memberOf, parseTool, stackLinesOf } from "#lib/core/tool-syntax.ts";
import type { Version } from "#lib/core/version.ts";
import type { InspectResult, Sandbox } from "#lib/ports/sandbox.ts";
import { describeChanges, missingCases } from "./describe-changes.ts";
import { MachineryLost } from "./run-case.ts";
import { inputNarrowings, outputWidenings, type SchemaFault } from "./schema-compatibility.ts";
import type { TypeCheck } from "./type-check.ts";

export type Validated =
  | { readonly ok: true; readonly manifest: Manifest; readonly changes: EvidenceSummary["changes"] }
  | { readonly ok: false; readonly errors: string[]; readonly changes: EvidenceSummary["changes"] };

export type ToValidate = {
  readonly base: Version;
  readonly source: string;
  /** Who wrote it: only a person may ask for more than the base was allowed. */
  readonly origin: Origin["kind"];
};

const MOST_ERRORS = 20;

/**
 * Validates a candidate; each error is one sentence with the line that it is about.
 * @throws MachineryLost where the sandbox was lost
 */
export async function validate(
  parts: { sandbox: Sandbox; typeCheck: TypeCheck },
  candidate: ToValidate,
): Promise<Validated> {
  const { base, source } = candidate;
  for (const check of [ruleErrors, nameErrors, typeErrors]) {
    const errors = readable(() => check(base, source, parts.typeCheck));
    if (errors.length > 0) return refused(errors);
  }
  const inspected = await inspect(parts.sandbox, base.tool, source);
  const lines = definitionLines(source);
  if (!inspected.ok) return refused([loadError(base.tool, inspected, lines)]);
  const { manifest } = inspected;
  const changes = describeChanges(base.manifest, manifest);
  const errors = [
    ...schemaErrors(base.manifest, manifest, lines),
    ...hostErrors(base.manifest, manifest, lines),
    ...scopeErrors(candidate, manifest, changes, lines),
  ];
  return errors.length > 0 ? refused(errors, changes) : { ok: true, manifest, changes };
}

async function inspect(sandbox: Sandbox, name: string, source: string): Promise<InspectResult> {
  return sandbox.inspect({ name, source, hash: sha256(source) }).catch((error: unknown) => {
    throw new MachineryLost(`the sandbox was lost (${error instanceof Error ? error.message : String(error)})`);
  });
}

function refused(errors: readonly string[], changes = NO_CHANGES): Validated {
  return { ok: false, errors: errors.slice(0, MOST_ERRORS), changes };
}

/** Whoever reads sources does it by recursion, which ends where the stack does. */
function readable(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    if (error instanceof RangeError) return ["It nests deeper than a source can be read: write it flatter."];
    throw error;
  }
}

function ruleErrors({ tool }: Version, source: string): string[] {
  return checkModuleRules(tool, source).map(({ line, message }) => at(line, message));
}

/** A name that is written down is read before anything runs; the sandbox sees one that is computed. */
function nameErrors({ tool }: Version, source: string): string[] {
  const name = memberOf(parseTool(source), "name");
  if (name === null || !ts.isStringLiteralLike(name) || name.text === tool) return [];
  const line = definitionLines(source).at(["name"]);
  return [at(line, `The tool is named "${name.text}", and must keep the name "${tool}".`)];
}

/** Only what the base does not suffer from already: a fix need not repair a tool's types as well. */
function typeErrors(base: Version, source: string, typeCheck: TypeCheck): string[] {
  const faults = typeCheck(source);
  if (faults.length === 0) return [];
  const known = new Set(typeCheck(base.source).map(({ message }) => message));
  return faults.filter(({ message }) => !known.has(message)).map(({ line, message }) => at(line, message));
}

function loadError(
  tool: string,
  { error, path }: Extract<InspectResult, { ok: false }>,
  lines: DefinitionLines,
): string {
  const message = `It does not load in the sandbox: ${error}`;
  const line = path === undefined ? stackLinesOf(tool, error.replace(/\)$/, "")).at(0) : lines.at(path);
  return line === undefined ? message : at(line, message);
}

function schemaErrors(base: Manifest, manifest: Manifest, lines: DefinitionLines): string[] {
  const said = (member: string, faults: readonly SchemaFault[]) =>
    faults.map(({ path, message }) => at(lines.at([member, ...path]), message));
  return [
    ...said("inputSchema", inputNarrowings(base.inputSchema, manifest.inputSchema)),
    ...said("outputSchema", outputWidenings(base.outputSchema, manifest.outputSchema)),
  ];
}

/** Only what the base does not have already: a fix need not settle what its tool may reach as well. */
function hostErrors(base: Manifest, manifest: Manifest, lines: DefinitionLines): string[] {
  const known = new Set(networkFaults(base));
  const faults = networkFaults(manifest).filter((fault) => !known.has(fault));
  return faults.map((fault) => at(lines.at(["permissions", "network"]), `${fault}.`));
}

function scopeErrors(
  { base, source, origin }: ToValidate,
  manifest: Manifest,
  changes: EvidenceSummary["changes"],
  lines: DefinitionLines,
): string[] {
  if (origin === "person") return [];
  const errors: string[] = [];
  if (changes.widened) {
    const what = changes.permissions.filter((text) => text.startsWith("more")).join(", ");
    errors.push(
      at(lines.at(["permissions"]), `It asks for ${what}: only a person may widen what a tool is allowed to do.`),
    );
  }
  for (const { description } of missingCases(base.manifest.testCases, manifest.testCases)) {
    const message = `The test case "${description}" is missing or changed: the cases of the base version stay as they are.`;
    errors.push(at(lines.ofCase(description), message));
  }
  if (textOf(base.source, "postconditions") !== textOf(source, "postconditions")) {
    const message = "The postconditions changed: those of the base version stay as they are.";
    errors.push(at(lines.at(["postconditions"]), message));
  }
  return errors;
}

function at(line: number, message: string): string {
  return `Line ${line}: ${message}`;
}

/** A member of the definition as written, without its white space. */
function textOf(source: string, member: string): string {
  const file = parseTool(source);
  return memberOf(file, member)?.getText(file).replace(/\s+/g, "") ?? "";
}
