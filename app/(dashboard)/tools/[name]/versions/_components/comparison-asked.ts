/** Which two versions an address asks to compare, and what of it is not there. Pure. */
import { addressWithout, type NotUnderstood, quoted, type Search } from "../../../../_components/read-filters.ts";

const SIDES = ["from", "to"] as const;

/** The number that an address gives a side, if it is one. */
export function versionAsked(search: Search, side: (typeof SIDES)[number]): number | undefined {
  const text = search[side];
  return typeof text === "string" && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * Each side that cannot be shown as it is asked for, so that nobody takes another comparison for the one of a link.
 * @param known numbers of the versions that there are
 */
export function notCompared(path: string, search: Search, known: readonly number[]): NotUnderstood[] {
  const told = (name: string, said: string): NotUnderstood => ({
    name,
    said: `${said}: what is shown is not what was asked for.`,
    without: addressWithout(path, search, name),
  });
  const missing = SIDES.flatMap((side) => {
    const given = search[side];
    const number = versionAsked(search, side);
    if (given === undefined || given === "" || (number !== undefined && known.includes(number))) return [];
    return [told(side, `There is no version ${quoted([given].flat().join(", "))} to compare ${side}`)];
  });
  const [from, to] = SIDES.map((side) => versionAsked(search, side));
  if (missing.length > 0 || from === undefined || from !== to) return missing;
  return [told("from", `Version ${from} beside itself has nothing to compare`)];
}
