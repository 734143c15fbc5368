/** A person's decision on a proposal, bound to the digest of all that the person saw. */
import { z } from "zod";
import { holds } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { isProblem, Problem, withoutStop } from "#lib/core/problem.ts";
import type { DecisionRecord, Proposal } from "#lib/core/proposal.ts";
import { Decision } from "#lib/core/words.ts";
import { moveProposal } from "#lib/pipeline/transitions.ts";
import { findProposal, findTool, isId } from "#lib/queries/find-or-refuse.ts";
import { type ProposalDetail, showProposal } from "#lib/queries/proposals.ts";
import { type Context, defineCommand } from "./command.ts";
import { deployApproved } from "./deploy-proposal.ts";
import { enqueueGenerate } from "./proposal-jobs.ts";

export const DecideProposal = z.object({
  id: z.string().describe("Id or number of a proposal"),
  decision: Decision,
  reason: z.string().trim().max(20_000).default(""),
  digest: z.string().min(1, "is empty: send the digest of the proposal that you looked at"),
  acknowledge: z.array(z.string()).max(100).default([]).describe("Ids of the warnings that are accepted"),
  deploy: z.boolean().default(false).describe("Deploy at once when this approval is the last one needed"),
});

type DecisionAnswer = ProposalDetail & {
  decision: DecisionRecord;
  missing: readonly string[];
  deployment: Deployment | null;
};

export const decideProposal = defineCommand({
  name: "proposals.decide",
  summary: "Approve, reject or request changes",
  scope: "approve",
  input: DecideProposal,
  async run({ ctx, input }): Promise<DecisionAnswer> {
    // Whoever names the id itself is not asked to wait for it: the room refuses one that is not there.
    const proposalId = isId(input.id) ? input.id : (await findProposal(ctx.database, input.id)).id;
    if (input.deploy && input.decision !== "approve")
      throw new Problem("invalid_input", `deploy: only an approval can deploy; leave it out to ${input.decision}.`);
    if (input.deploy && !holds(ctx.caller, "deploy"))
      throw new Problem("forbidden", `${ctx.caller.actor.name} may approve, but not deploy: leave out "deploy".`);
    const { proposal, decision, missing } = await ctx.pipeline.decide(
      {
        proposalId,
        decision: input.decision,
        reason: input.reason,
        digest: input.digest,
        acknowledge: input.acknowledge,
      },
      ctx.caller,
    );
    if (input.decision === "request_changes") await askModelAgain(ctx, proposal);
    // In simulated mode an approval ends with the plan of what it would have done, whoever may deploy.
    const deployment =
      proposal.state === "approved" && (input.deploy || (await isSimulated(ctx.database, proposal.tool)))
        ? await deployApproved(ctx, proposal).catch((error: unknown) => sayApproved(ctx, proposalId, error))
        : null;
    return { ...(await showProposal(ctx, { id: proposalId })), decision, missing, deployment };
  },
});

/** What stops the deployment does not undo the approval: who asked for both has to know which of them counts. */
async function sayApproved(ctx: Context, id: string, error: unknown): Promise<never> {
  if (!isProblem(error)) throw error;
  const { state } = await findProposal(ctx.database, id);
  if (state !== "approved") throw error;
  throw new Problem(
    error.code,
    `It is approved, but not deployed: ${withoutStop(error.message)}. The approval stands and need not be repeated: deploy the proposal when that is done.`,
    { ...error.details, state },
  );
}

/** Requested changes are the next prompt of the model that wrote the proposal; everybody else sends a revision. */
async function askModelAgain(ctx: Context, proposal: Proposal): Promise<void> {
  const newest = (await ctx.database.proposals.revisions(proposal.id)).find(
    ({ number }) => number === proposal.revision,
  );
  if (proposal.state !== "changes_requested" || newest?.origin.kind !== "model" || ctx.model === null) return;
  const generating = await moveProposal(ctx.database, {
    id: proposal.id,
    to: "generating",
    actor: ctx.caller.actor,
    reason: "changes requested",
    seen: proposal.sequence,
  });
  await enqueueGenerate(ctx.queue, generating, "model");
}

async function isSimulated(database: Parameters<typeof findTool>[0], name: string): Promise<boolean> {
  const tool = await findTool(database, name);
  return (tool.settings.mode ?? (await database.settings.get()).mode) === "simulated";
}
