/** Opaque cursors: the sort key of the last row of a page. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import type { Page, PageRequest } from "#lib/ports/page.ts";

const Key = z.tuple([z.string(), z.string()]);

export const DEFAULT_LIMIT = 50;

const isId = (text: string): boolean => z.guid().safeParse(text).success;

/** What PostgreSQL takes as a sort key: a cursor that was made up must not reach it. */
const SORT_KEYS = {
  // Years of more than four digits have the leap years of their last four.
  time: (text: string) =>
    /^\d{4,6}-[^.]*\.\d{1,6}Z$/.test(text) &&
    z.iso.datetime().safeParse(text.replace(/^\d{1,2}(?=\d{4}-)/, "")).success,
  number: (text: string) => /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)),
  whole: (text: string) => /^\d{1,9}$/.test(text),
  id: isId,
};

/** Reads a cursor made by `pageOfRows` for a list that is sorted by a time, a number, a whole one or the id alone. */
export function readCursor(
  cursor: string | undefined,
  sortedBy: keyof typeof SORT_KEYS,
): { value: string; id: string } | null {
  if (cursor === undefined) return null;
  try {
    const [value, id] = Key.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    if (!SORT_KEYS[sortedBy](value) || !isId(id)) throw new Error("another list's");
    return { value, id };
  } catch {
    throw new Problem(
      "invalid_input",
      "The cursor is not one that this list gave: leave it out to begin at the first page.",
    );
  }
}

export function limitOf(page: PageRequest): number {
  return Math.min(Math.max(page.limit ?? DEFAULT_LIMIT, 1), 10_000);
}

/**
 * Cuts a page out of rows that were read with one row more than the limit.
 * @param key the sort key of a row and its id, as texts that PostgreSQL reads back exactly
 */
export function pageOfRows<Row, Item>(
  rows: Row[],
  limit: number,
  key: (row: Row) => [string, string],
  item: (row: Row) => Item,
): Page<Item> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: kept.map(item),
    ...(more ? { nextCursor: Buffer.from(JSON.stringify(key(last))).toString("base64url") } : {}),
  };
}
