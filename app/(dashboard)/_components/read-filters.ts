import type { z } from "zod";

/** Filters of an address; what cannot be read is left out rather than refused, so that an old link still shows a list. */
export function readFilters<Name extends string>(
  shape: Readonly<Record<Name, z.ZodType>>,
  names: readonly Name[],
  search: Readonly<Record<string, string | string[] | undefined>>,
): Partial<Record<Name, string>> {
  const filters: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === "string" && value !== "" && shape[name].safeParse(value).success) filters[name] = value;
  }
  return filters;
}
