/** One look at a fresh deployment: what it came to is written once, and acted on. */
import type { Actor } from "#lib/core/actor.ts";
import { machine } from "#lib/core/actor.ts";
import type { Deployment, MonitorState } from "#lib/core/deployment.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { RollBackRequest } from "../rooms.ts";
import { moveProposal } from "../transitions.ts";
import { decide, type MonitorFacts, watched } from "./decide.ts";
import { gather, isStanding } from "./gather.ts";

export type MonitorParts = {
  readonly database: Database;
  readonly clock: Clock;
  readonly rollBack: (request: RollBackRequest, actor: Actor) => Promise<Deployment>;
};

const MONITOR = machine("monitor");

/**
 * Looks, writes what it saw unless the watch ended meanwhile, and rolls back what got worse.
 * @throws Problem `not_found` for an unknown deployment; `unavailable` where the rollback was undone: look again
 */
export async function look(parts: MonitorParts, deploymentId: string): Promise<MonitorState> {
  const { database } = parts;
  const deployment = await find(database, deploymentId);
  if (deployment.state !== "done" || deployment.mode !== "real")
    throw new Problem("conflict", `The deployment of ${deployment.tool} is ${deployment.state}: nothing to watch.`);
  const { monitor } = deployment;
  if (monitor === undefined || monitor.verdict === "watching") {
    const facts = await gather(parts, deployment);
    const state = { ...stateOf(facts, parts.clock.now()), ...(monitor?.since && { since: monitor.since }) };
    if (!(await conclude(database, deployment, state))) return (await find(database, deploymentId)).monitor ?? state;
    if (state.verdict === "regressed") await undo(parts, deployment, state);
    return state;
  }
  // An earlier look found it worse, and was cut off before it was rolled back.
  if (monitor.verdict === "regressed" && (await isUntouched(database, deployment)))
    await undo(parts, deployment, monitor);
  return monitor;
}

function stateOf(facts: MonitorFacts, updatedAt: Date): MonitorState {
  const { now, before, limits } = facts;
  return {
    ...decide(facts),
    calls: now.succeeded + now.failed,
    failures: now.failed,
    watched: watched(facts),
    baselineCalls: before.succeeded + before.failed,
    baselineFailures: before.failed,
    limit: limits.calls,
    updatedAt,
    baseline: before,
  };
}

/** Writes the look with all that follows from it inside the database; false where the watch had ended. */
async function conclude(
  database: Database,
  { id, tool, proposalId }: Deployment,
  state: MonitorState,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    if (!(await tx.deployments.setMonitor(id, state))) return false;
    if (state.verdict === "healthy" && proposalId !== undefined) await settleProposal(tx, proposalId, state.detail);
    if (state.verdict === "regressed") await stopAutoDeploy(tx, id, tool, state.detail);
    await tx.publish({ kind: "deployment", id, tool });
    return true;
  });
}

async function settleProposal(tx: Database, id: string, reason: string): Promise<void> {
  const proposal = await tx.proposals.find(id);
  if (proposal?.state !== "monitoring") return;
  await moveProposal(tx, { id, to: "stable", actor: MONITOR, reason, seen: proposal.sequence });
}

/** What got worse although its evidence was good is from now on a person's to deploy. */
async function stopAutoDeploy(tx: Database, id: string, name: string, reason: string): Promise<void> {
  const tool = await tx.tools.find(name);
  if (tool !== null && tool.settings.autoDeploy !== false)
    await tx.tools.setSettings(name, { ...tool.settings, autoDeploy: false });
  await tx.audit.append({
    actor: MONITOR,
    verb: "deployment.regressed",
    tool: name,
    subject: { kind: "deployment", id },
    summary: `${name} got worse and is rolled back; its automatic deployment is off. ${reason}`,
  });
}

async function undo({ rollBack }: MonitorParts, deployment: Deployment, { detail }: MonitorState): Promise<void> {
  const { tool, fromVersion } = deployment;
  const version = fromVersion === null ? {} : { version: fromVersion };
  const back = await rollBack({ tool, reason: detail, mode: "real", ...version }, MONITOR);
  if (back.state === "undone")
    throw new Problem(
      "unavailable",
      `${tool} got worse, but going back to version ${back.toVersion} failed and was undone: ${back.steps.at(-1)?.detail ?? ""}`,
      { deploymentId: back.id },
    );
}

/** Nobody deployed, rolled back or simulated a rollback since: an attempt that was undone does not count. */
async function isUntouched(database: Database, deployment: Deployment): Promise<boolean> {
  if (!(await isStanding(database, deployment))) return false;
  const { items } = await database.deployments.list({ tool: deployment.tool, state: "simulated" }, { limit: 1 });
  return items[0] === undefined || items[0].startedAt < deployment.startedAt;
}

async function find(database: Database, id: string): Promise<Deployment> {
  const deployment = await database.deployments.find(id);
  if (deployment === null) throw new Problem("not_found", `There is no deployment "${id}".`);
  return deployment;
}
