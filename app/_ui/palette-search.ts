/**
 * How well something of the palette fits what is typed, from 0 (not at all) to 1: every word of it has to stand there as it is
 * typed. Letters that lie scattered fit nothing.
 */
export function fits(value: string, search: string): number {
  const text = value.toLowerCase();
  const words = search.toLowerCase().trim().split(/\s+/);
  if (!words.every((word) => text.includes(word))) return 0;
  const [first = ""] = words;
  if (text.startsWith(first)) return 1;
  return words.every((word) => new RegExp(`(^|[^\\p{L}\\p{N}])${escaped(word)}`, "u").test(text)) ? 0.8 : 0.5;
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Where a number or an id that is typed may lead. */
export function namedPlaces(search: string): { label: string; href: string }[] {
  const text = search.trim();
  const number = /^(?:proposal\s+)?#?(\d{1,9})$/i.exec(text)?.[1];
  if (number !== undefined) return [{ label: `Proposal ${number}`, href: `/proposals/${number}` }];
  if (!ID.test(text)) return [];
  return [
    { label: "The call with this id", href: `/executions/${text}` },
    { label: "The proposal with this id", href: `/proposals/${text}` },
    { label: "The opportunity with this id", href: `/opportunities/${text}` },
  ];
}
