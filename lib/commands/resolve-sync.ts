/** Settles a tool whose file and database differ. */
import { z } from "zod";
import { policyOf, whyNotApprover } from "#lib/core/policy.ts";
import { Problem } from "#lib/core/problem.ts";
import { ToolName } from "#lib/core/tool.ts";
import { type SyncRow, syncRow } from "#lib/queries/sync.ts";
import { recommendTool } from "#lib/queries/tools.ts";
import { checkSyncStatus } from "#lib/registry/check-sync-status.ts";
import { resolveSync as settle } from "#lib/registry/resolve-sync.ts";
import { type Context, defineCommand } from "./command.ts";
import { Source } from "./propose.ts";
import { closeEdits } from "./take-in-edits.ts";

export const ResolveSync = z.object({
  name: ToolName,
  resolution: z.enum(["take_disk", "take_database", "merge"]),
  source: Source.optional().describe("With merge: the merged source, where both sides changed the same lines"),
  diskHash: z
    .string()
    .optional()
    .describe("SHA-256 of the file as it was seen: refused where it was saved again since, and nothing is written"),
});

/**
 * Taking an edit makes it live as a deployment does, so that policy is asked in the same way: who may, and how many.
 * @throws Problem `conflict` with what policy asks for
 */
async function requireLeave(ctx: Context, name: string, resolution: "take_disk" | "merge"): Promise<void> {
  const { database, caller } = ctx;
  const [tool, settings, [status]] = await Promise.all([
    database.tools.find(name),
    database.settings.get(),
    checkSyncStatus(ctx, [name]),
  ]);
  // The first version of a tool has nothing that it could be held against.
  if (tool === null || tool.activeVersion === null) return;
  const policy = policyOf(settings, tool.settings);
  const edit = status?.edit ?? null;
  const proposal = edit === null ? null : await database.proposals.find(edit.proposalId);
  const evidence = proposal === null ? undefined : (await database.proposals.evidence(proposal.id)).at(-1);
  const strategyUsed = evidence?.strategyUsed ?? (await recommendTool(ctx, tool, settings)).strategy;
  const verdict = resolution === "take_disk" && evidence?.verdict === "passed" ? "passed" : "inconclusive";
  const barred = whyNotApprover(policy, { strategyUsed, verdict }, caller.actor);
  if (barred !== null) throw new Problem("conflict", barred, { strategyUsed, verdict });
  if (policy.requiredApprovals < 2 && !policy.fourEyes) return;
  const asked = policy.fourEyes ? "somebody besides the author" : `${policy.requiredApprovals} people`;
  throw new Problem(
    "conflict",
    resolution === "take_disk" && proposal !== null
      ? `Policy asks ${asked} to approve: approve proposal ${proposal.number}, which holds this edit, and deploy it.`
      : `Policy asks ${asked} to approve: save ${resolution === "merge" ? "the merged source" : "the edit"} in the file, then approve the proposal that is made of it.`,
    { proposalId: proposal?.id ?? null },
  );
}

export const resolveSync = defineCommand({
  name: "sync.resolve",
  summary: "Take the file, take the database, or merge both",
  scope: "deploy",
  input: ResolveSync,
  async run({ ctx, input }): Promise<SyncRow & { version: number; backup: string | null }> {
    if (input.source !== undefined && input.resolution !== "merge")
      throw new Problem("invalid_input", `source: only a merge takes one; leave it out to ${input.resolution}.`);
    const { name: tool, resolution, source, diskHash } = input;
    if (resolution !== "take_database") await requireLeave(ctx, tool, resolution);
    // The registry writes the audit row in the transaction that makes file and database agree.
    const { tryCandidate } = ctx.pipeline;
    const result = await settle({ ...ctx, tryCandidate }, { tool, resolution, source, diskHash }, ctx.caller.actor);
    if (!result.resolved)
      throw new Problem(
        "conflict",
        `The edit of ${tool} and version ${result.status.activeVersion} changed the same lines: send the merged source.`,
        {
          syncState: result.status.state,
          diskHash: result.status.diskHash,
          regions: result.regions,
          sides: result.sides,
        },
      );
    const words = { take_disk: "taken from the disk", take_database: "dropped for the database", merge: "merged" };
    await closeEdits(ctx, tool, `${words[resolution]}: version ${result.version} answers calls`, null);
    return { ...syncRow(result.status), version: result.version, backup: result.backup };
  },
});
