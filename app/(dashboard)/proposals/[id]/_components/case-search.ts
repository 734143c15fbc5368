/** Finding cases by what is in them: input, answers, errors, where they come from. Pure. */
import type { EvidenceCase, SideResult } from "#lib/core/evidence.ts";

const texts = new WeakMap<EvidenceCase, string>();

function sideText({ status, output, error }: SideResult): string {
  return `${status} ${output === undefined ? "" : JSON.stringify(output)} ${error === undefined ? "" : `${error.name} ${error.code ?? ""} ${error.message}`}`;
}

/** All that a search looks at, put together once a case. */
function textOf(one: EvidenceCase): string {
  const known = texts.get(one);
  if (known !== undefined) return known;
  const text = [
    one.label,
    one.source.replace("_", " "),
    one.description,
    JSON.stringify(one.input),
    sideText(one.old),
    sideText(one.new),
    ...one.differences.map(({ path }) => path),
  ]
    .join(" ")
    .toLowerCase();
  texts.set(one, text);
  return text;
}

/** Whether a case holds every word that is looked for, in any order and case. */
export function holdsWords(one: EvidenceCase, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 || words.every((word) => textOf(one).includes(word));
}
