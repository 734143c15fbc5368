/** Where each tool file stands against the database. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { SyncState } from "#lib/core/words.ts";
import { checkSyncStatus, type SyncStatus } from "#lib/registry/check-sync-status.ts";

export const SyncRow = z.object({
  name: z.string(),
  syncState: SyncState,
  activeVersion: z.number().int().nullable(),
  /** The version that file and database both came from. */
  baseVersion: z.number().int().nullable(),
  /** SHA-256 of the file, and of the source that the database has active. */
  diskHash: z.string().nullable(),
  databaseHash: z.string().nullable(),
  /** The version that keeps the edit on disk, and the proposal whose evidence says what it is worth. */
  edit: z.object({ version: z.number().int(), proposalId: z.string() }).nullable(),
  widened: z.array(z.string()).describe("What the edit on disk may touch beyond the active version"),
  detail: z.string(),
});
export type SyncRow = z.infer<typeof SyncRow>;

export const SyncPage = z.object({ items: z.array(SyncRow) });
export type SyncPage = z.infer<typeof SyncPage>;

export const ListSync = z.strictObject({});

/** A status as the API words it. */
export function syncRow({ state, widened, ...rest }: SyncStatus): SyncRow {
  return { ...rest, widened: [...widened], syncState: state };
}

/** The sync state of every tool and tool file, by name. */
export async function listSync(ctx: Context): Promise<SyncPage> {
  return { items: (await checkSyncStatus(ctx)).map(syncRow) };
}
