/** What a deployment would do, found out without touching a file, the active version or the list of versions. */
import type { Actor } from "#lib/core/actor.ts";
import { DEPLOY_STEPS, type Deployment, type DeployStep } from "#lib/core/deployment.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Database } from "#lib/ports/database.ts";
import { moveProposal } from "../transitions.ts";
import type { Activation } from "./activation.ts";
import type { DeployParts, Ground } from "./make-active.ts";
import type { Verified } from "./verify-source.ts";

/** Writes the plan down as a deployment in state `simulated`. */
export async function simulate(
  parts: DeployParts,
  activation: Activation,
  ground: Ground,
  verified: Verified,
  actor: Actor,
): Promise<Deployment> {
  const { database, clock } = parts;
  const { kind, tool, from, proposal, reason } = activation;
  const plan = planOf(activation, ground, verified);
  return database.transaction(async (tx) => {
    const deployment = await tx.deployments.create({
      tool,
      kind,
      ...(proposal === null ? {} : { proposalId: proposal.id }),
      fromVersion: from.number,
      toVersion: ground.toVersion,
      mode: "simulated",
      state: "simulated",
      reason,
      actor,
      steps: DEPLOY_STEPS.map((step) => ({ step, at: clock.now(), detail: plan[step] })),
    });
    await tx.deployments.finish(deployment.id, "simulated");
    if (proposal !== null) await enterSimulated(tx, proposal, actor, plan.intent);
    await tx.audit.append({
      actor,
      verb: kind === "deploy" ? "deployment.simulated" : "rollback.simulated",
      tool,
      subject: { kind: "deployment", id: deployment.id },
      summary: `${tool}: ${plan.intent}; nothing was written`,
    });
    await tx.publish({ kind: "deployment", id: deployment.id, tool });
    return (await tx.deployments.find(deployment.id)) ?? deployment;
  });
}

async function enterSimulated(tx: Database, proposal: Proposal, actor: Actor, reason: string): Promise<void> {
  const { id } = proposal;
  const known =
    proposal.state === "simulated"
      ? await moveProposal(tx, { id, to: "approved", actor, reason: "simulated once more", known: proposal })
      : proposal;
  await moveProposal(tx, {
    id,
    to: "simulated",
    actor,
    reason: `Simulated mode: ${reason}; nothing was written`,
    known,
  });
}

function planOf(
  { kind, tool, from, to }: Activation,
  { disk, answer, toVersion }: Ground,
  verified: Verified,
): Record<DeployStep, string> {
  const file = `${tool}.ts`;
  const intent = `would make version ${toVersion} of ${tool} active instead of version ${from.number}`;
  const verify = verified.ok
    ? `tried in memory: ${verified.detail}`
    : `would fail here and be undone: ${verified.reason}`;
  // Taking the disk is what makes such an edit live, and it writes nothing.
  if (answer.kind === "held") {
    const nothing = `nothing: ${file} holds this edit already`;
    return {
      intent: `${intent} when the disk is taken (sync)`,
      backup: nothing,
      stage: nothing,
      verify,
      rename: nothing,
      activate: `taking the disk would let version ${toVersion} answer calls`,
      done: "what is taken from the disk is not watched",
    };
  }
  if (answer.kind === "refused") {
    const nothing = "nothing: it would not come to this";
    return {
      intent: `would be refused: ${answer.reason}`,
      backup: nothing,
      stage: nothing,
      verify,
      rename: nothing,
      activate: nothing,
      done: nothing,
    };
  }
  const left = answer.kind === "leave" ? `nothing: ${answer.reason}` : null;
  const bytes = Buffer.byteLength(to.source, "utf8");
  return {
    intent,
    backup: left ?? (disk === null ? "there is no file to copy" : `would copy ${file} to the backups folder`),
    stage: left ?? `would write ${bytes} bytes beside the tools and flush them to the disk`,
    verify,
    rename: left ?? `would replace ${file} in one step`,
    activate: `would let version ${toVersion} answer calls`,
    done: kind === "deploy" ? "would then watch its calls" : "the version before would answer again",
  };
}
