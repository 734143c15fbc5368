/** The point of no return: one transaction after which the new version answers calls. */
import type { Deployment, StepRecord } from "#lib/core/deployment.ts";
import { isProblem } from "#lib/core/problem.ts";
import type { Manifest } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";
import { moveProposal } from "../transitions.ts";
import type { Activation } from "./activation.ts";
import type { Ground } from "./make-active.ts";

/**
 * Writes the version, makes it active and takes the proposal along, all or nothing.
 * @throws where the deployment was settled by somebody else, or another version got in between
 */
export async function activate(
  tx: Database,
  activation: Activation,
  what: {
    id: string;
    ground: Ground;
    manifest: Manifest;
    /** What the journal does not hold yet, the activation itself last. */
    steps: readonly StepRecord[];
  },
): Promise<void> {
  const { kind, tool, from, proposal } = activation;
  const { toVersion } = what.ground;
  const deployment = await tx.deployments.find(what.id);
  // Whoever found the lock free meanwhile has undone it.
  if (deployment?.state !== "running") throw new Error("it was undone by another process meanwhile");
  const version = await bear(tx, activation, what.manifest);
  if (version.number !== toVersion) throw new Error(`another version ${toVersion} was added meanwhile`);
  if (!(await tx.tools.setActive(tool, from.number, toVersion)))
    throw new Error("another version became active meanwhile");
  await tx.deployments.appendSteps(what.id, what.steps, null);
  const { actor, reason } = deployment;
  if (kind === "deploy" && proposal !== null)
    await moveProposal(tx, {
      id: proposal.id,
      to: "deployed",
      actor,
      reason: `version ${toVersion} answers calls`,
      known: proposal,
    });
  if (kind === "rollback") await markRolledBack(tx, deployment);
  await tx.audit.append({
    actor,
    verb: kind === "deploy" ? "deployment.activated" : "tool.rolled_back",
    tool,
    subject: { kind: "deployment", id: what.id },
    summary: `${tool}: version ${from.number} → ${toVersion}${reason === "" ? "" : `. ${reason}`}`,
  });
  await tx.publish({ kind: "tool", id: tool, tool });
  await tx.publish({ kind: "deployment", id: what.id, tool });
}

async function bear(tx: Database, { tool, to, proposal }: Activation, manifest: Manifest): Promise<Version> {
  if (to.birth !== null)
    return tx.versions.add({
      tool,
      source: to.source,
      manifest,
      ...to.birth,
      ...(proposal === null ? {} : { proposalId: proposal.id }),
    });
  const known = await tx.versions.findByHash(tool, to.hash);
  if (known === null) throw new Error("the version is not there");
  return known;
}

const MOST_ATTEMPTS = 5;

/** The proposal whose deployment made the abandoned version active goes with it. */
async function markRolledBack(tx: Database, { tool, fromVersion, actor, reason }: Deployment): Promise<void> {
  const { items } = await tx.deployments.list({ tool, state: "done" }, { limit: 100 });
  const deployed = items.find(({ kind, toVersion }) => kind === "deploy" && toVersion === fromVersion);
  if (deployed?.proposalId === undefined) return;
  // The watch may call it stable at the same moment: what it says is taken in, and the rollback goes on.
  for (let attempt = 1; ; attempt += 1) {
    const proposal = await tx.proposals.find(deployed.proposalId);
    if (proposal === null || !["deployed", "monitoring", "stable"].includes(proposal.state)) return;
    const { id, sequence: seen } = proposal;
    try {
      await moveProposal(tx, { id, to: "rolled_back", actor, reason, seen });
      return;
    } catch (error) {
      if (!isProblem(error) || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}
