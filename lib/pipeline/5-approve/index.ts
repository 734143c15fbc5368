/** Room 5: a person's decision, bound to a digest of all that the person saw. */
import type { Caller } from "#lib/core/actor.ts";
import { approvalDigest, currentParts } from "#lib/core/approval-digest.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { gatherApproval } from "../gather-approval.ts";
import type { DecideRequest } from "../rooms.ts";
import { type ApproveParts, type Decided, recordDecision } from "./record-decision.ts";
import { takeBack } from "./take-back.ts";

/** Opens the room: the digest that an approval would bind to now, and the decision itself. */
export function createApprove(parts: ApproveParts): {
  digest(proposalId: string): Promise<string>;
  decide(request: DecideRequest, caller: Caller): Promise<Decided>;
  takeBack(proposalId: string, caller: Caller): Promise<Proposal>;
} {
  return {
    async digest(proposalId) {
      const facts = await gatherApproval(parts.database, proposalId);
      const current = currentParts(facts);
      if (current === null)
        throw new Problem("conflict", `Proposal ${facts.proposal.number} was not tested yet: wait for its evidence.`);
      return approvalDigest(current);
    },
    decide: (request, caller) => recordDecision(parts, request, caller),
    takeBack: (proposalId, caller) => takeBack(parts.database, proposalId, caller),
  };
}
