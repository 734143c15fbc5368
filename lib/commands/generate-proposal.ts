/** Opens a proposal for an opportunity and has a candidate written for it. */

import { z } from "zod";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { Problem } from "#lib/core/problem.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";
import { inWords } from "#lib/core/words.ts";
import { findActiveVersion, findOpportunity, findTool } from "#lib/queries/find-or-refuse.ts";
import { type ProposalDetail, showProposal } from "#lib/queries/proposals.ts";
import { defineCommand } from "./command.ts";
import { enqueueGenerate } from "./proposal-jobs.ts";
import { record } from "./record.ts";

export const GenerateProposal = z.object({
  id: z.string().describe("Id of an opportunity"),
  generator: z.enum(["model", "templates"]).optional().describe("The model where one is configured, when left out"),
  force: z.boolean().default(false).describe("Write a fix although the fault seems to lie outside the tool"),
});

export const generateProposal = defineCommand({
  name: "opportunities.generate",
  summary: "Have a fix written for an opportunity, then tested",
  scope: "operate",
  input: GenerateProposal,
  async run({ ctx, input }): Promise<ProposalDetail & { jobId: string }> {
    if (input.generator === "model" && ctx.model === null)
      throw new Problem(
        "conflict",
        "No model is configured: set OPENAI_BASE_URL and WHETSTONE_MODEL, or ask for the generator templates.",
      );
    const found = await findOpportunity(ctx.database, input.id);
    const proposal = await record(ctx, async (database) => {
      await database.tools.lock(found.tool);
      const opportunity = await findOpportunity(database, found.id);
      refuseUnfit(opportunity, input.force);
      for (const state of ["generating", "testing"] as const) {
        const { items } = await database.proposals.list({ opportunityId: opportunity.id, state }, { limit: 1 });
        const [running] = items;
        if (running !== undefined)
          throw new Problem("conflict", `A fix is already on its way: proposal ${running.number} is ${state}.`, {
            proposalId: running.id,
          });
      }
      const base = await findActiveVersion(database, await findTool(database, opportunity.tool));
      const created = await database.proposals.create({
        tool: opportunity.tool,
        baseVersion: base.number,
        purpose: opportunity.kind,
        opportunityId: opportunity.id,
        createdBy: ctx.caller.actor,
        initial: "generating",
        reason: opportunity.reason,
      });
      if (opportunity.state === "open" || opportunity.state === "snoozed")
        await database.opportunities.update(opportunity.id, { state: "in_progress" });
      return {
        answer: created,
        audit: {
          verb: "proposal.requested",
          tool: created.tool,
          subject: { kind: "proposal", id: created.id },
          summary: `asked for a fix of ${created.tool}: proposal ${created.number}`,
        },
        events: [
          { kind: "proposal", id: created.id, tool: created.tool },
          { kind: "opportunity", id: opportunity.id, tool: created.tool },
        ],
      };
    });
    const job = await enqueueGenerate(ctx.queue, proposal, input.generator);
    return { ...(await showProposal(ctx, { id: proposal.id })), jobId: job.id };
  },
});

function refuseUnfit(opportunity: Opportunity, force: boolean): void {
  if (opportunity.state === "resolved" || opportunity.state === "dismissed")
    throw new Problem(
      "conflict",
      `The opportunity is ${inWords(opportunity.state)}: open it again before asking for a fix.`,
    );
  if (!force && isSuspicion(opportunity))
    throw new Problem(
      "conflict",
      'No code fix is written on a suspicion: say first which answer is wrong. Send {"force": true} to have one written all the same.',
    );
  if (force || (opportunity.attribution !== "caller" && opportunity.attribution !== "upstream")) return;
  const place =
    opportunity.attribution === "caller"
      ? "in what callers send: tell them what the tool takes"
      : "in a service that the tool uses: wait for it, or ask its owners";
  throw new Problem(
    "conflict",
    `No code fix is written, because the fault seems to lie ${place}. Send {"force": true} to have one written all the same.`,
    { attribution: opportunity.attribution },
  );
}
