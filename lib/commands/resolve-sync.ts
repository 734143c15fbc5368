/** Settles a tool whose file and database differ. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import { ToolName } from "#lib/core/tool.ts";
import { type SyncRow, syncRow } from "#lib/queries/sync.ts";
import { resolveSync as settle } from "#lib/registry/resolve-sync.ts";
import { defineCommand } from "./command.ts";
import { Source } from "./propose.ts";
import { closeEdits } from "./take-in-edits.ts";

export const ResolveSync = z.object({
  name: ToolName,
  resolution: z.enum(["take_disk", "take_database", "merge"]),
  source: Source.optional().describe("With merge: the merged source, where both sides changed the same lines"),
});

export const resolveSync = defineCommand({
  name: "sync.resolve",
  summary: "Take the file, take the database, or merge both",
  scope: "deploy",
  input: ResolveSync,
  async run({ ctx, input }): Promise<SyncRow & { version: number; backup: string | null }> {
    if (input.source !== undefined && input.resolution !== "merge")
      throw new Problem("invalid_input", `source: only a merge takes one; leave it out to ${input.resolution}.`);
    const { name: tool, resolution, source } = input;
    // The registry writes the audit row in the transaction that makes file and database agree.
    const { tryCandidate } = ctx.pipeline;
    const result = await settle({ ...ctx, tryCandidate }, { tool, resolution, source }, ctx.caller.actor);
    if (!result.resolved)
      throw new Problem(
        "conflict",
        `The edit of ${tool} and version ${result.status.activeVersion} changed the same lines: send the merged source.`,
        { syncState: result.status.state, regions: result.regions, sides: result.sides },
      );
    const words = { take_disk: "taken from the disk", take_database: "dropped for the database", merge: "merged" };
    await closeEdits(ctx, tool, `${words[resolution]}: version ${result.version} answers calls`, null);
    return { ...syncRow(result.status), version: result.version, backup: result.backup };
  },
});
