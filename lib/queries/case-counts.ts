/** How many cases came out in each way, as the list of them says it. Pure. */
import { isLeftAlone } from "#lib/core/aside.ts";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Label } from "#lib/core/words.ts";

export type CaseCount = {
  /** Whether any of them is news: more than what the change is not for and left alone. */
  readonly news: boolean;
  /** "2 + 1 generated": inputs that nobody sent, and what the change is not for, are in the list and in no figure of the verdict. */
  readonly words: string;
};

/** The counts of all labels that occur. */
export function countsByLabel(
  cases: readonly Pick<EvidenceCase, "label" | "source" | "aside" | "old" | "new" | "differences">[],
): Partial<Record<Label, CaseCount>> {
  const counts: Partial<Record<Label, CaseCount>> = {};
  for (const [label, some] of Map.groupBy(cases, (one) => one.label)) {
    const generated = some.filter(({ source }) => source === "generated").length;
    const aside = some.filter((one) => one.aside === true).length;
    const words = [
      String(some.length - generated - aside),
      ...(generated > 0 ? [`${generated} generated`] : []),
      ...(aside > 0 ? [`${aside} set aside`] : []),
    ];
    counts[label] = { news: some.some((one) => !isLeftAlone(one)), words: words.join(" + ") };
  }
  return counts;
}
