import type { z } from "zod";
import { beginning, inert } from "#app/_ui/displayable.ts";
import { isProblem } from "#lib/core/problem.ts";

export type Search = Readonly<Record<string, string | string[] | undefined>>;

/** Something in an address that a list cannot go by: a sentence about it, and the address without it. */
export type NotUnderstood = { readonly name: string; readonly said: string; readonly without: string };

export type Address<Name extends string> = {
  readonly filters: Partial<Record<Name, string>>;
  readonly notUnderstood: readonly NotUnderstood[];
};

/** Text from an address in a sentence: inert, and not too long of it. */
export const quoted = (text: string): string => `“${inert(beginning(text, 40))}${text.length > 40 ? "…" : ""}”`;

/** Why a value is none of its filter, in the page's words. */
function fault(value: string, issue: z.core.$ZodIssue | undefined): string {
  const given = quoted(value);
  switch (issue?.code) {
    case "invalid_value":
      return `${given} is none of ${issue.values.join(", ")}`;
    case "too_big":
      return issue.origin === "string"
        ? `${given} is longer than ${issue.maximum} characters`
        : `${given} is too large`;
    case "too_small":
      return `${given} is too small`;
    case "invalid_type":
      return issue.expected === "int" ? `${given} is no whole number` : `${given} is no number`;
    case "invalid_format":
      if (issue.format === "datetime") return `${given} is no time with its zone, as 2026-01-31T09:30:00Z is`;
  }
  return `${given} cannot be one`;
}

const LOST_PLACE = "The place in the list (cursor) cannot be read, so this is the first page.";

/**
 * The filters of a list's address. What cannot be read does not apply, so that an old link still shows a list, and is told:
 * nobody may take all rows for the filtered ones.
 * @param path the page's
 * @param shape the schema of each filter
 * @param names those that the page goes by; any other is not understood
 */
export function readFilters<Name extends string>(
  path: string,
  shape: Readonly<Record<Name, z.ZodType>>,
  names: readonly Name[],
  search: Search,
): Address<Name> {
  const filters: Partial<Record<Name, string>> = {};
  const notUnderstood: NotUnderstood[] = [];
  const tell = (name: string, said: string) =>
    notUnderstood.push({ name, said, without: addressWithout(path, search, name) });
  for (const [given, value] of Object.entries(search)) {
    const name = names.find((one) => one === given);
    // A form sends its empty fields too.
    if (value === undefined || value === "") continue;
    if (name === undefined) {
      tell(given, `This list has no filter ${quoted(given)}.`);
      continue;
    }
    const read = typeof value === "string" ? shape[name].safeParse(value) : null;
    if (typeof value === "string" && read?.success) filters[name] = value;
    else if (name === "cursor") tell(name, LOST_PLACE);
    else if (typeof value !== "string") tell(name, `The filter ${name} does not apply: it is given more than once.`);
    else tell(name, `The filter ${name} does not apply: ${fault(value, read?.error?.issues[0])}.`);
  }
  return { filters, notUnderstood };
}

/** Reads the page of a list that an address names; where only its cursor is no good, the first, and says so. */
export async function readListed<Name extends string, Page>(
  path: string,
  { filters, notUnderstood }: Address<Name | "cursor">,
  read: (filters: Address<Name | "cursor">["filters"]) => Promise<Page>,
): Promise<Address<Name | "cursor"> & { page: Page }> {
  try {
    return { page: await read(filters), filters, notUnderstood };
  } catch (error) {
    if (filters.cursor === undefined || !isProblem(error) || error.code !== "invalid_input") throw error;
    const { cursor: _lost, ...rest } = filters;
    const kept = rest as typeof filters;
    const told = { name: "cursor", said: LOST_PLACE, without: addressWithout(path, kept as Search, "cursor") };
    return { page: await read(kept), filters: kept, notUnderstood: [...notUnderstood, told] };
  }
}

/** The address without one of its members. */
export function addressWithout(path: string, search: Search, name: string): string {
  const rest = new URLSearchParams();
  for (const [key, value] of Object.entries(search))
    if (key !== name) for (const one of [value ?? []].flat()) rest.append(key, one);
  return rest.size === 0 ? path : `${path}?${rest}`;
}

/** What a filter for a tool that is not here is told as: its list is empty for that alone. */
export function unknownTool(
  path: string,
  filters: Readonly<Partial<Record<string, string>>>,
  tools: readonly { readonly name: string }[],
): NotUnderstood[] {
  const { tool } = filters;
  if (tool === undefined || tools.some(({ name }) => name === tool)) return [];
  return [
    { name: "tool", said: `There is no tool ${quoted(tool)} here.`, without: addressWithout(path, filters, "tool") },
  ];
}
