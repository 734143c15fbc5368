/**
 * A value with texts as a page can hold them: half of a surrogate pair and NUL survive in JSON but not in HTML, so that
 * server and browser would show different texts. Both become the replacement character.
 */
export function displayable<T>(value: T): T {
  return eachText(value, (text) => text.replaceAll("\u0000", "\ufffd").toWellFormed());
}

/** What shows as nothing or acts on its neighbours: controls but tab and line end, marks that turn text, lone halves. */
const ACTING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)/gu;

/**
 * A value with texts for people to read: what would turn the text around it, or show as an empty box, is written as
 * its escape, such as \u202e. Letters of every script, also from right to left, and emoji stay. Not for what is edited.
 */
export function inert<T>(value: T): T {
  return eachText(value, (text) =>
    text.replace(ACTING, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

function eachText<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item) => eachText(item, change)) as T;
  if (value === null || typeof value !== "object") return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [change(key), eachText(member, change)])) as T;
}

/** The beginning of a text, never half of a character. */
export function beginning(text: string, most: number): string {
  return text.slice(0, most).toWellFormed();
}
