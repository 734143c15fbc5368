/** Gathers what a decision is judged by, decides, and writes it down with its move, all or nothing. */
import { type Caller, holds, machine } from "#lib/core/actor.ts";
import { Problem } from "#lib/core/problem.ts";
import type { DecisionRecord, Proposal } from "#lib/core/proposal.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import { gatherApproval } from "../gather-approval.ts";
import type { DecideRequest } from "../rooms.ts";
import { moveProposal } from "../transitions.ts";
import { type DecideFacts, decideOn } from "./decide.ts";

export type ApproveParts = { readonly database: Database; readonly clock: Clock };
export type Decided = { proposal: Proposal; decision: DecisionRecord };

/**
 * Records a person's decision.
 * @throws Problem `forbidden` without the scope; `conflict` where the digest is stale or the decision may not be taken
 */
export async function recordDecision(
  { database }: ApproveParts,
  request: DecideRequest,
  caller: Caller,
): Promise<Decided> {
  if (!holds(caller, "approve"))
    throw new Problem("forbidden", `${caller.actor.name} may not decide on proposals: it needs the scope "approve".`);
  const answer = await database.transaction(async (tx): Promise<Decided | Problem> => {
    const facts = await gatherFacts(tx, request);
    const { proposal } = facts;
    const outcome = decideOn(facts, request, caller.actor);
    if (outcome.kind === "refused") throw new Problem("conflict", outcome.reason, outcome.details);
    if (outcome.kind === "stale") {
      await moveProposal(tx, {
        id: proposal.id,
        to: "stale",
        actor: machine("approve"),
        reason: outcome.reason,
        seen: proposal.sequence,
      });
      // Answered, not thrown: the move to stale has to be committed.
      return new Problem("conflict", `Proposal ${proposal.number} is stale: ${outcome.reason}. Make a new one.`, {
        state: "stale",
      });
    }
    const decision = await tx.proposals.addDecision(outcome.decision);
    const reason = request.reason === "" ? SAID[request.decision] : request.reason;
    if (outcome.to !== null) {
      const moved = await moveProposal(tx, {
        id: proposal.id,
        to: outcome.to,
        actor: caller.actor,
        reason,
        seen: proposal.sequence,
      });
      return { proposal: moved, decision };
    }
    await tx.audit.append({
      actor: caller.actor,
      verb: "proposal.approval_recorded",
      tool: proposal.tool,
      subject: { kind: "proposal", id: proposal.id },
      summary: `Proposal ${proposal.number} of ${proposal.tool} approved by ${caller.actor.name}; ${outcome.missing.join(", ")}`,
    });
    await tx.publish({ kind: "proposal", id: proposal.id, tool: proposal.tool });
    return { proposal, decision };
  });
  if (answer instanceof Problem) throw answer;
  return answer;
}

const SAID = { approve: "approved", reject: "rejected", request_changes: "changes requested" } as const;

async function gatherFacts(tx: Database, request: DecideRequest): Promise<DecideFacts> {
  const found = await tx.proposals.find(request.proposalId);
  if (found === null) throw new Problem("not_found", `There is no proposal ${request.proposalId}.`);
  // A deployment of the tool in between would make the answer about the base untrue.
  await tx.tools.lock(found.tool);
  const facts = await gatherApproval(tx, request.proposalId);
  const tool = await tx.tools.find(found.tool);
  const settings = await tx.settings.get();
  const versions = await tx.versions.list(found.tool);
  return {
    ...facts,
    activeVersion: tool?.activeVersion ?? null,
    otherVersions: versions.filter(({ number }) => number !== found.baseVersion),
    policy: {
      requiredApprovals: settings.requiredApprovals,
      fourEyes: settings.fourEyes,
      reasonRequired: settings.reasonRequired,
      autoDeploy: tool?.settings.autoDeploy ?? settings.autoDeploy,
    },
  };
}
