/** Takes back how a tool's file was settled last: by the database, the disk or a merge. */
import { z } from "zod";
import { ToolName } from "#lib/core/tool.ts";
import { type SyncRow, syncRow } from "#lib/queries/sync.ts";
import { undoSync as undo } from "#lib/registry/undo-sync.ts";
import { defineCommand } from "./command.ts";
import { reopenEdit } from "./take-in-edits.ts";

export const UndoSync = z.object({ name: ToolName });

export const undoSync = defineCommand({
  name: "sync.undo",
  summary: "Take back how the file of a tool was settled last, as long as nothing followed from it",
  scope: "deploy",
  input: UndoSync,
  async run({ ctx, input }): Promise<SyncRow> {
    const status = await undo(ctx, input.name, ctx.caller.actor);
    if (status.edit !== null) await reopenEdit(ctx, status.edit.proposalId);
    return syncRow(status);
  },
});
