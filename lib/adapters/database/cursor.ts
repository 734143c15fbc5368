/** Opaque cursors: the sort key of the last row of a page. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import type { Page, PageRequest } from "#lib/ports/database.ts";

const Key = z.tuple([z.string(), z.string()]);

export const DEFAULT_LIMIT = 50;

/** Reads a cursor made by `pageOfRows`. */
export function readCursor(cursor: string | undefined): { value: string; id: string } | null {
  if (cursor === undefined) return null;
  try {
    const [value, id] = Key.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
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
