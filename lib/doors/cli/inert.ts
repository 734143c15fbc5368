/** Text from tools and callers cannot steer the terminal: control characters are shown, not sent. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to catch
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Marks that turn the direction of text around, which makes code read as what it is not. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function code(character: string): string {
  const number = character.charCodeAt(0);
  return number < 0x100 ? `\\x${number.toString(16).padStart(2, "0")}` : `\\u${number.toString(16).padStart(4, "0")}`;
}

/** The text with control and direction characters written out; line ends and tabs stay. */
export function inert(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(CONTROL, code).replace(DIRECTION, code);
}

/** JSON that is safe on a terminal and still the same value. */
export function inertJson(value: unknown, space = 2): string {
  const text = JSON.stringify(value, null, space) ?? "null";
  return text
    .replace(/[\u007f-\u009f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(DIRECTION, code);
}
