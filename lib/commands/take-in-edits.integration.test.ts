/** Edits on disk in a whole house: kept, tested, superseded, taken, merged, never overwritten. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Actor, machine } from "#lib/core/actor.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { readOverviewPage } from "#lib/queries/overview-page.ts";
import { readProposalsPage } from "#lib/queries/proposals-page.ts";
import { checkSyncStatus } from "#lib/registry/check-sync-status.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { until } from "#lib/testing/until.ts";
import { type Context, runCommand } from "./command.ts";
import { resolveSync } from "./resolve-sync.ts";
import { rollBackTool } from "./roll-back-tool.ts";
import { takeInEdits } from "./take-in-edits.ts";
import { undoSync } from "./undo-sync.ts";
import { withdrawProposal } from "./withdraw-proposal.ts";

let house: TestHouse;
let ctx: Context;
beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: { kind: "key", id: "test", name: "test" }, scopes: ["admin"] } };
});
afterAll(() => house?.close());

const pathOf = (name: string): string => join(house.tools, `${name}.ts`);
const sourceOf = (name: string): Promise<string> => readFile(pathOf(name), "utf8");

/** As editors save: a file of another name, renamed over the tool. */
async function save(name: string, source: string): Promise<void> {
  const aside = join(house.tools, `.${name}.ts.swp`);
  await writeFile(aside, source);
  await rename(aside, pathOf(name));
}

async function statusOf(name: string) {
  const [status] = await checkSyncStatus(ctx, [name]);
  if (status === undefined) throw new Error(`no status of ${name}`);
  return status;
}

async function tested(proposalId: string): Promise<Proposal> {
  return until(ctx.database, async () => {
    const proposal = await ctx.database.proposals.find(proposalId);
    return proposal?.state === "awaiting_review" ? proposal : null;
  });
}

const described = (source: string, words: string): string =>
  source.replace(/description:\s*"([^"]*)"/, (_, text: string) => `description: "${text} ${words}"`);

describe("an edit on disk", () => {
  it("is noticed, kept as a version that answers no calls, and tested at once", async () => {
    const before = await sourceOf("calculator");
    const edited = described(before, "by hand");
    await save("calculator", edited);
    const edit = await until(ctx.database, async () => (await statusOf("calculator")).edit);
    expect(await statusOf("calculator")).toMatchObject({ state: "disk_ahead", activeVersion: 1, baseVersion: 1 });
    expect(await ctx.database.versions.find("calculator", edit.version)).toMatchObject({
      source: edited,
      origin: "disk",
      parents: [1],
      proposalId: edit.proposalId,
    });
    await tested(edit.proposalId);
    const [evidence] = await ctx.database.proposals.evidence(edit.proposalId);
    expect(evidence?.verdict).toBeDefined();
    expect(await sourceOf("calculator")).toBe(edited);
    // Looking again is no second edit.
    expect((await takeInEdits(ctx)).edits).toEqual([]);
  });

  it("that is edited again leaves its version and ends its proposal; taken, it answers under its number", async () => {
    const first = (await statusOf("calculator")).edit;
    const again = described(await sourceOf("calculator"), "twice");
    await save("calculator", again);
    const second = await until(ctx.database, async () => {
      const { edit } = await statusOf("calculator");
      return edit !== null && edit.version !== first?.version ? edit : null;
    });
    await until(ctx.database, async () =>
      (await ctx.database.proposals.find(first?.proposalId ?? ""))?.state === "cancelled" ? 1 : null,
    );
    const taken = await runCommand(resolveSync, ctx, { name: "calculator", resolution: "take_disk" });
    expect(taken).toMatchObject({ version: second.version, syncState: "in_sync", edit: null });
    expect((await ctx.database.proposals.find(second.proposalId))?.state).toBe("cancelled");
    expect(await ctx.database.versions.find("calculator", first?.version ?? 0)).not.toBeNull();
    // What is live by the disk is never told as given up.
    const page = await readProposalsPage(ctx, { tool: "calculator" });
    const told = (id: string) => page.lines.find((line) => line.id === id);
    expect(told(second.proposalId)).toMatchObject({
      group: "live",
      end: { words: `Taken from disk, live as v${second.version}` },
    });
    expect(told(first?.proposalId ?? "")).toMatchObject({
      group: "closed",
      end: { words: "Replaced by a later edit" },
    });
    // It answered calls: from here on it is an earlier version, not an edit.
    await save("calculator", (await ctx.database.versions.find("calculator", 1))?.source ?? "");
    expect(await statusOf("calculator")).toMatchObject({ state: "database_ahead", edit: null });
  });

  it("is no edit while a deployment that has not ended is writing it", async () => {
    const name = "slugify";
    const tools = (await ctx.database.tools.list()).map((tool) => tool.name);
    const tool = tools.includes(name) ? name : (tools.find((other) => other !== "calculator") ?? "");
    const source = described(await sourceOf(tool), "deployed");
    const proposal = await ctx.database.proposals.create({
      tool,
      baseVersion: 1,
      purpose: "other",
      createdBy: machine("test"),
      initial: "generating",
      reason: "by hand",
    });
    await ctx.database.proposals.addRevision(proposal.id, {
      source,
      rationale: "by hand",
      author: machine("test"),
      origin: { kind: "person", name: "test" },
    });
    const row = await ctx.database.deployments.create({
      tool,
      kind: "deploy",
      proposalId: proposal.id,
      fromVersion: 1,
      toVersion: 2,
      mode: "real",
      state: "running",
      reason: "cut off",
      actor: machine("test"),
    });
    await save(tool, source);
    expect(await statusOf(tool)).toMatchObject({ state: "in_sync", edit: null });
    expect((await takeInEdits(ctx)).edits).toEqual([]);
    await ctx.database.deployments.finish(row.id, "undone");
    // The house looks as well: whoever comes first keeps it.
    await takeInEdits(ctx);
    expect(await statusOf(tool)).toMatchObject({ state: "disk_ahead", edit: { version: expect.any(Number) } });
  });

  it("that is no edit but a deletion stays one when the next start looks, whatever happened to the tool before", async () => {
    const name = (await ctx.database.tools.list()).map((tool) => tool.name).at(-1) ?? "";
    const [versions, source] = [await ctx.database.versions.list(name), await sourceOf(name)];
    expect(versions).toHaveLength(1);
    await rm(pathOf(name));
    await ctx.pipeline.follow({});
    expect(await statusOf(name)).toMatchObject({ state: "missing", activeVersion: 1 });
    await save(name, source);
  });

  it("that was deleted with its file comes back from the database", async () => {
    await rm(pathOf("calculator"));
    expect(await statusOf("calculator")).toMatchObject({ state: "missing" });
    await runCommand(resolveSync, ctx, { name: "calculator", resolution: "take_database" });
    expect(await statusOf("calculator")).toMatchObject({ state: "in_sync" });
  });
});

describe("an edit that was dropped, and whose dropping is taken back", () => {
  const named = async (name: string): Promise<string[]> =>
    (await readOverviewPage(ctx, new Date())).needs.map(({ title }) => title).filter((title) => title.startsWith(name));

  it("is tested anew and waits again; what a person ended stays ended, and the file is named", async () => {
    const name = "split_bill";
    await save(name, described(await sourceOf(name), "by hand"));
    const edit = await until(ctx.database, async () => (await statusOf(name)).edit);
    const { number } = await tested(edit.proposalId);
    await runCommand(resolveSync, ctx, { name, resolution: "take_database" });
    expect(await ctx.database.proposals.find(edit.proposalId)).toMatchObject({ state: "cancelled" });
    expect(await named(name)).toEqual([]);
    expect(await runCommand(undoSync, ctx, { name })).toMatchObject({ syncState: "disk_ahead", edit });
    await tested(edit.proposalId);
    expect(await named(name)).toEqual([`${name}: proposal ${number} waits for your review`]);
    expect((await ctx.database.proposals.transitions(edit.proposalId)).map(({ to }) => to)).toEqual([
      "testing",
      "awaiting_review",
      "cancelled",
      "testing",
      "awaiting_review",
    ]);

    const again = described(await sourceOf(name), "twice");
    const first = await sourceOf(name);
    await save(name, again);
    const second = await until(ctx.database, async () => {
      const now = (await statusOf(name)).edit;
      return now !== null && now.version !== edit.version ? now : null;
    });
    await until(ctx.database, async () =>
      (await ctx.database.proposals.find(edit.proposalId))?.state === "cancelled" ? true : null,
    );
    await save(name, first);
    await tested(edit.proposalId);
    await until(ctx.database, async () =>
      (await ctx.database.proposals.find(second.proposalId))?.state === "cancelled" ? true : null,
    );

    await runCommand(withdrawProposal, ctx, { id: edit.proposalId });
    await takeInEdits(ctx);
    expect(await ctx.database.proposals.find(edit.proposalId)).toMatchObject({ state: "cancelled" });
    expect(await named(name)).toEqual([`${name}: the file is not the version that answers calls`]);
    await runCommand(resolveSync, ctx, { name, resolution: "take_database" });
  });
});

describe("a merge", () => {
  it("is taken only if it type-checks and breaks nothing that the active version answers", async () => {
    await ctx.database.settings.set({ mode: "real" });
    const original = await sourceOf("calculator");
    await save("calculator", described(original, "base"));
    await takeInEdits(ctx);
    const { version } = await runCommand(resolveSync, ctx, { name: "calculator", resolution: "take_disk" });
    // Half done, so that the rollback leaves it alone; mended, it is an edit of a version that moved on.
    await save("calculator", "half done (");
    const { state } = await runCommand(rollBackTool, ctx, { name: "calculator", version: 1, reason: "worse" });
    expect(state).toBe("done");
    const edited = described(original, "edited");
    await save("calculator", edited);
    await takeInEdits(ctx);
    expect(await statusOf("calculator")).toMatchObject({ state: "conflict", baseVersion: version, activeVersion: 1 });
    const merge = (source?: string) =>
      runCommand(resolveSync, ctx, {
        name: "calculator",
        resolution: "merge",
        ...(source === undefined ? {} : { source }),
      });
    await expect(merge()).rejects.toMatchObject({
      code: "conflict",
      details: { regions: expect.any(Array), sides: { disk: edited } },
    });
    const wrong = edited.replace(/a \+ b/, "a - b");
    expect(wrong).not.toBe(edited);
    await expect(merge(wrong)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("breaks what version 1 answers"),
    });
    await expect(merge(`const n: number = "no";\n${edited}`)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("cannot be taken"),
    });
    expect(await sourceOf("calculator")).toBe(edited);
    const { edit } = await statusOf("calculator");
    const taken = await merge(`${edited}// merged\n`);
    expect(taken).toMatchObject({ syncState: "in_sync" });
    const parents = (await ctx.database.versions.find("calculator", taken.version))?.parents;
    expect(parents).toEqual([1, edit?.version]);
    expect(await readFile(taken.backup ?? "", "utf8")).toBe(edited);
  });

  it("of an edit that asks for more is a person's to take, never an agent's", async () => {
    const edited = (await sourceOf("calculator")).replace('kv: "none"', 'kv: "read"');
    expect(edited).toContain('kv: "read"');
    await save("calculator", edited);
    await takeInEdits(ctx);
    const merge = (actor: Actor) =>
      runCommand(
        resolveSync,
        { ...ctx, caller: { actor, scopes: ["admin"] } },
        {
          name: "calculator",
          resolution: "merge",
          source: `${edited}// merged\n`,
        },
      );
    await expect(merge({ kind: "key", id: "agent", name: "agent" })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("only a person may widen"),
    });
    expect(await sourceOf("calculator")).toBe(edited);
    const taken = await merge({ kind: "person", id: "ada", name: "Ada" });
    expect(taken).toMatchObject({ syncState: "in_sync" });
    const version = await ctx.database.versions.find("calculator", taken.version);
    expect(version?.manifest.permissions.kv).toBe("read");
  });
});
