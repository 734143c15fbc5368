/** Deploys an approved proposal: what was approved is looked at again, then made active. */
import { type Actor, machine } from "#lib/core/actor.ts";
import { currentSnapshot } from "#lib/core/approval-digest.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { policyOf } from "#lib/core/policy.ts";
import { isProblem, Problem } from "#lib/core/problem.ts";
import { wordsOfRevision } from "#lib/core/revision-words.ts";
import type { Database } from "#lib/ports/database.ts";
import { gatherApproval } from "../gather-approval.ts";
import { moveProposal } from "../transitions.ts";
import type { Activation, MakeActive } from "./activation.ts";
import { type DeployFacts, decideDeploy, probesFrom } from "./decide.ts";

/**
 * Deploys, or says what it would have done.
 * @throws Problem `conflict` where the approval does not hold, the base moved or the file was edited
 */
export async function deploy(
  { database, makeActive }: { database: Database; makeActive: MakeActive },
  proposalId: string,
  actor: Actor,
): Promise<Deployment> {
  const facts = await gatherFacts(database, proposalId);
  const { proposal, base, revisions } = facts;
  const answer = decideDeploy(facts, actor);
  if (answer.kind === "refused") throw new Problem("conflict", answer.reason, { state: proposal.state });
  if (answer.kind === "stale") return refuseStale(database, facts, answer.reason);
  const revision = revisions.find(({ number }) => number === proposal.revision);
  const snapshot = currentSnapshot(facts);
  if (revision === undefined || snapshot === null)
    throw new Problem("conflict", `Proposal ${proposal.number} has nothing to deploy.`);
  // Read while the way to the file is prepared.
  const probes = database.proposals
    .evidenceCases(snapshot.id)
    .then((cases) => probesFrom(cases, snapshot.summary.noisePaths));
  const activation: Activation = {
    kind: "deploy",
    tool: proposal.tool,
    from: base,
    to: {
      source: revision.source,
      hash: revision.hash,
      birth: {
        author: revision.author,
        reason: wordsOfRevision(base.source, revisions, revision) || `proposal ${proposal.number}`,
        origin: revision.origin.kind === "merge" ? "merge" : "proposal",
        parents: [base.number],
      },
    },
    proposal,
    probes,
    reason: `proposal ${proposal.number}, revision ${revision.number}`,
  };
  return makeActive(activation, actor).catch(async (error: unknown) => {
    // Another deployment of the tool was faster: this one is asked to rebase, like one that comes later.
    const now = isProblem(error) && error.code === "conflict" ? await gatherFacts(database, proposalId) : null;
    const again = now === null ? null : decideDeploy(now, actor);
    if (now === null || again?.kind !== "stale") throw error;
    return refuseStale(database, now, again.reason);
  });
}

/** @throws Problem `conflict`, always: the base moved, and the proposal is told so */
async function refuseStale(database: Database, { proposal }: DeployFacts, reason: string): Promise<never> {
  await moveProposal(database, {
    id: proposal.id,
    to: "stale",
    actor: machine("deploy"),
    reason,
    seen: proposal.sequence,
  });
  throw new Problem(
    "conflict",
    `Proposal ${proposal.number} is stale: ${reason}. Rebase it: propose its change again on the active version.`,
    { state: "stale" },
  );
}

async function gatherFacts(database: Database, proposalId: string): Promise<DeployFacts> {
  const [{ tool, ...facts }, settings] = await database.together((reads) =>
    Promise.all([gatherApproval(reads, proposalId), reads.settings.get()]),
  );
  return {
    ...facts,
    activeVersion: tool?.activeVersion ?? null,
    policy: policyOf(settings, tool?.settings),
  };
}
