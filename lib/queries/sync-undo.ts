/** What was settled in Sync and can still be taken back. */
import type { Context } from "#lib/commands/command.ts";
import { holds } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { checkSyncStatus, type SyncStatus } from "#lib/registry/check-sync-status.ts";
import { type Settled, settledAs } from "#lib/registry/settled.ts";
import { decideUndo, lastSettled } from "#lib/registry/undo-sync.ts";

export type SyncUndo = {
  readonly tool: string;
  readonly what: Settled;
  readonly by: string;
  readonly at: Date;
  /** The version that answers calls; and the one that would, taken back. */
  readonly version: number;
  readonly back: number;
  /** Whether there was a file, whose content comes back where the database was taken; else the file goes away again. */
  readonly hadFile: boolean;
};

/** As long as the key for it means this decision. */
const MEANT_MS = 10 * 60_000;
/** What was done further back is undone by its command alone. */
const LOOKED_BACK = 200;
const JUST_NOW = 30;

/** What can be taken back, by tool. */
export async function readSyncUndos(
  ctx: Context,
  statuses: readonly Pick<SyncStatus, "name" | "state" | "diskHash" | "activeVersion">[],
): Promise<Map<string, SyncUndo>> {
  const settled = await lastSettled(ctx.database, LOOKED_BACK);
  const found = await Promise.all(
    settled.map(async (last) => {
      const status = statuses.find(({ name }) => name === last.tool);
      const answer = status === undefined ? null : await decideUndo(ctx, status, last);
      return answer?.kind === "undo" ? [[last.tool, undoOf(answer.last)] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** What the caller settled last, in the last minutes; null where that can no longer be undone. */
export async function readOwnSyncUndo(ctx: Context): Promise<SyncUndo | null> {
  const { caller, clock, database } = ctx;
  if (!holds(caller, "deploy")) return null;
  const since = clock.now().getTime() - MEANT_MS;
  const last = (await lastSettled(database, JUST_NOW)).find(
    ({ actor, startedAt }) =>
      actor.kind === caller.actor.kind && actor.id === caller.actor.id && startedAt.getTime() >= since,
  );
  if (last === undefined) return null;
  const [status] = await checkSyncStatus(ctx, [last.tool]);
  const answer = status === undefined ? null : await decideUndo(ctx, status, last);
  return answer?.kind === "undo" ? undoOf(answer.last) : null;
}

function undoOf(last: Deployment): SyncUndo {
  const { tool, actor, startedAt, fromVersion, toVersion, backup } = last;
  const what = settledAs(last) ?? "database";
  return {
    tool,
    what,
    by: actor.name,
    at: startedAt,
    version: toVersion,
    back: what === "database" ? toVersion : (fromVersion ?? toVersion),
    hadFile: backup !== undefined,
  };
}
