/** How many cases came out in each way, as the list of them says it. Pure. */
import { isLeftAlone } from "#lib/core/aside.ts";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Label } from "#lib/core/words.ts";

export type CaseCount = {
  readonly count: number;
  /** Whether any of them is news: more than what the change is not for and left alone. */
  readonly news: boolean;
};

/** The counts of all labels that occur. */
export function countsByLabel(
  cases: readonly Pick<EvidenceCase, "label" | "aside" | "old" | "new" | "differences">[],
): Partial<Record<Label, CaseCount>> {
  const counts: Partial<Record<Label, CaseCount>> = {};
  for (const [label, some] of Map.groupBy(cases, (one) => one.label)) {
    counts[label] = { count: some.length, news: some.some((one) => !isLeftAlone(one)) };
  }
  return counts;
}
