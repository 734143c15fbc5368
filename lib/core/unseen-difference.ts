/** Differences that no editor draws: a byte order mark, line ends, a line break at the end. Pure. */

const MARK = "\ufeff";

/** Whether one text begins with a byte order mark and the other does not. */
export function differsInMark(before: string, after: string): boolean {
  return before.startsWith(MARK) !== after.startsWith(MARK);
}

/** What two texts differ in, as far as that is all ("line ends"); null where they are equal, or differ in what is seen. */
export function unseenDifference(before: string, after: string): string | null {
  if (before === after) return null;
  const [one, other] = [before, after].map((text) => (text.startsWith(MARK) ? text.slice(1) : text)) as [
    string,
    string,
  ];
  const [seen, seenOther] = [one, other].map((text) => text.replace(/\r\n?/g, "\n")) as [string, string];
  const [ended, endedOther] = [seen, seenOther].map((text) => text.replace(/\n$/, "")) as [string, string];
  if (ended !== endedOther) return null;
  const parts = [
    ...(differsInMark(before, after) ? ["byte order mark"] : []),
    ...(endDiffers(one, other) ? ["line ends"] : []),
    ...(seen === seenOther ? [] : ["last line break"]),
  ];
  return parts.length === 0 ? null : parts.join(" and ");
}

/** The breaks of a text in order. */
function endsOf(text: string): readonly string[] {
  return text.match(/\r\n|\r|\n/g) ?? [];
}

/** Whether a line that ends on both sides ends differently. */
function endDiffers(before: string, after: string): boolean {
  const ends = endsOf(after);
  return endsOf(before).some((end, at) => ends[at] !== undefined && ends[at] !== end);
}
