/** What a candidate changes besides its code, in words for the reviewer. Pure. */
import type { EvidenceSummary } from "#lib/core/evidence.ts";
import { canonicalJson } from "#lib/core/json.ts";
import type { Manifest, TestCase } from "#lib/core/tool.ts";
import { narrowings, widenings } from "#lib/core/widenings.ts";

/** The differences between two manifests; `widened` where the candidate may do more than the base. */
export function describeChanges(base: Manifest, candidate: Manifest): EvidenceSummary["changes"] {
  const permissions = widenings(base, candidate);
  return {
    permissions: [...permissions, ...narrowings(base, candidate)],
    schemas: [
      ...(same(base.inputSchema, candidate.inputSchema) ? [] : ["the input schema changed"]),
      ...(same(base.outputSchema, candidate.outputSchema) ? [] : ["the output schema changed"]),
    ],
    characteristics: characteristicsOf(base, candidate),
    testCases: caseChanges(base.testCases, candidate.testCases),
    widened: permissions.length > 0,
  };
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

function characteristicsOf(base: Manifest, candidate: Manifest): string[] {
  const changes: string[] = [];
  for (const [name, value] of Object.entries(candidate.characteristics)) {
    const before = base.characteristics[name as keyof Manifest["characteristics"]];
    if (!same(before, value)) changes.push(`${name}: ${say(before)} → ${say(value)}`);
  }
  if (base.description !== candidate.description) changes.push("the description changed");
  if (!same(base.latencyBudgetMs, candidate.latencyBudgetMs)) {
    changes.push(`latencyBudgetMs: ${say(base.latencyBudgetMs)} → ${say(candidate.latencyBudgetMs)}`);
  }
  if (!same(base.owners, candidate.owners)) changes.push(`owners: ${say(base.owners)} → ${say(candidate.owners)}`);
  if (!same(base.postconditions, candidate.postconditions)) changes.push("the postconditions changed");
  return changes;
}

function say(value: unknown): string {
  if (value === undefined) return "none";
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

/** Cases added, removed and changed; a case is known by its description. */
function caseChanges(base: readonly TestCase[], candidate: readonly TestCase[]): string[] {
  const missing = missingCases(base, candidate);
  const added = missingCases(candidate, base);
  const changes: string[] = [];
  for (const { description } of missing) {
    const changed = added.some((one) => one.description === description);
    changes.push(`${changed ? "changed" : "removed"}: ${description}`);
  }
  for (const { description } of added) {
    if (!missing.some((one) => one.description === description)) changes.push(`added: ${description}`);
  }
  return changes;
}

/** Cases of one list that the other does not have, word for word. */
export function missingCases(cases: readonly TestCase[], others: readonly TestCase[]): TestCase[] {
  const known = new Set(others.map((one) => canonicalJson(one)));
  return cases.filter((one) => !known.has(canonicalJson(one)));
}
