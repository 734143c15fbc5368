import type { z } from "zod";
import { isProblem } from "#lib/core/problem.ts";

type Search = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Filters of an address. What cannot be read is left out rather than refused, so that an old link still shows a list; which
 * ones are is said above it.
 */
export function readFilters<Name extends string>(
  shape: Readonly<Record<Name, z.ZodType>>,
  names: readonly Name[],
  search: Search,
): { filters: Partial<Record<Name, string>>; ignored: Name[] } {
  const filters: Partial<Record<Name, string>> = {};
  const ignored: Name[] = [];
  for (const name of names) {
    const value = search[name];
    if (value === undefined || value === "") continue;
    if (typeof value === "string" && shape[name].safeParse(value).success) filters[name] = value;
    else ignored.push(name);
  }
  return { filters, ignored };
}

/** Reads a page of a list; from its beginning where the cursor of the address is not one of its own. */
export async function readFromCursor<Page>(
  cursor: string | undefined,
  read: (cursor: string | undefined) => Promise<Page>,
): Promise<{ page: Page; cursor: string | undefined; ignored: "cursor"[] }> {
  try {
    return { page: await read(cursor), cursor, ignored: [] };
  } catch (error) {
    if (cursor === undefined || !isProblem(error) || error.code !== "invalid_input") throw error;
    return { page: await read(undefined), cursor: undefined, ignored: ["cursor"] };
  }
}
