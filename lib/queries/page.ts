/** What every list takes and gives. */
import { z } from "zod";

export const PageInput = {
  cursor: z.string().max(500).optional().describe("The nextCursor of the page before"),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("Rows on a page, 50 unless told"),
};

/** The shape of a list's answer. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}

/** A time in a query or body: ISO 8601 with its zone. */
export const Instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
