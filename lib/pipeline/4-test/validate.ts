/** Validation of a candidate in order of cost, before anything of it runs on a case. */
import type { EvidenceSummary } from "#lib/core/evidence.ts";
import { NO_CHANGES } from "#lib/core/evidence-summary.ts";
import { sha256 } from "#lib/core/json.ts";
import { checkModuleRules } from "#lib/core/module-rules.ts";
import type { Origin } from "#lib/core/proposal.ts";
import type { Manifest } from "#lib/core/tool.ts";
import { memberOf, parseTool } from "#lib/core/tool-syntax.ts";
import type { Version } from "#lib/core/version.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { describeChanges, missingCases } from "./describe-changes.ts";
import { inputNarrowings, outputWidenings } from "./schema-compatibility.ts";
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
 * Validates a candidate; each error is one sentence that says what to do or where it is.
 * @throws whatever the sandbox rejects with when its machinery is lost
 */
export async function validate(
  parts: { sandbox: Sandbox; typeCheck: TypeCheck },
  candidate: ToValidate,
): Promise<Validated> {
  const { base, source } = candidate;
  for (const check of [ruleErrors, typeErrors]) {
    const errors = readable(() => check(base, source, parts.typeCheck));
    if (errors.length > 0) return refused(errors);
  }
  const inspected = await parts.sandbox.inspect({ name: base.tool, source, hash: sha256(source) });
  if (!inspected.ok) return refused([`It does not load in the sandbox: ${inspected.error}`]);
  const { manifest } = inspected;
  if (manifest.name !== base.tool) {
    return refused([`The tool is named "${manifest.name}", and must keep the name "${base.tool}".`]);
  }
  const changes = describeChanges(base.manifest, manifest);
  const errors = [...schemaErrors(base.manifest, manifest), ...scopeErrors(candidate, manifest, changes)];
  return errors.length > 0 ? refused(errors, changes) : { ok: true, manifest, changes };
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
  return checkModuleRules(tool, source).map(({ line, message }) => `Line ${line}: ${message}`);
}

/** Only what the base does not suffer from already: a fix need not repair a tool's types as well. */
function typeErrors(base: Version, source: string, typeCheck: TypeCheck): string[] {
  const faults = typeCheck(source);
  if (faults.length === 0) return [];
  const known = new Set(typeCheck(base.source).map(({ message }) => message));
  return faults.filter(({ message }) => !known.has(message)).map(({ line, message }) => `Line ${line}: ${message}`);
}

function schemaErrors(base: Manifest, manifest: Manifest): string[] {
  return [
    ...inputNarrowings(base.inputSchema, manifest.inputSchema),
    ...outputWidenings(base.outputSchema, manifest.outputSchema),
  ];
}

function scopeErrors(
  { base, source, origin }: ToValidate,
  manifest: Manifest,
  changes: EvidenceSummary["changes"],
): string[] {
  if (origin === "person") return [];
  const errors: string[] = [];
  if (changes.widened) {
    const what = changes.permissions.filter((text) => text.startsWith("more")).join(", ");
    errors.push(`It asks for ${what}: only a person may widen what a tool is allowed to do.`);
  }
  for (const { description } of missingCases(base.manifest.testCases, manifest.testCases)) {
    errors.push(
      `The test case "${description}" is missing or changed: the cases of the base version stay as they are.`,
    );
  }
  if (textOf(base.source, "postconditions") !== textOf(source, "postconditions")) {
    errors.push("The postconditions changed: those of the base version stay as they are.");
  }
  return errors;
}

/** A member of the definition as written, without its white space. */
function textOf(source: string, member: string): string {
  const file = parseTool(source);
  return memberOf(file, member)?.getText(file).replace(/\s+/g, "") ?? "";
}
