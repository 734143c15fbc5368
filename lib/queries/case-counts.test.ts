import { expect, it } from "vitest";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Label } from "#lib/core/words.ts";
import { countsByLabel } from "./case-counts.ts";

const side = { status: "succeeded", latencyMs: 1, effects: [] } satisfies EvidenceCase["old"];
const SAME = { old: side, new: side, differences: [] };
const of = (label: Label, count: number, more: Partial<EvidenceCase> = {}) =>
  Array.from({ length: count }, () => ({ label, source: "recorded" as const, ...SAME, ...more }));

it("tells what the verdict counts from inputs that nobody sent and from what the change is not for", () => {
  const cases = [
    ...of("changed", 2),
    ...of("changed", 1, { source: "generated" }),
    ...of("still_wrong", 6, { aside: true }),
    ...of("masked", 1, { aside: true, new: { ...side, status: "refused" } }),
    ...of("agrees", 40),
  ];
  expect(countsByLabel(cases)).toEqual({
    changed: { news: true, words: "2 + 1 generated" },
    still_wrong: { news: false, words: "0 + 6 set aside" },
    masked: { news: true, words: "0 + 1 set aside" },
    agrees: { news: true, words: "40" },
  });
  expect(countsByLabel([])).toEqual({});
});
