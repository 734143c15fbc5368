/** Room 7: holds a fresh deployment's calls against the version before it, and rolls back what got worse. */

import type { Actor } from "#lib/core/actor.ts";
import { machine } from "#lib/core/actor.ts";
import type { Deployment, MonitorState } from "#lib/core/deployment.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { RollBackRequest } from "../rooms.ts";
import { moveProposal } from "../transitions.ts";
import { decide, type VersionRecord } from "./decide.ts";

export type MonitorParts = {
  database: Database;
  clock: Clock;
  rollBack: (request: RollBackRequest, actor: Actor) => Promise<Deployment>;
};

const HOUR_MS = 3_600_000;

export function createMonitor(parts: MonitorParts): (request: { deploymentId: string }) => Promise<MonitorState> {
  const { database, clock, rollBack } = parts;

  async function recordOf(tool: string, version: number | null, since: Date | undefined): Promise<VersionRecord> {
    if (version === null) return { calls: 0, failures: 0, refused: 0 };
    const [row] = await database.executions.statistics({ tool, version, since });
    const count = (status: "succeeded" | "failed" | "timed_out" | "refused"): number => row?.counts[status] ?? 0;
    const failures = count("failed") + count("timed_out");
    return { calls: count("succeeded") + failures, failures, refused: count("refused") };
  }

  return async ({ deploymentId }) => {
    const deployment = await database.deployments.find(deploymentId);
    if (deployment === null) throw new Problem("not_found", `There is no deployment "${deploymentId}".`);
    if (deployment.monitor !== undefined && deployment.monitor.verdict !== "watching") return deployment.monitor;
    const { tool, fromVersion, toVersion } = deployment;
    const [settings, current, now, before] = await Promise.all([
      database.settings.get(),
      database.tools.find(tool),
      recordOf(tool, toVersion, deployment.startedAt),
      recordOf(tool, fromVersion, undefined),
    ]);
    const hours = (clock.now().getTime() - deployment.startedAt.getTime()) / HOUR_MS;
    const limits = { calls: settings.monitorCalls, hours: settings.monitorHours };
    const verdict = decide({ now, before, hours, limits, active: current?.activeVersion === toVersion });
    const state: MonitorState = {
      verdict: verdict.verdict,
      calls: now.calls,
      failures: now.failures,
      baselineCalls: before.calls,
      baselineFailures: before.failures,
      limit: limits.calls,
      detail: verdict.detail,
      updatedAt: clock.now(),
    };
    await database.transaction(async (inner) => {
      await inner.deployments.setMonitor(deploymentId, state);
      await inner.publish({ kind: "deployment", id: deploymentId, tool });
    });
    if (state.verdict === "regressed")
      await rollBack(
        { tool, reason: verdict.detail, ...(fromVersion === null ? {} : { version: fromVersion }) },
        machine("monitor"),
      );
    if (state.verdict === "healthy" && deployment.proposalId !== undefined)
      await moveProposal(database, {
        id: deployment.proposalId,
        to: "stable",
        actor: machine("monitor"),
        reason: verdict.detail,
      });
    return state;
  };
}
