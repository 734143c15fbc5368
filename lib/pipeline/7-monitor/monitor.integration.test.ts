import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { machine } from "#lib/core/actor.ts";
import type { Deployment, MonitorState } from "#lib/core/deployment.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Outcome } from "#lib/core/words.ts";
import type { ImportedExecution } from "#lib/ports/executions.ts";
import {
  ADA,
  addTool,
  callerOf,
  digestNow,
  divider,
  GUARD,
  openWorkshop,
  tested,
  type Workshop,
} from "#lib/testing/workshop.ts";
import { createApprove } from "../5-approve/index.ts";
import { createDeploy } from "../6-deploy/index.ts";
import { createRollBack } from "../8-rollback/index.ts";
import { createMonitor } from "./index.ts";
import { look } from "./look.ts";

let shop: Workshop;
let rooms: ReturnType<typeof createDeploy>;
let rollBack: ReturnType<typeof createRollBack>;
let monitor: ReturnType<typeof createMonitor>;

beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real", monitorCalls: 200 });
  rooms = createDeploy({ ...shop, onActivated: () => {} });
  rollBack = createRollBack({ ...shop, makeActive: rooms.makeActive });
  monitor = createMonitor({ ...shop, rollBack });
});
afterAll(() => shop?.close());

const HOUR_MS = 3_600_000;
const stateOf = async ({ id }: Proposal) => (await shop.database.proposals.find(id))?.state;
const activeOf = async (name: string) => (await shop.database.tools.find(name))?.activeVersion;
const kept = async ({ id }: Deployment) => (await shop.database.deployments.find(id))?.monitor;

/** Records calls of a version, a few milliseconds apart from `from` on. */
async function record(tool: string, version: number, from: Date, counts: Partial<Record<Outcome, number>>) {
  const calls: ImportedExecution[] = [];
  for (const [status, count] of Object.entries(counts) as [Outcome, number][])
    for (let index = 0; index < count; index += 1)
      calls.push({
        tool,
        version,
        startedAt: new Date(from.getTime() + calls.length),
        latencyMs: 5 + (index % 4),
        status,
        input: { a: 1, b: 2 },
        ...(status === "succeeded" ? { output: { result: 0.5 } } : {}),
        ...(status === "failed" ? { error: { name: "TypeError", message: "x", stack: "" }, cluster: "known" } : {}),
        effects: [],
        caller: "agent",
        shape: "{}",
      });
  await shop.database.executions.import(calls);
}

/** A tool with a hundred calls of its first version, and version 2 deployed. */
async function deployed(name: string): Promise<{ proposal: Proposal; deployment: Deployment }> {
  await addTool(shop, name);
  // Within one second, which counts as one moment.
  await record(name, 1, new Date(Math.floor((Date.now() - HOUR_MS) / 1000) * 1000), { succeeded: 95, failed: 5 });
  const proposal = await tested(shop, { tool: name, source: divider(name, GUARD) });
  await createApprove(shop).decide(
    {
      proposalId: proposal.id,
      decision: "approve",
      reason: "",
      digest: await digestNow(shop.database, proposal.id),
      acknowledge: [],
    },
    callerOf(ADA),
  );
  const deployment = await rooms.deploy({ proposalId: proposal.id }, ADA);
  expect(deployment.state).toBe("done");
  return { proposal, deployment };
}

describe("a deployment that got worse", () => {
  it("is rolled back by itself: file, active version, proposal, audit; automatic deployment is off", async () => {
    const { proposal, deployment } = await deployed("worse");
    expect(await monitor({ deploymentId: deployment.id })).toMatchObject({
      verdict: "watching",
      calls: 0,
      baselineCalls: 100,
      baselineFailures: 5,
    });
    await record("worse", 2, new Date(), { succeeded: 3, failed: 1 });
    expect((await monitor({ deploymentId: deployment.id })).verdict).toBe("watching");
    await record("worse", 2, new Date(), { succeeded: 10, failed: 20 });
    const state = await monitor({ deploymentId: deployment.id });
    expect(state).toMatchObject({ verdict: "regressed", calls: 34, failures: 21, baselineCalls: 100 });

    expect(await activeOf("worse")).toBe(1);
    expect(await readFile(join(shop.tools, "worse.ts"), "utf8")).toBe(divider("worse"));
    expect(await stateOf(proposal)).toBe("rolled_back");
    const [newest] = (await shop.database.deployments.list({ tool: "worse" }, {})).items;
    expect(newest).toMatchObject({
      kind: "rollback",
      state: "done",
      toVersion: 1,
      actor: machine("monitor"),
      reason: state.detail,
    });
    expect((await shop.database.tools.find("worse"))?.settings.autoDeploy).toBe(false);
    const verbs = (await shop.database.audit.list({ tool: "worse" }, {})).items.map(({ verb }) => verb);
    expect(verbs).toEqual(expect.arrayContaining(["deployment.regressed", "tool.rolled_back", "proposal.rolled_back"]));

    // Looking again changes nothing, also after a person undid the rollback.
    const returned = await rollBack({ tool: "worse", version: 2, reason: "it was the caller" }, ADA);
    expect((await monitor({ deploymentId: deployment.id })).verdict).toBe("regressed");
    expect(await activeOf("worse")).toBe(2);

    // What came back is watched like a fresh deployment, by its calls since then alone.
    expect(await stateOf(proposal)).toBe("monitoring");
    expect(await monitor({ deploymentId: returned.id })).toMatchObject({ verdict: "watching", calls: 0 });
    await record("worse", 2, new Date(), { succeeded: 5, failed: 30 });
    expect((await monitor({ deploymentId: returned.id })).verdict).toBe("regressed");
    expect(await activeOf("worse")).toBe(1);
    expect(await stateOf(proposal)).toBe("rolled_back");
  });

  it("is rolled back at the next look where the process was cut off in between", async () => {
    const { deployment } = await deployed("halfway");
    await record("halfway", 2, new Date(), { succeeded: 5, failed: 30 });
    const cutOff = createMonitor({ ...shop, rollBack: () => Promise.reject(new Error("cut off")) });
    await expect(cutOff({ deploymentId: deployment.id })).rejects.toThrow("cut off");
    expect((await kept(deployment))?.verdict).toBe("regressed");
    expect(await activeOf("halfway")).toBe(2);
    expect((await monitor({ deploymentId: deployment.id })).verdict).toBe("regressed");
    expect(await activeOf("halfway")).toBe(1);
  });

  it("asks to be looked at again where the rollback was undone", async () => {
    const { deployment } = await deployed("stuck");
    await record("stuck", 2, new Date(), { succeeded: 5, failed: 30 });
    const undone = createMonitor({ ...shop, rollBack: async () => ({ ...deployment, state: "undone" as const }) });
    await expect(undone({ deploymentId: deployment.id })).rejects.toMatchObject({ code: "unavailable" });
    await monitor({ deploymentId: deployment.id });
    expect(await activeOf("stuck")).toBe(1);
  });
});

describe("a deployment that did not get worse", () => {
  it("is stable after enough calls, and its baseline is what was counted at the first look", async () => {
    const { proposal, deployment } = await deployed("better");
    await monitor({ deploymentId: deployment.id });
    // Calls of the old version that were still in flight are no baseline.
    await record("better", 1, new Date(), { failed: 50 });
    await record("better", 2, new Date(), { succeeded: 199, failed: 1 });
    expect(await monitor({ deploymentId: deployment.id })).toMatchObject({
      verdict: "healthy",
      calls: 200,
      baselineCalls: 100,
    });
    expect(await stateOf(proposal)).toBe("stable");
    expect((await kept(deployment))?.baseline).toMatchObject({
      timed: 1,
      succeeded: 95,
      classes: [{ cluster: "known", calls: 5 }],
    });
  });

  it("is left undecided where nobody called it", async () => {
    const { proposal, deployment } = await deployed("quiet");
    const later = { ...shop.clock, now: () => new Date(Date.now() + 25 * HOUR_MS) };
    const state = await createMonitor({ ...shop, clock: later, rollBack })({ deploymentId: deployment.id });
    expect(state).toMatchObject({ verdict: "inconclusive", detail: "Nothing called it within 24 hours." });
    expect(await stateOf(proposal)).toBe("monitoring");
    expect(await activeOf("quiet")).toBe(2);
  });
});

describe("a look in flight", () => {
  /** A look whose facts were read, and whose result is written after `meanwhile`. */
  async function lookAround(deployment: Deployment, meanwhile: () => Promise<unknown>): Promise<MonitorState> {
    const database = {
      ...shop.database,
      transaction: async (work: never) => {
        await meanwhile();
        return shop.database.transaction(work);
      },
    } as Workshop["database"];
    return look({ ...shop, database, rollBack }, deployment.id);
  }

  it("never overwrites a watch that a person stopped", async () => {
    const { deployment } = await deployed("paused");
    const first = await monitor({ deploymentId: deployment.id });
    await record("paused", 2, new Date(), { succeeded: 5, failed: 30 });
    const stopped: MonitorState = { ...first, verdict: "stopped", detail: "stopped by Ada" };
    const seen = await lookAround(deployment, () => shop.database.deployments.setMonitor(deployment.id, stopped));
    expect(seen).toMatchObject({ verdict: "stopped", detail: "stopped by Ada" });
    expect(await kept(deployment)).toMatchObject({ verdict: "stopped" });
    expect(await activeOf("paused")).toBe(2);
  });

  it("never overwrites a watch that another look ended, and acts once", async () => {
    const { deployment } = await deployed("twice");
    await monitor({ deploymentId: deployment.id });
    await record("twice", 2, new Date(), { succeeded: 5, failed: 30 });
    const looks = await Promise.all([1, 2, 3].map(() => monitor({ deploymentId: deployment.id })));
    expect(looks.map(({ verdict }) => verdict)).toEqual(["regressed", "regressed", "regressed"]);
    const { items } = await shop.database.deployments.list({ tool: "twice" }, {});
    expect(items.map(({ kind }) => kind)).toEqual(["rollback", "deploy"]);
  });

  it("ends where the version was rolled back by hand", async () => {
    const { proposal, deployment } = await deployed("byhand");
    await monitor({ deploymentId: deployment.id });
    await rollBack({ tool: "byhand", reason: "by hand" }, ADA);
    await rollBack({ tool: "byhand", reason: "and back" }, ADA);
    await record("byhand", 2, new Date(), { succeeded: 5, failed: 30 });
    expect((await monitor({ deploymentId: deployment.id })).verdict).toBe("stopped");
    // Its proposal came back with the version, and another watch looks at these calls.
    expect(await stateOf(proposal)).toBe("monitoring");
    expect(await activeOf("byhand")).toBe(2);
  });
});

describe("what cannot be watched", () => {
  it("is refused", async () => {
    await expect(monitor({ deploymentId: "no such" })).rejects.toMatchObject({ code: "not_found" });
    await addTool(shop, "pretend");
    await shop.database.tools.setSettings("pretend", { mode: "simulated" });
    const { id } = await shop.database.deployments.create({
      tool: "pretend",
      kind: "deploy",
      fromVersion: 1,
      toVersion: 2,
      mode: "simulated",
      state: "simulated",
      reason: "",
      actor: ADA,
    });
    await expect(monitor({ deploymentId: id })).rejects.toMatchObject({ code: "conflict" });
  });
});
