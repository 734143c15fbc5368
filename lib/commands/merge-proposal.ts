/** Carries a proposal over to the version that is active now: its change, that version's and their base are merged. */
import { z } from "zod";
import { machine } from "#lib/core/actor.ts";
import { mergeSources } from "#lib/core/merge-sources.ts";
import { Problem } from "#lib/core/problem.ts";
import { wordsOfRevision } from "#lib/core/revision-words.ts";
import { endProposal } from "#lib/pipeline/end-proposal.ts";
import { findActiveVersion, findProposal, findTool, findVersion } from "#lib/queries/find-or-refuse.ts";
import type { ProposalDetail } from "#lib/queries/proposals.ts";
import { defineCommand } from "./command.ts";
import { LONGEST_RATIONALE, openProposal, Source } from "./propose.ts";

export const MergeProposal = z.object({
  id: z.string().describe("Id or number of a proposal"),
  source: Source.optional().describe("The merged source, where both changed the same lines"),
});

export const mergeProposal = defineCommand({
  name: "proposals.merge",
  summary: "Merge a proposal onto the version that is active now; it becomes a new proposal, tested at once",
  scope: "operate",
  input: MergeProposal,
  async run({ ctx, input }): Promise<ProposalDetail & { jobId: string }> {
    const { database } = ctx;
    const proposal = await findProposal(database, input.id);
    const active = await findActiveVersion(database, await findTool(database, proposal.tool));
    if (active.number === proposal.baseVersion)
      throw new Problem(
        "conflict",
        `Proposal ${proposal.number} was made for version ${active.number}, which is active: there is nothing to merge.`,
      );
    const base = await findVersion(database, proposal.tool, proposal.baseVersion);
    const revisions = await database.proposals.revisions(proposal.id);
    const revision = revisions.find(({ number }) => number === proposal.revision);
    if (revision === undefined)
      throw new Problem("conflict", `Proposal ${proposal.number} has no source: there is nothing to merge.`);
    const merged =
      input.source === undefined
        ? mergeSources({ base: base.source, disk: revision.source, database: active.source })
        : { text: input.source, regions: [] };
    if (merged.text === null)
      throw new Problem(
        "conflict",
        `Proposal ${proposal.number} and version ${active.number} changed the same lines: send the merged source.`,
        { regions: merged.regions, sides: { disk: revision.source, database: active.source } },
      );
    const rationale = `${wordsOfRevision(base.source, revisions, revision) || "No rationale was given."}\n\nProposal ${proposal.number} merged onto version ${active.number}.`;
    const source = Source.safeParse(merged.text);
    if (!source.success)
      throw new Problem("invalid_input", `The merged source ${source.error.issues[0]?.message ?? "is no source"}.`);
    const { tool, purpose, opportunityId } = proposal;
    const made = await openProposal(ctx, {
      tool,
      source: source.data,
      rationale: rationale.slice(-LONGEST_RATIONALE),
      purpose,
      opportunityId,
    });
    // It goes on as its successor: the merged one waits for nobody any more.
    const reason = `Merged onto version ${active.number} as proposal ${made.number}`;
    await endProposal(database, { id: proposal.id, by: [ctx.caller.actor, machine("merge")], reason });
    return made;
  },
});
