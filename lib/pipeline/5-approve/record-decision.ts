/** Gathers what a decision is judged by, decides, and writes it down with its move, all or nothing. */
import { type Actor, type Caller, holds, machine } from "#lib/core/actor.ts";
import { policyOf } from "#lib/core/policy.ts";
import { Problem } from "#lib/core/problem.ts";
import type { DecisionRecord, Proposal } from "#lib/core/proposal.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import { gatherApproval } from "../gather-approval.ts";
import type { DecideRequest } from "../rooms.ts";
import { moveProposal } from "../transitions.ts";
import { type DecideFacts, decideOn } from "./decide.ts";

export type ApproveParts = { readonly database: Database; readonly clock: Clock };
export type Decided = {
  proposal: Proposal;
  decision: DecisionRecord;
  /** What policy still asks for, where an approval was recorded and the proposal waits on. */
  missing: readonly string[];
};

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
    const facts = await gatherFacts(tx, request, caller.actor);
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
    const reason = request.reason === "" ? SAID[request.decision] : request.reason;
    if (outcome.to !== null) {
      const move = { id: proposal.id, to: outcome.to, actor: caller.actor, reason, known: proposal };
      const [decision, moved] = await Promise.all([tx.proposals.addDecision(outcome.decision), moveProposal(tx, move)]);
      return { proposal: moved, decision, missing: [] };
    }
    const decision = await tx.proposals.addDecision(outcome.decision);
    await tx.audit.append({
      actor: caller.actor,
      verb: "proposal.approval_recorded",
      tool: proposal.tool,
      subject: { kind: "proposal", id: proposal.id },
      summary: `Proposal ${proposal.number} of ${proposal.tool} approved by ${caller.actor.name}; ${outcome.missing.join(", ")}`,
    });
    await tx.publish({ kind: "proposal", id: proposal.id, tool: proposal.tool });
    return { proposal, decision, missing: outcome.missing };
  });
  if (answer instanceof Problem) throw answer;
  return answer;
}

const SAID = { approve: "approved", reject: "rejected", request_changes: "changes requested" } as const;

/** The facts under the tool's lock, which deployments and other decisions on the tool wait for: asked in one go. */
async function gatherFacts(tx: Database, request: DecideRequest, actor: Actor): Promise<DecideFacts> {
  const [, { tool, ...facts }, settings] = await Promise.all([
    tx.tools.lockOfProposal(request.proposalId),
    gatherApproval(tx, request.proposalId),
    tx.settings.get(),
  ]);
  const { activeVersion = null } = tool ?? {};
  const policy = policyOf(settings, tool?.settings);
  const known = { ...facts, activeVersion, otherVersions: [], policy };
  // Only a refused digest is explained by the other versions, which are many.
  const outcome = decideOn(known, request, actor);
  if (outcome.kind !== "refused") return known;
  const versions = await tx.versions.list(facts.proposal.tool);
  return { ...known, otherVersions: versions.filter(({ number }) => number !== facts.proposal.baseVersion) };
}
