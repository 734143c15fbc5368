/** Adds a changed source to a proposal; everything is tested again. */
import { z } from "zod";
import { mergeSources } from "#lib/core/merge-sources.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { inWords } from "#lib/core/words.ts";
import { mayMove, moveProposal } from "#lib/pipeline/transitions.ts";
import type { Database } from "#lib/ports/database.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { type ProposalDetail, showProposal } from "#lib/queries/proposals.ts";
import { defineCommand } from "./command.ts";
import { enqueueTest } from "./proposal-jobs.ts";
import { Source, writtenBy } from "./propose.ts";
import { record } from "./record.ts";

export const ReviseProposal = z.object({
  id: z.string().describe("Id or number of a proposal"),
  source: Source,
  rationale: z.string().trim().max(20_000).optional().describe("The one before stays when left out"),
  revision: z.number().int().optional().describe("The revision that was edited; refused if there is a newer one"),
});

export const reviseProposal = defineCommand({
  name: "proposals.revise",
  summary: "Send a changed source for a proposal; its tests run again",
  scope: "operate",
  input: ReviseProposal,
  async run({ ctx, input }): Promise<ProposalDetail & { jobId: string }> {
    const { actor } = ctx.caller;
    const found = await findProposal(ctx.database, input.id);
    const proposal = await record(ctx, async (database) => {
      const current = await findProposal(database, found.id);
      const revisions = await database.proposals.revisions(current.id);
      const newest = revisions.find(({ number }) => number === current.revision);
      if (input.revision !== undefined && input.revision !== current.revision) {
        const edited = revisions.find(({ number }) => number === input.revision);
        throw new Problem(
          "conflict",
          `Revision ${input.revision} was edited, but revision ${current.revision} is the newest: start from that one.`,
          edited && newest && { revision: newest.number, ...mergedOnto(newest.source, edited.source, input.source) },
        );
      }
      if (newest?.source === input.source)
        throw new Problem("invalid_input", `The source equals revision ${newest.number}: nothing was changed.`);
      if (current.state === "generating")
        throw new Problem("conflict", `Proposal ${current.number} is still being written: wait for it, or stop it.`);
      if (!mayMove(current.state, "testing", actor)) throw await tooLate(database, current);
      const moved = await moveProposal(database, {
        id: current.id,
        to: "testing",
        actor,
        reason: "a changed source",
        seen: current.sequence,
      });
      const revision = await database.proposals.addRevision(current.id, {
        source: input.source,
        rationale: input.rationale ?? newest?.rationale ?? "",
        author: actor,
        origin: writtenBy(actor),
      });
      return {
        answer: moved,
        audit: {
          verb: "proposal.revised",
          tool: moved.tool,
          subject: { kind: "proposal", id: moved.id },
          summary: `changed proposal ${moved.number} of ${moved.tool}: revision ${revision.number}`,
        },
        events: [{ kind: "proposal", id: moved.id, tool: moved.tool }],
      };
    });
    const job = await enqueueTest(ctx.queue, proposal);
    return { ...(await showProposal(ctx, { id: proposal.id })), jobId: job.id };
  },
});

/** It was decided, deployed or withdrawn meanwhile, and takes no revision any more. */
async function tooLate(database: Database, { id, number, state }: Proposal): Promise<Problem> {
  const last = (await database.proposals.transitions(id)).at(-1);
  return new Problem(
    "conflict",
    `${last?.actor.name ?? "Somebody"} was faster: proposal ${number} is ${inWords(state)}, and takes no revision any more. Propose this source anew.`,
    { state },
  );
}

/** What an edit of an earlier revision becomes on the newest: nothing that was typed is lost because others were faster. */
function mergedOnto(newest: string, edited: string, source: string) {
  const { text, regions } = mergeSources({ base: edited, disk: source, database: newest });
  return { merged: text, regions, sides: { disk: source, database: newest } };
}
