/** Access keys, without any secret. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { Scope } from "#lib/core/words.ts";

export const KeyView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["person", "key"]),
  scopes: z.array(Scope),
  createdAt: z.date(),
  revokedAt: z.date().nullable(),
});

export const KeyPage = z.object({ items: z.array(KeyView) });
export type KeyPage = z.infer<typeof KeyPage>;

export const ListKeys = z.strictObject({});

/** All keys and people, newest first. */
export async function listKeys(ctx: Context): Promise<KeyPage> {
  return { items: await ctx.database.access.listKeys() };
}
