/** Automatic deployment, from failing calls to the new version, without a person and only where policy says so. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { machine } from "#lib/core/actor.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { changeSettings, changeToolSettings } from "./change-settings.ts";
import { type Context, runCommand } from "./command.ts";
import { deployByPolicy } from "./deploy-by-policy.ts";
import { detect } from "./detect.ts";
import { generateProposal } from "./generate-proposal.ts";
import { rerunEvidence } from "./rerun-evidence.ts";
import { settled } from "./settled.ts";

let house: TestHouse;
let ctx: Context;
let opportunityId: string;

beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: { kind: "person", id: "ada", name: "ada" }, scopes: ["admin"] } };
  const call = (input: object) => ctx.pipeline.execute({ tool: "calculator", input, caller: "test" });
  for (let a = 0; a < 100; a++)
    await call(
      a % 5 === 0 ? { operation: "divide", a, b: 0 } : { operation: ["add", "subtract", "multiply"][a % 3], a, b: 3 },
    );
  const { items } = await runCommand(detect, ctx, { waitSeconds: 30 });
  opportunityId = items.find(({ tool }) => tool === "calculator")?.id ?? "";
});
afterAll(() => house?.close());

const proposal = async (id: string): Promise<Proposal> => {
  const found = await ctx.database.proposals.find(id);
  if (found === null) throw new Error("no proposal");
  return found;
};

/** Waits for the job, and for those of the same proposal that it had follow it. */
async function settle(id: string, jobId: string): Promise<void> {
  const job = await ctx.database.jobs.find(jobId);
  if (job !== null) await settled(ctx.database, job, 60);
  const { items } = await ctx.database.jobs.list({ tool: "calculator" }, { limit: 50 });
  for (const one of items) if (one.input.proposalId === id) await settled(ctx.database, one, 60);
}

it("waits for a person by default, also in real mode", async () => {
  await runCommand(changeSettings, ctx, { mode: "real" });
  const { id, jobId } = await runCommand(generateProposal, ctx, { id: opportunityId, generator: "templates" });
  await settle(id, jobId);
  const [snapshot] = await ctx.database.proposals.evidence(id);
  expect(snapshot).toMatchObject({ verdict: "passed", strategyUsed: "replay" });
  expect((await proposal(id)).state).toBe("awaiting_review");
  expect(await ctx.database.proposals.decisions(id)).toEqual([]);

  // A table that keeps the machine out holds although automatic deployment is on.
  await runCommand(changeToolSettings, ctx, {
    name: "calculator",
    autoDeploy: true,
    approvers: { replay: { passed: "person" } },
  });
  expect(await deployByPolicy(ctx, id)).toBeNull();
  // What asks for two approvals gets the machine's, and waits for the other.
  await runCommand(changeToolSettings, ctx, { name: "calculator", approvers: null, requiredApprovals: 2 });
  expect(await deployByPolicy(ctx, id)).toBe("awaiting_review");
  expect((await ctx.database.proposals.decisions(id)).map(({ actor }) => actor)).toEqual([machine("policy")]);
  expect((await ctx.database.tools.find("calculator"))?.activeVersion).toBe(1);

  await runCommand(changeToolSettings, ctx, { name: "calculator", requiredApprovals: null });
  const again = await runCommand(rerunEvidence, ctx, { id });
  await settle(id, again.jobId);
  expect(["deployed", "monitoring", "stable"]).toContain((await proposal(id)).state);
  expect((await ctx.database.tools.find("calculator"))?.activeVersion).toBe(2);
  const { items } = await ctx.database.audit.list({ tool: "calculator", verb: "proposal.approved" }, { limit: 5 });
  expect(items[0]).toMatchObject({ actor: machine("policy") });
  const refused = await ctx.pipeline.execute({
    tool: "calculator",
    input: { operation: "divide", a: 1, b: 0 },
    caller: "test",
  });
  expect(refused).toMatchObject({ status: "refused", version: 2 });
});

it("leaves what a person wrote to a person", async () => {
  const base = await ctx.database.versions.find("calculator", 2);
  const made = await ctx.database.proposals.create({
    tool: "calculator",
    baseVersion: 2,
    purpose: "other",
    createdBy: ctx.caller.actor,
    initial: "testing",
    reason: "by hand",
  });
  await ctx.database.proposals.addRevision(made.id, {
    source: `${base?.source}// by hand\n`,
    rationale: "",
    author: ctx.caller.actor,
    origin: { kind: "person", name: "ada" },
  });
  const job = await ctx.queue.enqueue({
    kind: "test",
    input: { proposalId: made.id },
    tool: "calculator",
    key: `test:${made.id}`,
  });
  await settle(made.id, job.id);
  expect((await proposal(made.id)).state).toBe("awaiting_review");
  expect(await ctx.database.proposals.decisions(made.id)).toEqual([]);
});
