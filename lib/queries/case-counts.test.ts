import { expect, it } from "vitest";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Label } from "#lib/core/words.ts";
import { countsByLabel } from "./case-counts.ts";

const side = { status: "succeeded", latencyMs: 1, effects: [] } satisfies EvidenceCase["old"];
const SAME = { old: side, new: side, differences: [] };
const of = (label: Label, count: number, more: Partial<EvidenceCase> = {}) =>
  Array.from({ length: count }, () => ({ label, source: "recorded" as const, ...SAME, ...more }));

it("counts what the list holds, and tells news from what the change is not for and left alone", () => {
  const cases = [
    ...of("changed", 2),
    ...of("changed", 1, { source: "generated" }),
    ...of("still_wrong", 6, { aside: true }),
    ...of("masked", 1, { aside: true, new: { ...side, status: "refused" } }),
  ];
  expect(countsByLabel(cases)).toEqual({
    changed: { count: 3, news: true },
    still_wrong: { count: 6, news: false },
    masked: { count: 1, news: true },
  });
  expect(countsByLabel([])).toEqual({});
});
