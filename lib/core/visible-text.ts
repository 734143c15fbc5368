/**
 * Characters that no page draws, or that turn the text around them: control characters but for tab and line breaks, marks and
 * overrides of direction (Unicode Standard Annex 9), halves of a surrogate pair. Letters of any direction are none.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

/** A text of a tool or a model as it may be read: what would not be seen stands as an escape, `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
