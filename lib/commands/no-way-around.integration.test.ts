/** What policy forbids at one door is open at no other: rollback, files on disk, the mode, the queue. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { checkSyncStatus } from "#lib/registry/check-sync-status.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { until } from "#lib/testing/until.ts";
import { ADA, BEN, digestNow, tested } from "#lib/testing/workshop.ts";
import { cancelJob } from "./cancel-job.ts";
import { changeSettings, changeToolSettings } from "./change-settings.ts";
import { type Context, runCommand } from "./command.ts";
import { decideProposal } from "./decide-proposal.ts";
import { deployProposal } from "./deploy-proposal.ts";
import { resolveSync } from "./resolve-sync.ts";
import { rollBackTool } from "./roll-back-tool.ts";
import { abortDeployment } from "./steer-deployment.ts";
import { takeInEdits } from "./take-in-edits.ts";
import { withdrawProposal } from "./withdraw-proposal.ts";

const KEY: Actor = { kind: "key", id: "agent", name: "agent" };
const NOBODY = { passed: "nobody", inconclusive: "nobody" } as const;

let house: TestHouse;
let key: Context;
let person: Context;
beforeAll(async () => {
  house = await openTestHouse();
  key = { ...house.machinery, caller: { actor: KEY, scopes: ["read", "operate", "approve", "deploy"] } };
  person = { ...house.machinery, caller: { actor: ADA, scopes: ["admin"] } };
  await house.machinery.database.settings.set({ mode: "real" });
});
afterAll(() => house?.close());

let turn = 0;
const pathOf = (name: string) => join(house.tools, `${name}.ts`);

/** An edit of a tool's file, kept as a version; `change` makes it of the source. */
async function edit(name: string, change = (source: string) => `${source}// edit ${++turn}\n`) {
  await writeFile(pathOf(name), change(await readFile(pathOf(name), "utf8")));
  await takeInEdits(house.machinery);
  const [status] = await checkSyncStatus(house.machinery, [name]);
  if (status?.edit == null) throw new Error(`the edit of ${name} was not kept`);
  return status.edit;
}

const activeOf = async (name: string) => (await house.machinery.database.tools.find(name))?.activeVersion;

describe("where nobody may approve", () => {
  const name = "split_bill";
  beforeEach(async () => {
    const approvers = { shadow: NOBODY, replay: NOBODY, synthetic: NOBODY, manual: { inconclusive: "nobody" } };
    await runCommand(changeToolSettings, person, { name, approvers });
  });

  it("an edit on disk goes live by no door", async () => {
    const { version } = await edit(name);
    for (const ctx of [key, person]) {
      await expect(runCommand(rollBackTool, ctx, { name, version, reason: "around" })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("never answered calls"),
      });
      for (const resolution of ["take_disk", "merge"] as const)
        await expect(runCommand(resolveSync, ctx, { name, resolution })).rejects.toMatchObject({
          code: "conflict",
          message: expect.stringContaining("nobody"),
        });
    }
    expect(await activeOf(name)).toBe(1);
  });

  it("the edit can still be dropped, and taken once policy lets somebody", async () => {
    await runCommand(changeToolSettings, person, { name, approvers: null });
    expect(await runCommand(resolveSync, key, { name, resolution: "take_disk" })).toMatchObject({
      syncState: "in_sync",
    });
    await edit(name);
    expect(await runCommand(resolveSync, key, { name, resolution: "take_database" })).toMatchObject({
      syncState: "in_sync",
    });
  });
});

it("what asks for more is a person's to take from the disk, as it is a person's to merge", async () => {
  const name = "text_statistics";
  const widen = (source: string) => source.replace(/kv: "none"/, 'kv: "write"');
  await edit(name, widen);
  await expect(runCommand(resolveSync, key, { name, resolution: "take_disk" })).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("more of its store"),
  });
  expect(await activeOf(name)).toBe(1);
  await runCommand(resolveSync, person, { name, resolution: "take_disk" });
  expect(await activeOf(name)).toBe(2);
});

/** An approval of an edit's proposal as the review page sends it, its warnings acknowledged. */
async function approve(ctx: Context, proposalId: string): Promise<void> {
  const { database } = house.machinery;
  await until(database, async () =>
    (await database.proposals.find(proposalId))?.state === "awaiting_review" ? true : null,
  );
  const digest = await digestNow(database, proposalId);
  const { warnings } = (await database.proposals.evidence(proposalId)).at(-1)?.summary ?? { warnings: [] };
  const acknowledge = ["inconclusive", "manual-risk", ...warnings.map(({ id }) => id)];
  await runCommand(decideProposal, ctx, { id: proposalId, decision: "approve", digest, acknowledge });
}

const contextOf = (actor: Actor, scopes: Context["caller"]["scopes"] = ["admin"]): Context => ({
  ...house.machinery,
  caller: { actor, scopes },
});

describe("where two have to approve", () => {
  const name = "convert_units";
  const take = { name, resolution: "take_disk" } as const;
  const refusal = (message: RegExp) => ({ code: "conflict", message: expect.stringMatching(message) });
  beforeAll(() => runCommand(changeToolSettings, person, { name, requiredApprovals: 2 }));

  it("one does not take an edit; approved by two, it goes live by taking the disk", async () => {
    const { proposalId, version } = await edit(name);
    const none =
      /^Policy asks 2 people: nobody has approved proposal \d+; have another approve it there, then take the disk\.$/;
    await expect(runCommand(resolveSync, person, take)).rejects.toMatchObject(refusal(none));
    await approve(person, proposalId);
    // Who approved already counts once.
    await expect(runCommand(resolveSync, person, take)).rejects.toMatchObject(
      refusal(/: 1 has approved proposal \d+; have another approve it there/),
    );
    await approve(contextOf(BEN), proposalId);
    expect((await house.machinery.database.proposals.find(proposalId))?.state).toBe("approved");
    expect(await runCommand(resolveSync, person, take)).toMatchObject({ version, syncState: "in_sync" });
    expect(await activeOf(name)).toBe(version);
  });

  it("whoever takes it is the second where that one may approve, and another edit has no approvals", async () => {
    const before = await edit(name);
    await approve(person, before.proposalId);
    await expect(runCommand(resolveSync, contextOf(BEN, ["deploy"]), take)).rejects.toMatchObject(
      refusal(/1 has approved/),
    );
    const { version, proposalId } = await edit(name);
    await expect(runCommand(resolveSync, contextOf(BEN), take)).rejects.toMatchObject(refusal(/nobody has approved/));
    await approve(person, proposalId);
    expect(await runCommand(resolveSync, contextOf(BEN), take)).toMatchObject({ version, syncState: "in_sync" });
  });

  it("approvals of what was withdrawn since count no longer", async () => {
    const { proposalId } = await edit(name);
    await approve(person, proposalId);
    await runCommand(withdrawProposal, person, { id: proposalId, reason: "not so" });
    await expect(runCommand(resolveSync, contextOf(BEN), take)).rejects.toMatchObject(
      refusal(/save the edit in the file/),
    );
  });
});

it("where four eyes have to see it, the approval of another person lets an edit be taken", async () => {
  const name = "convert_units";
  const take = { name, resolution: "take_disk" } as const;
  await runCommand(changeToolSettings, person, { name, requiredApprovals: 1, fourEyes: true });
  const { proposalId, version } = await edit(name);
  await expect(runCommand(resolveSync, person, take)).rejects.toMatchObject({
    message: expect.stringMatching(
      /^Policy asks somebody besides the author: nobody has approved proposal \d+; have another/,
    ),
  });
  await approve(contextOf(BEN), proposalId);
  await expect(runCommand(resolveSync, contextOf(BEN), take)).rejects.toMatchObject({
    message: expect.stringMatching(/1 has approved proposal \d+; have another person take the disk\.$/),
  });
  expect(await runCommand(resolveSync, person, take)).toMatchObject({ version, syncState: "in_sync" });
});

it("an approved edit that was dropped from the disk is nobody's to deploy", async () => {
  const name = "extract_links";
  const { proposalId } = await edit(name);
  const { database } = house.machinery;
  await approve(person, proposalId);
  await runCommand(resolveSync, person, { name, resolution: "take_database" });
  expect((await database.proposals.find(proposalId))?.state).toBe("cancelled");
  await expect(runCommand(deployProposal, person, { id: proposalId })).rejects.toMatchObject({ code: "conflict" });
  expect(await activeOf(name)).toBe(1);
});

it("an approval whose deployment is refused stands, and is said to", async () => {
  const name = "text_statistics";
  const { database } = house.machinery;
  const source = `${await readFile(pathOf(name), "utf8")}// as it was\n`;
  const { id } = await tested(house.machinery, { tool: name, source, cases: [] });
  const [digest, active] = [await digestNow(database, id), await activeOf(name)];
  await edit(name);
  await expect(
    runCommand(decideProposal, person, { id, decision: "approve", digest, deploy: true }),
  ).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(
      /^It is approved, but not deployed: .*its file was edited since.* The approval stands/,
    ),
    details: { state: "approved" },
  });
  expect((await database.proposals.find(id))?.state).toBe("approved");
  expect(await activeOf(name)).toBe(active);
});

describe("a deployment that went live", () => {
  async function deployed() {
    const source = `${await readFile(pathOf("calculator"), "utf8")}// ${++turn}\n`;
    const proposal = await tested(house.machinery, { tool: "calculator", source, cases: [] });
    const digest = await digestNow(house.machinery.database, proposal.id);
    const { deployment } = await runCommand(decideProposal, person, {
      id: proposal.id,
      decision: "approve",
      digest,
      deploy: true,
    });
    if (deployment === null) throw new Error("nothing was deployed");
    return deployment;
  }

  it("is really undone although the mode is simulated by now", async () => {
    const first = await deployed();
    const { monitor } = first;
    if (monitor === undefined) throw new Error("nobody watches");
    await runCommand(changeSettings, person, { mode: "simulated" });
    await house.machinery.database.deployments.setMonitor(first.id, { ...monitor, verdict: "regressed" });
    await house.machinery.pipeline.monitor({ deploymentId: first.id });
    expect(await activeOf("calculator")).toBe(first.fromVersion);
    await runCommand(changeSettings, person, { mode: "real" });
    const second = await deployed();
    await runCommand(changeSettings, person, { mode: "simulated" });
    const back = await runCommand(abortDeployment, person, { id: second.id, reason: "no" });
    expect(back).toMatchObject({ mode: "real", state: "done", toVersion: second.fromVersion });
    await runCommand(changeSettings, person, { mode: "real" });
  });

  it("is not left unwatched by stopping a job", async () => {
    const { id } = await deployed();
    const { items } = await house.machinery.database.jobs.list({ tool: "calculator" }, { limit: 50 });
    const watch = items.find(({ kind, input }) => kind === "monitor" && input.deploymentId === id);
    await expect(runCommand(cancelJob, key, { id: watch?.id ?? "" })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("promote, pause or abort"),
    });
  });

  it("is not rolled back without a reason where policy asks for one", async () => {
    const { id } = await deployed();
    await runCommand(changeToolSettings, person, { name: "calculator", reasonRequired: true });
    for (const attempt of [
      () => runCommand(rollBackTool, person, { name: "calculator" }),
      () => runCommand(abortDeployment, person, { id }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("say why") });
    await runCommand(changeToolSettings, person, { name: "calculator", reasonRequired: null });
  });
});

describe("two administrators at once", () => {
  it("both get the cell that they changed, globally and for a tool", async () => {
    const cells = [
      { shadow: { passed: "person" } },
      { replay: { passed: "person" } },
      { synthetic: { passed: "nobody" } },
      { manual: { inconclusive: "nobody" } },
    ];
    await Promise.all(cells.map((approvers) => runCommand(changeSettings, person, { approvers })));
    await Promise.all(
      cells.map((approvers) => runCommand(changeToolSettings, person, { name: "calculator", approvers })),
    );
    const { database } = house.machinery;
    const all = Object.assign({}, ...cells);
    expect((await database.settings.get()).approvers).toEqual(all);
    expect((await database.tools.find("calculator"))?.settings.approvers).toEqual(all);
    await runCommand(changeToolSettings, person, { name: "calculator", approvers: { manual: { inconclusive: null } } });
    expect((await database.tools.find("calculator"))?.settings.approvers).not.toHaveProperty("manual");
  });
});
