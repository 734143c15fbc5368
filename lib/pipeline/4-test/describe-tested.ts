/** What the tests did not reach, in plain words: a reviewer should not take silence for proof. Pure. */
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Execution } from "#lib/core/execution.ts";
import { canonicalJson, type Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/core/tool.ts";
import { plural } from "#lib/core/verdict-words.ts";
import type { Strategy } from "#lib/core/words.ts";

export type Reach = {
  readonly strategy: Strategy;
  readonly strategyUsed: Strategy;
  readonly inputSchema: JsonSchema;
  readonly cases: readonly EvidenceCase[];
  /** When the newest recorded call was made; null where there is none. */
  readonly newest: Date | null;
  readonly now: Date;
};

const MOST_VALUES = 6;

/** Sentences for the review's line NOT TESTED. */
export function describeUntested({ strategy, strategyUsed, inputSchema, cases, newest, now }: Reach): string[] {
  const lines: string[] = [];
  if (strategy === "shadow" && strategyUsed !== "shadow")
    lines.push(`Live calls: not enough of them yet${newest === null ? "" : ", recorded ones were replayed"}.`);
  if (newest === null) lines.push("Recorded traffic: there is none.");
  else
    lines.push(
      `What changed since the newest recording, which was ${ageOf(now.getTime() - newest.getTime())} old when this was tested.`,
    );
  const diverged = cases.filter(({ label, source }) => label === "diverged" && source !== "candidate_case").length;
  if (diverged > 0) lines.push(`${plural(diverged, "case")} that asked for effects which were not recorded.`);
  lines.push(
    ...unseenValues(
      inputSchema,
      cases.map(({ input }) => input),
    ),
  );
  return lines;
}

/** Listed values of the input's members that no case had. */
function unseenValues(schema: JsonSchema, inputs: readonly Json[]): string[] {
  const properties = schema.properties;
  if (properties === null || typeof properties !== "object" || Array.isArray(properties)) return [];
  const lines: string[] = [];
  for (const [name, property] of Object.entries(properties)) {
    const listed =
      property !== null && typeof property === "object" && !Array.isArray(property) ? property.enum : undefined;
    if (!Array.isArray(listed)) continue;
    const seen = new Set(
      inputs.map((input) => {
        const value = input !== null && typeof input === "object" && !Array.isArray(input) ? input[name] : undefined;
        return canonicalJson(value);
      }),
    );
    const unseen = listed.filter((value) => !seen.has(canonicalJson(value)));
    if (unseen.length === 0) continue;
    const some = unseen
      .slice(0, MOST_VALUES)
      .map((value) => (typeof value === "string" ? value : canonicalJson(value)));
    const more = unseen.length > some.length ? ` and ${unseen.length - some.length} more` : "";
    lines.push(`"${name}" with ${some.join(", ")}${more}: never seen.`);
  }
  return lines;
}

function ageOf(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 1) return "less than a minute";
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** The newest of some executions. */
export function newestOf(executions: readonly Pick<Execution, "startedAt">[]): Date | null {
  return executions.reduce<Date | null>(
    (newest, { startedAt }) => (newest === null || startedAt > newest ? startedAt : newest),
    null,
  );
}
