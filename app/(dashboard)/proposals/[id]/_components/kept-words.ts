/** Words that were not sent, kept in the tab as edits are: a comment by its line, those of a decision by what it is. */
export type KeptWords = {
  readonly text: string;
  /** The revision that they are about, and its line with what stood there; of several lines the last as well. */
  readonly revision: number;
  readonly line?: { readonly number: number; readonly text: string; readonly until?: number };
};

const nameOf = (proposalId: string, place: string): string => `whetstone.words.${proposalId}.${place}`;
const ON_LINE = /^line-(\d+)$/;

/** The place of a comment on a line. */
export const onLine = (line: number): string => `line-${line}`;

/** @param words null, or nothing but spaces, forgets what was kept */
export function keepWords(proposalId: string, place: string, words: KeptWords | null): void {
  try {
    if (words === null || words.text.trim() === "") sessionStorage.removeItem(nameOf(proposalId, place));
    else sessionStorage.setItem(nameOf(proposalId, place), JSON.stringify(words));
  } catch {
    // A browser that keeps nothing, or no more than it has: the words stand on the page alone.
  }
}

/** What is kept at a place, or null. */
export function readKeptWords(proposalId: string, place: string): KeptWords | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(nameOf(proposalId, place)) ?? "null") as Partial<KeptWords>;
    const { text, revision, line } = kept;
    if (typeof text !== "string" || typeof revision !== "number") return null;
    if (line === undefined) return { text, revision };
    const { number, until } = line;
    const isLine = typeof number === "number" && typeof line.text === "string";
    return isLine && (until === undefined || typeof until === "number") ? { text, revision, line } : null;
  } catch {
    return null;
  }
}

/** The lines on which a comment is kept. */
export function keptLines(proposalId: string): number[] {
  try {
    const start = nameOf(proposalId, "");
    return Object.keys(sessionStorage)
      .filter((name) => name.startsWith(start))
      .flatMap((name) => ON_LINE.exec(name.slice(start.length))?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}
