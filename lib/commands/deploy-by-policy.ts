/** Approves and deploys without a person what the machine wrote and proved, where policy says so. */
import { machine } from "#lib/core/actor.ts";
import { policyOf, whyNotApprover } from "#lib/core/policy.ts";
import { isProblem } from "#lib/core/problem.ts";
import type { ProposalState } from "#lib/core/words.ts";
import { findProposal, findTool } from "#lib/queries/find-or-refuse.ts";
import { type Context, type Machinery, runCommand } from "./command.ts";
import { decideProposal } from "./decide-proposal.ts";

/**
 * Called when the tests of a proposal have ended. What a person or a key wrote or edited is theirs to decide on, and
 * what policy, a warning or the mode keeps back waits for a person.
 * @returns the state that it was brought to; null where it waits
 */
export async function deployByPolicy(machinery: Machinery, proposalId: string): Promise<ProposalState | null> {
  const { database, pipeline } = machinery;
  const proposal = await findProposal(database, proposalId);
  if (proposal.state !== "awaiting_review") return null;
  const [settings, tool, revisions, snapshots] = await Promise.all([
    database.settings.get(),
    findTool(database, proposal.tool),
    database.proposals.revisions(proposal.id),
    database.proposals.evidence(proposal.id),
  ]);
  const author = revisions.find(({ number }) => number === proposal.revision)?.author;
  const snapshot = snapshots.filter(({ revision }) => revision === proposal.revision).at(-1);
  const actor = machine("policy");
  if (snapshot === undefined || author?.kind !== "machine") return null;
  if (whyNotApprover(policyOf(settings, tool.settings), snapshot, actor) !== null) return null;
  const ctx: Context = { ...machinery, caller: { actor, scopes: ["approve", "deploy"] } };
  try {
    const { state } = await runCommand(decideProposal, ctx, {
      id: proposal.id,
      decision: "approve",
      digest: await pipeline.digest(proposal.id),
      reason: `${snapshot.headline} Policy lets what passed by ${snapshot.strategyUsed} go without a person.`,
      deploy: true,
    });
    return state;
  } catch (error) {
    // A warning to acknowledge, a base that moved, somebody who was quicker: a person looks at it.
    if (isProblem(error)) return null;
    throw error;
  }
}
