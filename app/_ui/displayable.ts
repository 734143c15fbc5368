/**
 * A value with texts as a page can hold them: half of a surrogate pair and NUL survive in JSON but not in HTML, so that
 * server and browser would show different texts. Both become the replacement character.
 */
export function displayable<T>(value: T): T {
  if (typeof value === "string") return value.replaceAll("\u0000", "\ufffd").toWellFormed() as T;
  if (Array.isArray(value)) return value.map(displayable) as T;
  if (value === null || typeof value !== "object") return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [displayable(key), displayable(member)])) as T;
}

/** The beginning of a text, never half of a character. */
export function beginning(text: string, most: number): string {
  return text.slice(0, most).toWellFormed();
}
