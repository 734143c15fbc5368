/** The point of no return: one transaction after which the new version answers calls. */
import type { Actor } from "#lib/core/actor.ts";
import type { StepRecord } from "#lib/core/deployment.ts";
import { isProblem } from "#lib/core/problem.ts";
import type { Manifest } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";
import { moveProposal } from "../transitions.ts";
import type { Activation } from "./activation.ts";
import type { Ground } from "./make-active.ts";

/**
 * Writes the version, makes it active and takes the proposal along, all or nothing, in one go: nothing waits for the
 * answer before it, and where one is not as it should be, the transaction undoes them all.
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
    actor: Actor;
  },
): Promise<Version> {
  const { kind, tool, from, reason } = activation;
  const { id, actor } = what;
  const { toVersion } = what.ground;
  const [deployment, version, moved] = await Promise.all([
    tx.deployments.find(id),
    bear(tx, activation, what.manifest),
    tx.tools.setActive(tool, from.number, toVersion),
    tx.deployments.appendSteps(id, what.steps, null),
    tx.audit.append({
      actor,
      verb: kind === "deploy" ? "deployment.activated" : "tool.rolled_back",
      tool,
      subject: { kind: "deployment", id },
      summary: `${tool}: version ${from.number} → ${toVersion}${reason === "" ? "" : `. ${reason}`}`,
    }),
    tx.publish({ kind: "tool", id: tool, tool }),
    tx.publish({ kind: "deployment", id, tool }),
    takeProposalAlong(tx, activation, what.ground, actor),
  ]);
  // Whoever found the lock free meanwhile has undone it.
  if (deployment?.state !== "running") throw new Error("it was undone by another process meanwhile");
  if (version.number !== toVersion) throw new Error(`another version ${toVersion} was added meanwhile`);
  if (!moved) throw new Error("another version became active meanwhile");
  return version;
}

/** A deployed proposal, or those whose version a rollback abandons and goes back to. */
async function takeProposalAlong(
  tx: Database,
  { kind, proposal, reason }: Activation,
  { toVersion, abandons }: Ground,
  actor: Actor,
): Promise<void> {
  if (kind === "rollback" && abandons !== null) await markRolledBack(tx, abandons, actor, reason);
  if (proposal === null) return;
  const { id } = proposal;
  await moveProposal(tx, {
    id,
    to: "deployed",
    actor,
    reason: `version ${toVersion} answers calls${kind === "rollback" ? " again" : ""}`,
    known: proposal,
  });
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
async function markRolledBack(tx: Database, proposalId: string, actor: Actor, reason: string): Promise<void> {
  // The watch may call it stable at the same moment: what it says is taken in, and the rollback goes on.
  for (let attempt = 1; ; attempt += 1) {
    const proposal = await tx.proposals.find(proposalId);
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
