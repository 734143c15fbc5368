/** The Sync page: what a person has to settle first, each edit with the proposal that says what it is worth. */
import type { Context } from "#lib/commands/command.ts";
import { unseenDifference } from "#lib/core/unseen-difference.ts";
import type { SyncState, Verdict } from "#lib/core/words.ts";
import { newestEvidence } from "./review-page.ts";
import { listSync, type SyncRow } from "./sync.ts";
import { readSyncUndos, type SyncUndo } from "./sync-undo.ts";

export type SyncLine = SyncRow & {
  /** Whether there is a tool of that name to look at; a file that can never be one has none. */
  readonly isTool: boolean;
  /** The proposal that tests the edit on disk; its verdict is null while they run. */
  readonly proposal: {
    readonly id: string;
    readonly number: number;
    readonly verdict: Verdict | null;
    /** What its tests say in one sentence; empty while they run. */
    readonly headline: string;
  } | null;
  /** What was done to the file last, where that can be taken back. */
  readonly undo: SyncUndo | null;
  /** What the edit differs in from the active version, where no editor draws it; null where it is seen. */
  readonly unseen: string | null;
};

/** What is live by mistake or not at all stands above what merely differs. */
const URGENCY: Record<SyncState, number> = {
  conflict: 0,
  unloadable: 1,
  missing: 2,
  disk_ahead: 3,
  database_ahead: 4,
  new: 5,
  in_sync: 6,
};

/** What needs a person first, by name among equals. */
export function inOrderOfNeed<Row extends Pick<SyncRow, "syncState">>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => URGENCY[a.syncState] - URGENCY[b.syncState]);
}

/** Reads the page. */
export async function readSyncPage(ctx: Context): Promise<SyncLine[]> {
  const { database } = ctx;
  const [{ items }, tools] = await Promise.all([listSync(ctx), database.tools.list()]);
  const undos = await readSyncUndos(
    ctx,
    items.map(({ syncState, ...row }) => ({ ...row, state: syncState })),
  );
  const known = new Set(tools.map(({ name }) => name));
  const lines = await Promise.all(
    items.map(async (row): Promise<SyncLine> => {
      const proposal = row.edit === null ? null : await database.proposals.find(row.edit.proposalId);
      const snapshots = proposal === null ? [] : await database.proposals.evidence(proposal.id);
      const evidence = proposal === null ? null : newestEvidence(snapshots, proposal.revision);
      return {
        ...row,
        isTool: known.has(row.name),
        undo: undos.get(row.name) ?? null,
        unseen: await unseenOf(ctx, row),
        proposal:
          proposal === null
            ? null
            : {
                id: proposal.id,
                number: proposal.number,
                verdict: evidence?.verdict ?? null,
                headline: evidence?.headline ?? "",
              },
      };
    }),
  );
  return inOrderOfNeed(lines);
}

async function unseenOf({ database }: Context, { name, edit, activeVersion }: SyncRow): Promise<string | null> {
  if (edit === null || activeVersion === null) return null;
  const [active, edited] = await Promise.all([activeVersion, edit.version].map((n) => database.versions.find(name, n)));
  return active && edited ? unseenDifference(active.source, edited.source) : null;
}
