/** What became of what was known to be wrong: what the change is for, and what it is not for. Pure. */
import { isLeftAlone, wasAnswered } from "#lib/core/aside.ts";
import type { Evidence, EvidenceCase } from "#lib/core/evidence.ts";
import { plural } from "#lib/core/verdict-words.ts";
import type { Label } from "#lib/core/words.ts";

/** What became of the failures known before; that none is masked is said too, because it is what a reviewer fears. */
export function targetsLine({ summary }: Pick<Evidence, "summary">): string | null {
  const { counts, targets } = summary;
  if (targets.total === 0) return null;
  const parts = TARGET_WORDS.flatMap(([label, words]) => {
    const count = counts[label] ?? 0;
    return count > 0 || label === "masked" ? [`${count} ${words}`] : [];
  });
  return `${plural(targets.total, "known failure")}: ${parts.join(", ")}.`;
}

type Looked = Pick<EvidenceCase, "label" | "aside" | "old" | "new" | "differences">;

/** What became of what the change is not for: it stands in the list of cases, and in no figure of repair. */
export function asideLine(cases: readonly Looked[]): string | null {
  const aside = cases.filter((one) => one.aside === true);
  const [answers, failures] = [aside.filter(wasAnswered), aside.filter((one) => !wasAnswered(one))];
  const lines = [
    ...asideWords(failures, (count) => plural(count, "failure")),
    ...asideWords(answers, (count) => `${plural(count, "answer")} marked as wrong`),
  ];
  return lines.length === 0 ? null : lines.join(" ");
}

function asideWords(cases: readonly Looked[], noun: (count: number) => string): string[] {
  if (cases.length === 0) return [];
  const moved = cases.filter((one) => one.label === "still_failing" || !isLeftAlone(one));
  const left = cases.length - moved.length;
  const parts = TARGET_WORDS.flatMap(([label, words]) => {
    const count = moved.filter((one) => one.label === label).length;
    return count > 0 ? [`${count} ${words}`] : [];
  });
  if (left > 0) parts.push(`${left} left as ${left === 1 ? "it was" : "they were"}`);
  return [`${noun(cases.length)} that it is not for${parts.length === 0 ? "" : `: ${parts.join(", ")}`}.`];
}

const TARGET_WORDS: readonly (readonly [Label, string])[] = [
  ["repaired", "repaired"],
  ["corrected", "corrected"],
  ["handled", "refused clearly"],
  ["unconfirmed", "answered with a value that nothing confirms"],
  ["still_failing", "still failing"],
  ["still_wrong", "still wrong"],
  ["masked", "masked"],
];
