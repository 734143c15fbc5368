/** A whole house in a git repository: deployments and rollbacks are commits, commits are versions, names may change. */
import { execFileSync } from "node:child_process";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { versionsWithAuthors } from "#lib/queries/committed-versions.ts";
import { showBlame, showVersion } from "#lib/queries/versions.ts";
import { checkSyncStatus } from "#lib/registry/check-sync-status.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { type Context, runCommand } from "./command.ts";
import { importVersions } from "./import-versions.ts";
import { authorOf, commitMessage, keepInGit } from "./keep-in-git.ts";
import { resolveSync } from "./resolve-sync.ts";
import { rollBackTool } from "./roll-back-tool.ts";
import { takeInEdits } from "./take-in-edits.ts";

const ADA: Actor = { kind: "person", id: "ada@example.org", name: "Ada" };

let house: TestHouse;
let ctx: Context;
beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: ADA, scopes: ["admin"] } };
  await ctx.database.settings.set({ mode: "real" });
});
afterAll(() => house?.close());

const git = (...words: string[]): string =>
  execFileSync("git", ["-C", house.tools, "-c", "user.name=Ben", "-c", "user.email=ben@example.org", ...words], {
    encoding: "utf8",
  }).trim();
const pathOf = (name: string): string => join(house.tools, `${name}.ts`);
const sourceOf = (name: string): Promise<string> => readFile(pathOf(name), "utf8");
const described = (source: string, words: string): string =>
  source.replace(/description:\s*"([^"]*)"/, (_, text: string) => `description: "${text} ${words}"`);

async function statusOf(name: string) {
  const [status] = await checkSyncStatus(ctx, [name]);
  return status;
}

describe("in a repository", () => {
  it("a committed edit is a version of its author, and so are the commits before it", async () => {
    const first = await sourceOf("calculator");
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "-m", "all tools");
    for (const words of ["once", "twice"]) {
      await writeFile(pathOf("calculator"), described(first, words));
      git("commit", "--quiet", "-am", `described ${words}`);
    }
    await takeInEdits(ctx);
    const versions = (await versionsWithAuthors(ctx.database, "calculator")).map(({ author, reason, source }) => ({
      author: author.id,
      reason,
      source,
    }));
    expect(versions).toContainEqual({
      author: "ben@example.org",
      reason: expect.stringContaining("described twice (commit"),
      source: described(first, "twice"),
    });
    // The watcher may have seen the first edit before it was committed.
    expect(versions.map(({ source }) => source)).toContain(described(first, "once"));
    expect(await statusOf("calculator")).toMatchObject({ state: "disk_ahead", edit: expect.anything() });
  });

  it("an edit that was kept before it was committed is named after its author once it is", async () => {
    const tool = (await ctx.database.tools.list()).map(({ name }) => name).at(-1) ?? "";
    const source = described(await sourceOf(tool), "unnamed");
    await writeFile(pathOf(tool), source);
    await takeInEdits(ctx);
    const kept = (await ctx.database.versions.list(tool)).find((version) => version.source === source);
    expect(kept?.author).toEqual({ kind: "machine", id: "disk", name: "disk" });
    git("commit", "--quiet", "-am", "named at last");
    await takeInEdits(ctx);
    const shown = await showVersion(ctx, { name: tool, number: kept?.number ?? 0 });
    expect(shown).toMatchObject({
      author: { kind: "person", id: "ben@example.org", name: "Ben" },
      reason: expect.stringContaining("named at last"),
    });
    await takeInEdits(ctx);
    expect((await ctx.database.audit.list({ tool, verb: "version.committed" }, {})).items).toHaveLength(1);
  });

  it("a rollback is a commit with its author and reason; what a person took from disk is left to that person", async () => {
    await runCommand(resolveSync, ctx, { name: "calculator", resolution: "take_disk" });
    const before = git("rev-parse", "HEAD");
    expect(await keepInGit(ctx, "calculator")).toBeNull();
    expect(git("rev-parse", "HEAD")).toBe(before);
    const { id } = await runCommand(rollBackTool, ctx, { name: "calculator", version: 1, reason: "it got worse" });
    // The house follows its own deployments; whoever comes first commits.
    await keepInGit(ctx, "calculator");
    expect(git("log", "-1", "--format=%an <%ae>%n%B", "--", "calculator.ts")).toBe(
      `Ada <ada@example.org>\ncalculator: roll back to version 1\n\nit got worse\n\nDeployed-by: Ada <ada@example.org>\nDeployment: ${id}`,
    );
    expect(git("status", "--porcelain")).toBe("");
    expect(git("rev-list", "--count", `${before}..HEAD`)).toBe("1");
  });

  it("history is imported with its authors, and every line can be blamed", async () => {
    const name =
      (await ctx.database.tools.list()).map((tool) => tool.name).find((other) => other !== "calculator") ?? "";
    const now = await sourceOf(name);
    await writeFile(pathOf(name), described(now, "later"));
    git("commit", "--quiet", "-am", "described later");
    await writeFile(pathOf(name), "not a tool");
    git("commit", "--quiet", "-am", "broken");
    await writeFile(pathOf(name), now);
    git("commit", "--quiet", "-am", "back");
    const answer = await runCommand(importVersions, ctx, { name });
    const versions = await ctx.database.versions.list(name);
    const later = versions.find(({ source }) => source === described(now, "later"));
    expect(later).toMatchObject({ parents: [1] });
    expect(answer.skipped).toHaveLength(1);
    expect((await ctx.database.tools.find(name))?.activeVersion).toBe(1);
    expect((await runCommand(importVersions, ctx, { name })).imported).toEqual([]);
    const blamed = await showBlame(ctx, { name, number: later?.number ?? 0 });
    const changed = blamed.lines.filter(({ version }) => version === later?.number);
    expect(changed.map(({ text }) => text)).toEqual([expect.stringContaining("later")]);
    expect(blamed.versions.map(({ number }) => number).sort()).toEqual([1, later?.number]);
  });

  it("a file that is moved first, and whose tool gets its new name later, is renamed as well", async () => {
    const name =
      (await ctx.database.tools.list()).map((tool) => tool.name).find((other) => other !== "calculator") ?? "";
    const before = await ctx.database.versions.list(name);
    const source = await sourceOf(name);
    let { seen } = await takeInEdits(ctx);
    await rename(pathOf(name), pathOf("moved"));
    for (const text of [source, `${source}// still the old name\n`]) {
      await writeFile(pathOf("moved"), text);
      ({ seen } = await takeInEdits(ctx, seen));
      expect((await ctx.database.tools.find("moved"))?.activeVersion).toBeNull();
    }
    await writeFile(pathOf("moved"), source.replace(`"${name}"`, '"moved"'));
    ({ seen } = await takeInEdits(ctx, seen));
    const after = await ctx.database.versions.list("moved");
    expect(after[0]).toMatchObject({ reason: `renamed from ${name}`, parents: [1] });
    expect(after.slice(1).map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
    // The move is over: what has gone is no candidate for whatever comes later.
    expect(seen.has(name)).toBe(false);
    await rename(pathOf("moved"), pathOf(name));
    await writeFile(pathOf(name), source);
    await takeInEdits(ctx, seen);
  });

  it("a renamed file keeps its versions under the new name", async () => {
    const before = await ctx.database.versions.list("calculator");
    const { seen } = await takeInEdits(ctx);
    await writeFile(pathOf("calculator"), (await sourceOf("calculator")).replace('"calculator"', '"reckoner"'));
    await rename(pathOf("calculator"), pathOf("reckoner"));
    await takeInEdits(ctx, seen);
    const after = await ctx.database.versions.list("reckoner");
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]).toMatchObject({ reason: "renamed from calculator", parents: [1] });
    expect(after.slice(1).map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
    expect((await ctx.database.tools.find("reckoner"))?.activeVersion).toBe(after[0]?.number);
    const [entry] = (await ctx.database.audit.list({ tool: "reckoner", verb: "tool.renamed" }, {})).items;
    expect(entry?.summary).toContain("calculator was renamed to reckoner");
    const [old] = await checkSyncStatus(ctx, ["calculator"]);
    expect(old).toMatchObject({ state: "missing", detail: expect.stringContaining("was renamed to reckoner.ts") });
    const blamed = await showBlame(ctx, { name: "reckoner", number: after[0]?.number ?? 0 });
    expect(new Set(blamed.lines.map(({ version }) => version))).toEqual(new Set([1, after[0]?.number]));
  });
});

describe("commitMessage", () => {
  it("says what, why, who approved and where the evidence is", () => {
    const message = commitMessage({
      deployment: {
        id: "d1",
        tool: "invoice",
        kind: "deploy",
        toVersion: 8,
        reason: "proposal 31, revision 2",
        actor: ADA,
      },
      version: { reason: "Guards against a missing discount" },
      proposal: { id: "p1", number: 31 },
      approvers: [ADA, { kind: "person", id: "ben", name: "Ben" }],
      place: "http://127.0.0.1:3000",
    });
    expect(message).toBe(
      "invoice: deploy version 8 (proposal 31)\n\nGuards against a missing discount\n\nApproved-by: Ada <ada@example.org>\nApproved-by: Ben <ben@person.whetstone.invalid>\nDeployed-by: Ada <ada@example.org>\nEvidence: http://127.0.0.1:3000/proposals/p1\nDeployment: d1\n",
    );
    expect(authorOf({ kind: "machine", id: "loop", name: "loop" })).toEqual({
      name: "loop",
      email: "loop@machine.whetstone.invalid",
    });
  });
});
