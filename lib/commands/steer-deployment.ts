/** Promote, pause, watch again and abort: what a person may do about the watch on a deployment. */
import { z } from "zod";
import type { Deployment, MonitorState } from "#lib/core/deployment.ts";
import { Problem } from "#lib/core/problem.ts";
import { moveProposal } from "#lib/pipeline/transitions.ts";
import type { Database } from "#lib/ports/database.ts";
import { type DeploymentView, viewDeployment } from "#lib/queries/deployments.ts";
import { findDeployment, findTool } from "#lib/queries/find-or-refuse.ts";
import { type Context, defineCommand } from "./command.ts";
import { beginWatch } from "./deploy-proposal.ts";
import { record } from "./record.ts";

const WhichDeployment = z.object({ id: z.string().describe("Id of a deployment") });

const OPEN: readonly MonitorState["verdict"][] = ["watching", "inconclusive", "stopped"];

function requireReal({ mode, tool }: Pick<Deployment, "mode" | "tool">): void {
  if (mode === "simulated")
    throw new Problem(
      "conflict",
      `This deployment of ${tool} was only simulated: nothing went live, so there is no watch.`,
    );
}

/** Ends the watch with a person's word, in one transaction with its audit row. */
async function endWatch(
  ctx: Context,
  id: string,
  { from, verdict, verb, did }: { from: typeof OPEN; verdict: "healthy" | "stopped"; verb: string; did: string },
): Promise<DeploymentView> {
  await record(ctx, async (database) => {
    const deployment = await findDeployment(database, id);
    requireReal(deployment);
    const { monitor, tool, toVersion, proposalId, state } = deployment;
    const version = `version ${toVersion} of ${tool}`;
    if (state !== "done" || monitor === undefined || !from.includes(monitor.verdict))
      throw new Problem(
        "conflict",
        `The watch on ${version} is ${monitor?.verdict ?? "not begun"}: it cannot be ${did} now.`,
        { state, verdict: monitor?.verdict ?? null },
      );
    await database.tools.lock(tool);
    if ((await findTool(database, tool)).activeVersion !== toVersion)
      throw new Problem("conflict", `Another version of ${tool} answers calls by now, not version ${toVersion}.`);
    const { calls, failures } = monitor;
    const detail = `${did} by ${ctx.caller.actor.name} after ${calls} ${calls === 1 ? "call" : "calls"}, ${failures} of them failed`;
    const written = await database.deployments.setMonitor(
      id,
      {
        ...monitor,
        verdict,
        detail,
        updatedAt: ctx.clock.now(),
        ...(verdict === "stopped" ? { stoppedBy: ctx.caller.actor.name } : {}),
      },
      monitor.verdict,
    );
    if (!written) throw new Problem("conflict", `The watch on ${version} ended meanwhile: look again.`);
    const proposal = proposalId === undefined ? null : await database.proposals.find(proposalId);
    if (verdict === "healthy" && proposal?.state === "monitoring")
      await moveProposal(database, {
        id: proposal.id,
        to: "stable",
        actor: ctx.caller.actor,
        reason: detail,
        known: proposal,
      });
    return {
      answer: undefined,
      audit: { verb, tool, subject: { kind: "deployment", id }, summary: `${version}: ${detail}` },
      events: [{ kind: "deployment", id, tool }],
    };
  });
  return viewDeployment(await findDeployment(ctx.database, id));
}

export const promoteDeployment = defineCommand({
  name: "deployments.promote",
  summary: "End the watch on a deployment as healthy: the version stays",
  scope: "deploy",
  input: WhichDeployment,
  run: ({ ctx, input }): Promise<DeploymentView> =>
    endWatch(ctx, input.id, { from: OPEN, verdict: "healthy", verb: "deployment.promoted", did: "called healthy" }),
});

export const pauseDeployment = defineCommand({
  name: "deployments.pause",
  summary: "Stop watching a fresh deployment; the version stays",
  scope: "deploy",
  input: WhichDeployment,
  run: ({ ctx, input }): Promise<DeploymentView> =>
    endWatch(ctx, input.id, {
      from: ["watching"],
      verdict: "stopped",
      verb: "deployment.paused",
      did: "watch stopped",
    }),
});

/** Watches that ended without a word on the version. */
const ENDED: readonly MonitorState["verdict"][] = ["stopped", "inconclusive"];

export const watchDeployment = defineCommand({
  name: "deployments.watch",
  summary: "Watch a deployment again whose watch was stopped or could not tell: its calls count from now on",
  scope: "deploy",
  input: WhichDeployment,
  async run({ ctx, input }): Promise<DeploymentView> {
    const { id } = input;
    await record(ctx, async (database) => {
      const { tool } = await findDeployment(database, id);
      await database.tools.lock(tool);
      const deployment = await findDeployment(database, id);
      requireReal(deployment);
      const { monitor, toVersion, state } = deployment;
      const version = `version ${toVersion} of ${tool}`;
      if (state !== "done" || monitor === undefined || !ENDED.includes(monitor.verdict))
        throw new Problem(
          "conflict",
          `The watch on ${version} is ${monitor?.verdict ?? "not begun"}: it cannot be begun again.`,
          { state, verdict: monitor?.verdict ?? null },
        );
      await requireStanding(database, deployment);
      const { stoppedBy: _, ...rest } = monitor;
      const now = ctx.clock.now();
      const begun = `watched again by ${ctx.caller.actor.name}`;
      const fresh = {
        ...rest,
        verdict: "watching",
        calls: 0,
        failures: 0,
        watched: 0,
        updatedAt: now,
        since: now,
      } as const;
      if (!(await database.deployments.setMonitor(id, { ...fresh, detail: begun }, monitor.verdict)))
        throw new Problem("conflict", `The watch on ${version} changed meanwhile: look again.`);
      return {
        answer: undefined,
        audit: {
          verb: "deployment.watched_again",
          tool,
          subject: { kind: "deployment", id },
          summary: `${version}: ${begun}, its calls count from now on`,
        },
        events: [{ kind: "deployment", id, tool }],
      };
    });
    return viewDeployment(await beginWatch(ctx, await findDeployment(ctx.database, id)));
  },
});

/** A version that came back by another act is watched for that one. */
async function requireStanding(database: Database, { id, tool, toVersion }: Deployment): Promise<void> {
  const { items } = await database.deployments.list({ tool, state: "done" }, { limit: 1 });
  if (items[0]?.id !== id || (await findTool(database, tool)).activeVersion !== toVersion)
    throw new Problem(
      "conflict",
      `Something else was made active since version ${toVersion} of ${tool} was: this watch is over.`,
    );
}

export const abortDeployment = defineCommand({
  name: "deployments.abort",
  summary: "Roll back a fresh deployment now",
  scope: "deploy",
  input: WhichDeployment.extend({ reason: z.string().trim().max(20_000).default("") }),
  async run({ ctx, input }): Promise<DeploymentView> {
    const deployment = await findDeployment(ctx.database, input.id);
    const tool = await findTool(ctx.database, deployment.tool);
    requireReal(deployment);
    if (deployment.state !== "done" || deployment.fromVersion === null || tool.activeVersion !== deployment.toVersion)
      throw new Problem(
        "conflict",
        `Version ${deployment.toVersion} of ${deployment.tool} does not come from this deployment any more: use the rollback of the tool.`,
      );
    const rollback = await ctx.pipeline.rollBack(
      {
        tool: deployment.tool,
        version: deployment.fromVersion,
        reason: input.reason,
        mode: "real",
        unsaid: `deployment of version ${deployment.toVersion} aborted`,
      },
      ctx.caller.actor,
    );
    return viewDeployment(await beginWatch(ctx, rollback));
  },
});
