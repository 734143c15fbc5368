/** A suggestion in a comment: a fenced block, as in other review tools, whose lines take the place of the commented ones. */

export type Part = { readonly words: string } | { readonly suggestion: string };

const FENCE = /^```suggestion[ \t]*\n([\s\S]*?)(?:^|\n)```[ \t]*$/gm;

/** A comment's text as words and suggestions, in order. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  const say = (words: string): void => {
    if (words.trim() !== "") parts.push({ words: words.trim() });
  };
  let from = 0;
  for (const found of text.replaceAll("\r\n", "\n").matchAll(FENCE)) {
    say(text.replaceAll("\r\n", "\n").slice(from, found.index));
    parts.push({ suggestion: found[1] ?? "" });
    from = found.index + found[0].length;
  }
  say(text.replaceAll("\r\n", "\n").slice(from));
  return parts;
}

/** The words that begin a suggestion for lines. */
export function suggestionFor(lines: string): string {
  return `\`\`\`suggestion\n${lines}\n\`\`\``;
}

/** The source with lines, counted from 1, replaced by what was suggested; nothing suggested takes them out. */
export function takeSuggestion(source: string, { from, to }: { from: number; to: number }, suggestion: string): string {
  const lines = source.split("\n");
  lines.splice(from - 1, to - from + 1, ...(suggestion === "" ? [] : suggestion.split("\n")));
  return lines.join("\n");
}
