/** Takes a tool's history out of the repository that holds it. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import { ToolName } from "#lib/core/tool.ts";
import { findTool } from "#lib/queries/find-or-refuse.ts";
import { importHistory } from "#lib/registry/import-history.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const ImportVersions = z.object({ name: ToolName });

export const ImportedVersions = z.object({
  imported: z.array(z.object({ version: z.number().int(), commit: z.string() })),
  /** Commits whose source does not load, and why. */
  skipped: z.array(z.object({ commit: z.string(), reason: z.string() })),
});
export type ImportedVersions = z.infer<typeof ImportedVersions>;

export const importVersions = defineCommand({
  name: "versions.import",
  summary: "Take a tool's earlier versions out of git, with their authors; none of them becomes active",
  scope: "operate",
  input: ImportVersions,
  async run({ ctx, input }): Promise<ImportedVersions> {
    const { git } = ctx;
    const tool = await findTool(ctx.database, input.name);
    if (git === undefined || (await git.repository()) === null)
      throw new Problem(
        "conflict",
        `The tools folder is in no git repository, or git is switched off: there is no history of ${tool.name} to import.`,
      );
    const { imported, skipped } = await importHistory({ ...ctx, git }, tool.name, { afterKnown: false });
    return record(ctx, async () => ({
      answer: { imported: [...imported], skipped: [...skipped] },
      audit: {
        verb: "versions.imported",
        tool: tool.name,
        subject: { kind: "tool", id: tool.name },
        summary: `imported ${imported.length} versions of ${tool.name} from git; ${skipped.length} commits do not load`,
      },
      events: [{ kind: "tool", id: tool.name, tool: tool.name }],
    }));
  },
});
