/** A watch that a person ends: called healthy, stopped, rolled back; each written down, none of them twice. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MonitorState } from "#lib/core/deployment.ts";
import { readReviewPage } from "#lib/queries/review-page.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { ADA, callerOf, digestNow, tested } from "#lib/testing/workshop.ts";
import { callTool } from "./call-tool.ts";
import { type Context, runCommand } from "./command.ts";
import { decideProposal } from "./decide-proposal.ts";
import { abortDeployment, pauseDeployment, promoteDeployment, watchDeployment } from "./steer-deployment.ts";

let house: TestHouse;
let ctx: Context;
beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: callerOf(ADA) };
  await ctx.database.settings.set({ mode: "real" });
});
afterAll(() => house?.close());

/** How the watch of a deployment is called on its review. */
const review = async (ctx: Context, { proposalId }: { proposalId?: string | undefined }) =>
  (await readReviewPage({ ...ctx, caller: callerOf(ADA) }, { id: proposalId ?? "" })).watch;

let turn = 0;

/** One more version of the calculator, live and watched; `verdict` is what the watch came to. */
async function deployed(verdict: MonitorState["verdict"] = "watching") {
  const source = `${await readFile(join(house.tools, "calculator.ts"), "utf8")}// ${++turn}\n`;
  const proposal = await tested(ctx, { tool: "calculator", source, cases: [] });
  const digest = await digestNow(ctx.database, proposal.id);
  const input = { id: proposal.id, decision: "approve", digest, deploy: true } as const;
  const { deployment } = await runCommand(decideProposal, ctx, input);
  if (deployment?.monitor === undefined) throw new Error("nobody watches");
  expect(deployment).toMatchObject({ state: "done", monitor: { verdict: "watching" } });
  if (verdict !== "watching")
    await ctx.database.deployments.setMonitor(deployment.id, { ...deployment.monitor, verdict });
  const stateNow = async () => (await ctx.database.proposals.find(proposal.id))?.state;
  return { proposal, deployment, stateNow };
}

async function newestVerb(): Promise<string | undefined> {
  const { items } = await ctx.database.audit.list({}, { limit: 50 });
  return items.find(({ verb, actor }) => actor.id === ADA.id && verb.startsWith("deployment."))?.verb;
}

describe("promote", () => {
  it("ends a watch that could not tell, and the proposal is stable", async () => {
    const { deployment, stateNow } = await deployed("inconclusive");
    expect(await stateNow()).toBe("monitoring");
    const { monitor } = await runCommand(promoteDeployment, ctx, { id: deployment.id });
    expect(monitor).toMatchObject({ verdict: "healthy", detail: expect.stringContaining("called healthy by Ada") });
    expect(await stateNow()).toBe("stable");
    expect(await newestVerb()).toBe("deployment.promoted");
    await expect(runCommand(promoteDeployment, ctx, { id: deployment.id })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is healthy"),
    });
  });

  it("goes before the watch, and a look afterwards changes nothing", async () => {
    const { deployment, stateNow } = await deployed();
    await runCommand(promoteDeployment, ctx, { id: deployment.id });
    expect(await ctx.pipeline.monitor({ deploymentId: deployment.id })).toMatchObject({ verdict: "healthy" });
    expect(await stateNow()).toBe("stable");
  });

  it("is refused where the version got worse, and where another answers by now", async () => {
    const earlier = await deployed("inconclusive");
    const { deployment } = await deployed("regressed");
    await expect(runCommand(promoteDeployment, ctx, { id: deployment.id })).rejects.toMatchObject({ code: "conflict" });
    await expect(runCommand(promoteDeployment, ctx, { id: earlier.deployment.id })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Another version"),
    });
  });

  it("needs the scope", async () => {
    const { deployment } = await deployed();
    const reader: Context = { ...ctx, caller: { actor: ADA, scopes: ["read", "approve"] } };
    for (const command of [promoteDeployment, pauseDeployment, watchDeployment, abortDeployment])
      await expect(runCommand(command, reader, { id: deployment.id })).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("pause and abort", () => {
  it("stops the watch once; the version can be called healthy later", async () => {
    const { deployment, stateNow } = await deployed();
    expect(await runCommand(pauseDeployment, ctx, { id: deployment.id })).toMatchObject({
      monitor: { verdict: "stopped" },
    });
    expect(await newestVerb()).toBe("deployment.paused");
    await expect(runCommand(pauseDeployment, ctx, { id: deployment.id })).rejects.toMatchObject({ code: "conflict" });
    expect(await stateNow()).toBe("monitoring");
    await runCommand(promoteDeployment, ctx, { id: deployment.id });
    expect(await stateNow()).toBe("stable");
  });

  it("goes back to the version before, from a watch that could not tell", async () => {
    const { deployment, stateNow } = await deployed("inconclusive");
    const back = await runCommand(abortDeployment, ctx, { id: deployment.id, reason: "not sure" });
    expect(back).toMatchObject({ kind: "rollback", state: "done", toVersion: deployment.fromVersion });
    expect(await stateNow()).toBe("rolled_back");
    expect((await ctx.database.tools.find("calculator"))?.activeVersion).toBe(deployment.fromVersion);
  });
});

describe("watch again", () => {
  it("begins a stopped watch anew: calls count from then on, and it is in nobody's name any more", async () => {
    const { deployment, stateNow } = await deployed();
    const call = () =>
      runCommand(
        callTool,
        { ...ctx, caller: { actor: ADA, scopes: ["call"] } },
        { name: "calculator", input: { operation: "add", a: 1, b: 1 } },
      );
    await call();
    await ctx.pipeline.monitor({ deploymentId: deployment.id });
    const paused = await runCommand(pauseDeployment, ctx, { id: deployment.id });
    expect(paused.monitor).toMatchObject({ verdict: "stopped", stoppedBy: "Ada", calls: 1 });
    expect(await review(ctx, deployment)).toMatchObject({ words: "Deployed, watch stopped by Ada" });

    const { monitor } = await runCommand(watchDeployment, ctx, { id: deployment.id });
    expect(monitor).toMatchObject({ verdict: "watching", calls: 0, baselineCalls: paused.monitor?.baselineCalls });
    expect(monitor?.stoppedBy).toBeUndefined();
    expect(await newestVerb()).toBe("deployment.watched_again");
    expect(await review(ctx, deployment)).toBeNull();
    await call();
    expect(await ctx.pipeline.monitor({ deploymentId: deployment.id })).toMatchObject({
      verdict: "watching",
      calls: 1,
    });
    expect(await stateNow()).toBe("monitoring");
    await expect(runCommand(watchDeployment, ctx, { id: deployment.id })).rejects.toMatchObject({ code: "conflict" });
  });

  it("keeps a look out that began before it", async () => {
    const { deployment } = await deployed();
    const { monitor } = await runCommand(pauseDeployment, ctx, { id: deployment.id });
    if (monitor === null) throw new Error("nobody watched");
    await runCommand(watchDeployment, ctx, { id: deployment.id });
    expect(await ctx.database.deployments.setMonitor(deployment.id, { ...monitor, verdict: "regressed" })).toBe(false);
  });

  it("is looked at by jobs again, and those of the watch before end", async () => {
    const { deployment } = await deployed();
    await runCommand(pauseDeployment, ctx, { id: deployment.id });
    const { monitor } = await runCommand(watchDeployment, ctx, { id: deployment.id });
    const { items } = await ctx.database.jobs.list({ kind: "monitor", tool: "calculator" }, { limit: 50 });
    const looks = items.filter(({ input }) => (input as { deploymentId: string }).deploymentId === deployment.id);
    expect(looks.map(({ input }) => (input as { round: number }).round)).toContain(monitor?.since?.getTime());
  });

  it("takes up one that could not tell, and none that is over", async () => {
    const { deployment } = await deployed("inconclusive");
    expect(await review(ctx, deployment)).toMatchObject({ words: "Deployed, watch cannot tell" });
    await deployed("regressed");
    await expect(runCommand(watchDeployment, ctx, { id: deployment.id })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("this watch is over"),
    });
    const last = await deployed("inconclusive");
    const { monitor } = await runCommand(watchDeployment, ctx, { id: last.deployment.id });
    expect(monitor).toMatchObject({ verdict: "watching" });
  });
});
