/** Labelled cases by the number, and the plainest circumstances to judge them in. */
import type { Circumstances, JudgedCase } from "./tally.ts";
import type { Label } from "./words.ts";

export const circumstances: Circumstances = {
  strategy: "replay",
  purpose: "failing",
  threshold: 0.95,
  latencyGainMs: null,
  goodCallsPerDay: null,
  validationErrors: [],
  trouble: null,
};

const TARGETS: readonly Label[] = [
  "corrected",
  "still_wrong",
  "repaired",
  "unconfirmed",
  "masked",
  "handled",
  "still_failing",
];

export function cases(count: number, label: Label, more: Partial<JudgedCase> = {}): JudgedCase[] {
  const refused = label === "handled";
  return Array.from({ length: count }, () => ({
    label,
    source: "recorded",
    target: TARGETS.includes(label),
    newStatus: refused ? "refused" : "succeeded",
    ...more,
  }));
}
export const asked = { shouldThrow: "division_by_zero" };
export const base = (count: number, label: Label = "agrees", more: Partial<JudgedCase> = {}) =>
  cases(count, label, { source: "base_case", ...more });
