/** What is wrong with an input, in words for people: the schema library's own are for programmers. Pure. */

/** As much of an issue as the words are made of. */
export type InputIssue = {
  readonly code?: string | undefined;
  readonly input?: unknown;
  readonly expected?: unknown;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: unknown;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
};

const KINDS: Readonly<Record<string, string>> = {
  boolean: "true or false",
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "an object",
  record: "an object",
};

const PARTS: Readonly<Record<string, readonly [string, string]>> = {
  string: ["character", "characters"],
  array: ["member", "members"],
};

function amount(origin: unknown, count: unknown): string {
  const part = PARTS[String(origin)];
  return part === undefined ? String(count) : `${count} ${part[count === 1 ? 0 : 1]}`;
}

/** The words for behind the name of what is wrong; undefined where the schema's own have to do. */
export function inputWords(issue: InputIssue): string | undefined {
  const { code, input, expected, origin, minimum, maximum, inclusive, values, keys } = issue;
  switch (code) {
    case "invalid_type":
      return `${input === undefined ? "is missing; it " : ""}takes ${KINDS[String(expected)] ?? String(expected)}`;
    case "too_small":
      return `takes ${inclusive === false ? "more than" : "at least"} ${amount(origin, minimum)}`;
    case "too_big":
      return `takes ${inclusive === false ? "less than" : "at most"} ${amount(origin, maximum)}`;
    case "invalid_value":
      return `takes ${(values ?? []).map((value) => JSON.stringify(value)).join(" or ")}`;
    case "unrecognized_keys":
      return `has no ${(keys ?? []).map((key) => `"${key}"`).join(", ")}`;
    default:
      return undefined;
  }
}
