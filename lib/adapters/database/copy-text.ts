/** Rows in PostgreSQL's text format for COPY. */
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const NEEDS_ESCAPE = /[\\\t\n\r]/;

function field(value: unknown): string {
  if (typeof value === "string")
    return NEEDS_ESCAPE.test(value)
      ? value.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character)
      : value;
  if (value === null) return "\\N";
  if (typeof value === "boolean") return value ? "t" : "f";
  return String(value);
}

/** One row, its line break included; values are texts, numbers, booleans or null. */
export function copyLine(values: readonly unknown[]): string {
  let line = "";
  for (const value of values) line += line === "" ? field(value) : `\t${field(value)}`;
  return `${line}\n`;
}
