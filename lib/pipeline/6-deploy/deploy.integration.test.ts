import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { machine } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { captureEdit } from "#lib/registry/capture-edit.ts";
import {
  ADA,
  addEvidence,
  addTool,
  approveAs,
  CASES,
  callerOf,
  digestNow,
  divider,
  GUARD,
  openWorkshop,
  type ProposalWish,
  tested,
  type Workshop,
} from "#lib/testing/workshop.ts";
import { createApprove } from "../5-approve/index.ts";
import { createRollBack } from "../8-rollback/index.ts";
import { moveProposal } from "../transitions.ts";
import { createDeploy } from "./index.ts";

let shop: Workshop;
const activated: string[] = [];
let rooms: ReturnType<typeof createDeploy>;
let rollBack: ReturnType<typeof createRollBack>;

beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
  rooms = createDeploy({ ...shop, onActivated: (tool) => activated.push(tool) });
  rollBack = createRollBack({ ...shop, makeActive: rooms.makeActive });
});
afterAll(() => shop?.close());

const fixed = (name: string): string => divider(name, GUARD);
const fileOf = (name: string): Promise<string> => readFile(join(shop.tools, `${name}.ts`), "utf8");
const activeOf = async (name: string) => (await shop.database.tools.find(name))?.activeVersion;
const stateOf = async ({ id }: Proposal) => (await shop.database.proposals.find(id))?.state;
const stepsOf = ({ steps }: Deployment) => steps.map(({ step }) => step);

/** A tool with an approved proposal. */
async function approved(name: string, wish: Partial<ProposalWish> = {}): Promise<Proposal> {
  await addTool(shop, name);
  return approveAs(ADA, shop, await tested(shop, { tool: name, source: fixed(name), ...wish }));
}

describe("a real deployment", () => {
  it("backs up, stages, verifies, renames, activates; a rollback gives the old file byte for byte", async () => {
    const proposal = await approved("good");
    const before = await fileOf("good");
    const deployment = await rooms.deploy({ proposalId: proposal.id }, ADA);
    expect(deployment).toMatchObject({ kind: "deploy", state: "done", mode: "real", fromVersion: 1, toVersion: 2 });
    expect(stepsOf(deployment)).toEqual(["intent", "backup", "stage", "verify", "rename", "activate", "done"]);
    expect(deployment.steps[3]?.detail).toContain("answers 2 of 2");
    expect(await readFile(deployment.backup ?? "", "utf8")).toBe(before);
    expect(await fileOf("good")).toBe(fixed("good"));
    expect(await activeOf("good")).toBe(2);
    expect(activated).toContain("good");
    expect(await stateOf(proposal)).toBe("monitoring");
    const version = await shop.database.versions.find("good", 2);
    expect(version).toMatchObject({ origin: "proposal", proposalId: proposal.id, parents: [1] });

    const back = await rollBack({ tool: "good", reason: "got worse" }, ADA);
    expect(back).toMatchObject({ kind: "rollback", state: "done", fromVersion: 2, toVersion: 1 });
    expect(await fileOf("good")).toBe(before);
    expect(await activeOf("good")).toBe(1);
    expect(await stateOf(proposal)).toBe("rolled_back");
    const verbs = (await shop.database.audit.list({ tool: "good" }, {})).items.map(({ verb }) => verb);
    for (const verb of ["proposal.approved", "proposal.deploying", "proposal.deployed", "deployment.activated"])
      expect(verbs).toContain(verb);
    expect(verbs).toContain("tool.rolled_back");
    expect(verbs).toContain("proposal.rolled_back");

    // Without a version it goes to what was active before: the undo of a rollback.
    const again = await rollBack({ tool: "good", reason: "it was not the cause" }, ADA);
    expect(again).toMatchObject({ fromVersion: 1, toVersion: 2, state: "done", proposalId: proposal.id });
    // The proposal comes back with its version, to be watched anew, and may be left again.
    expect(await stateOf(proposal)).toBe("monitoring");
    expect(await fileOf("good")).toBe(fixed("good"));
    expect(await readdir(shop.tools)).not.toContain(".good.ts.staged");
  });

  it("says of the version what its own revision is, not what an earlier one said", async () => {
    await addTool(shop, "reworded");
    const proposal = await tested(shop, { tool: "reworded", source: fixed("reworded") });
    const [first] = await shop.database.proposals.revisions(proposal.id);
    await shop.database.proposals.addRevision(proposal.id, {
      source: divider("reworded", GUARD, " by hand"),
      rationale: first?.rationale ?? "",
      author: ADA,
      origin: { kind: "person", name: ADA.name },
    });
    await addEvidence(shop.database, proposal.id, {});
    await approveAs(ADA, shop, proposal);
    expect((await rooms.deploy({ proposalId: proposal.id }, ADA)).state).toBe("done");
    expect((await shop.database.versions.find("reworded", 2))?.reason).toBe(
      `Revision 2 by ${ADA.name}: an edit; began as: dividing by zero is refused`,
    );
  });

  it("undoes everything where the copy does not answer as the evidence showed", async () => {
    const [good] = CASES;
    if (good === undefined) throw new Error("no case");
    const lie = { ...good, new: { ...good.new, output: { result: 4 } } };
    const proposal = await approved("liar", { cases: [lie] });
    const deployment = await rooms.deploy({ proposalId: proposal.id }, ADA);
    expect(deployment.state).toBe("undone");
    expect(stepsOf(deployment)).toEqual(["intent", "backup", "stage", "verify"]);
    expect(deployment.steps.at(-1)?.detail).toMatch(/answered differently at \/result.*Undone/s);
    expect(await fileOf("liar")).toBe(divider("liar"));
    expect(await activeOf("liar")).toBe(1);
    expect(await shop.database.versions.list("liar")).toHaveLength(1);
    const last = (await shop.database.proposals.transitions(proposal.id)).at(-1);
    expect(last).toMatchObject({ to: "approved", reason: expect.stringContaining("answered differently") });
    expect(await readdir(shop.tools)).not.toContain(".liar.ts.staged");
  });

  it("does not start where the file was edited or is gone", async () => {
    const proposal = await approved("edited");
    await writeFile(join(shop.tools, "edited.ts"), divider("edited", "", ", by hand"));
    await expect(rooms.deploy({ proposalId: proposal.id }, ADA)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("edited"),
    });
    await rm(join(shop.tools, "edited.ts"));
    await expect(rooms.deploy({ proposalId: proposal.id }, ADA)).rejects.toThrow(/missing/);
    expect(await stateOf(proposal)).toBe("approved");
    expect((await shop.database.deployments.list({ tool: "edited" }, {})).items).toEqual([]);
  });

  it("calls a proposal stale whose base moved", async () => {
    const first = await approved("moved");
    const second = await tested(shop, { tool: "moved", source: divider("moved", GUARD, " again") });
    const request = {
      proposalId: second.id,
      decision: "approve",
      reason: "",
      digest: await digestNow(shop.database, second.id),
      acknowledge: [],
    } as const;
    const third = await tested(shop, { tool: "moved", source: divider("moved", GUARD, " once more") });
    await approveAs(ADA, shop, third);
    expect((await rooms.deploy({ proposalId: first.id }, ADA)).state).toBe("done");
    await expect(createApprove(shop).decide(request, callerOf(ADA))).rejects.toMatchObject({ code: "conflict" });
    expect(await stateOf(second)).toBe("stale");
    await expect(rooms.deploy({ proposalId: third.id }, ADA)).rejects.toThrow(/stale/);
    expect(await stateOf(third)).toBe("stale");
  });

  it("looks at the approval again", async () => {
    const worse = await approved("worse");
    await addEvidence(shop.database, worse.id, { verdict: "failed" });
    await expect(rooms.deploy({ proposalId: worse.id }, ADA)).rejects.toMatchObject({ code: "conflict" });
    const better = await approved("better");
    await addEvidence(shop.database, better.id, { verdict: "passed" });
    expect((await rooms.deploy({ proposalId: better.id }, ADA)).state).toBe("done");
    const changed = await approved("changed");
    await shop.database.proposals.addRevision(changed.id, {
      source: divider("changed", GUARD, " sneaked in"),
      rationale: "",
      author: ADA,
      origin: { kind: "person", name: "Ada" },
    });
    await addEvidence(shop.database, changed.id, {});
    await expect(rooms.deploy({ proposalId: changed.id }, ADA)).rejects.toThrow(/approval is needed/);
    expect(await activeOf("changed")).toBe(1);
  });

  it("lets one of two deployments of a tool through, and both of two tools", async () => {
    const one = await approved("twice");
    const other = await approved("once");
    const results = await Promise.allSettled([
      rooms.deploy({ proposalId: one.id }, ADA),
      rooms.deploy({ proposalId: one.id }, ADA),
      rooms.deploy({ proposalId: other.id }, ADA),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(await activeOf("twice")).toBe(2);
    expect(await activeOf("once")).toBe(2);
    expect((await shop.database.deployments.list({ tool: "twice", state: "done" }, {})).items).toHaveLength(1);
  });
});

describe("simulated mode", () => {
  it("ends with the plan, touches nothing, and leads to real mode afterwards", async () => {
    const proposal = await approved("pretend");
    await shop.database.tools.setSettings("pretend", { mode: "simulated" });
    const deployment = await rooms.deploy({ proposalId: proposal.id }, ADA);
    expect(deployment).toMatchObject({ state: "simulated", mode: "simulated", fromVersion: 1, toVersion: 2 });
    expect(stepsOf(deployment)).toEqual(["intent", "backup", "stage", "verify", "rename", "activate", "done"]);
    expect(deployment.steps.map(({ detail }) => detail).join("\n")).toContain(
      "tried in memory: it loads and answers 2 of 2",
    );
    expect(await stateOf(proposal)).toBe("simulated");
    expect(await fileOf("pretend")).toBe(divider("pretend"));
    expect(await activeOf("pretend")).toBe(1);
    expect(await shop.database.versions.list("pretend")).toHaveLength(1);
    expect(await shop.files.backups("pretend")).toEqual([]);
    expect((await rooms.deploy({ proposalId: proposal.id }, ADA)).state).toBe("simulated");

    await shop.database.tools.setSettings("pretend", {});
    expect((await rooms.deploy({ proposalId: proposal.id }, ADA)).state).toBe("done");
    await shop.database.tools.setSettings("pretend", { mode: "simulated" });
    const back = await rollBack({ tool: "pretend", reason: "to see it" }, ADA);
    expect(back).toMatchObject({ kind: "rollback", state: "simulated", toVersion: 1 });
    expect(await activeOf("pretend")).toBe(2);
    expect(await fileOf("pretend")).toBe(fixed("pretend"));
  });
});

describe("a rollback", () => {
  it("never waits for an edit on disk, and never destroys it", async () => {
    const proposal = await approved("half");
    await rooms.deploy({ proposalId: proposal.id }, ADA);
    const edit = `${fixed("half")}// half-done`;
    await writeFile(join(shop.tools, "half.ts"), edit);
    const back = await rollBack({ tool: "half", reason: "got worse" }, machine("monitor"));
    expect(back).toMatchObject({ state: "done", toVersion: 1 });
    expect(stepsOf(back)).toEqual(["intent", "verify", "activate", "done"]);
    expect(await activeOf("half")).toBe(1);
    expect(await fileOf("half")).toBe(edit);
  });

  it("leaves an edit to its person that is kept as a version and taken by nobody", async () => {
    const proposal = await approved("kept");
    await rooms.deploy({ proposalId: proposal.id }, ADA);
    const edit = fixed("kept").replace("description:", "description: /* mine */");
    await writeFile(join(shop.tools, "kept.ts"), edit);
    expect((await captureEdit(shop, "kept"))?.version.number).toBe(3);
    const back = await rollBack({ tool: "kept", reason: "got worse" }, machine("monitor"));
    expect(back).toMatchObject({ state: "done", toVersion: 1 });
    expect(await fileOf("kept")).toBe(edit);
  });

  it("writes the file again where it is gone", async () => {
    const proposal = await approved("gone");
    await rooms.deploy({ proposalId: proposal.id }, ADA);
    await rm(join(shop.tools, "gone.ts"));
    expect((await rollBack({ tool: "gone", version: 1, reason: "" }, ADA)).state).toBe("done");
    expect(await fileOf("gone")).toBe(divider("gone"));
  });

  it("refuses what is not there, is active already, or lacks its reason", async () => {
    await addTool(shop, "fresh");
    await expect(rollBack({ tool: "fresh", reason: "x" }, ADA)).rejects.toThrow(
      /No version of fresh was active before/,
    );
    await expect(rollBack({ tool: "fresh", version: 1, reason: "x" }, ADA)).rejects.toThrow(/active already/);
    await expect(rollBack({ tool: "fresh", version: 9, reason: "x" }, ADA)).rejects.toThrow(/no version 9/);
    await expect(rollBack({ tool: "nobody", reason: "x" }, ADA)).rejects.toMatchObject({ code: "not_found" });
  });

  it("takes the proposal back even after it was stable", async () => {
    const proposal = await approved("steady");
    await rooms.deploy({ proposalId: proposal.id }, ADA);
    await moveProposal(shop.database, { id: proposal.id, to: "stable", actor: machine("monitor"), reason: "healthy" });
    await rollBack({ tool: "steady", reason: "later trouble" }, ADA);
    expect(await stateOf(proposal)).toBe("rolled_back");
  });
});

describe("trouble with the folder", () => {
  it("undoes a deployment whose folder cannot be written", async () => {
    const proposal = await approved("blocked");
    // A folder where the staged copy goes: writing fails for any user.
    await mkdir(join(shop.tools, ".blocked.ts.staged", "in-the-way"), { recursive: true });
    const deployment = await rooms.deploy({ proposalId: proposal.id }, ADA);
    expect(deployment.state).toBe("undone");
    expect(deployment.steps.at(-1)).toMatchObject({ step: "stage", detail: expect.stringContaining("failed") });
    expect(await stateOf(proposal)).toBe("approved");
    expect(await fileOf("blocked")).toBe(divider("blocked"));
    expect(await rooms.recover()).toEqual([]);
  });
});
