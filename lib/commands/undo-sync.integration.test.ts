/** An edit that was taken, and whose taking is taken back, in a whole house. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSyncPage } from "#lib/queries/sync-page.ts";
import { readOwnSyncUndo } from "#lib/queries/sync-undo.ts";
import { readVersionsPage } from "#lib/queries/versions-page.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { until } from "#lib/testing/until.ts";
import { callTool } from "./call-tool.ts";
import { type Context, runCommand } from "./command.ts";
import { resolveSync } from "./resolve-sync.ts";
import { undoSync } from "./undo-sync.ts";

let house: TestHouse;
let ctx: Context;
beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: { kind: "key", id: "test", name: "test" }, scopes: ["admin"] } };
});
afterAll(() => house?.close());

const name = "calculator";

async function waits(id: string): Promise<void> {
  await until(ctx.database, async () =>
    (await ctx.database.proposals.find(id))?.state === "awaiting_review" ? id : null,
  );
}

async function versionThatAnswers(): Promise<number> {
  return (await runCommand(callTool, ctx, { name, input: { operation: "add", a: 1, b: 1 } })).version;
}

it("waits again with its own proposal, calls go to the version before, and the history says that it was live", async () => {
  const path = join(house.tools, `${name}.ts`);
  const edited = (await readFile(path, "utf8")).replace(/description:\s*"[^"]*"/, 'description: "Too soon"');
  await writeFile(path, edited);
  const row = async () => (await readSyncPage(ctx)).find((one) => one.name === name);
  const edit = await until(ctx.database, async () => (await row())?.edit ?? null);
  await waits(edit.proposalId);
  await runCommand(resolveSync, ctx, { name, resolution: "take_disk" });
  expect(await ctx.database.proposals.find(edit.proposalId)).toMatchObject({ state: "cancelled" });
  expect(await versionThatAnswers()).toBe(2);
  const undo = { tool: name, what: "disk", by: "test", version: 2, back: 1 };
  expect((await row())?.undo).toMatchObject(undo);
  expect(await readOwnSyncUndo(ctx)).toMatchObject(undo);

  const agent = { ...ctx, caller: { ...ctx.caller, scopes: ["read", "call"] as const } };
  await expect(runCommand(undoSync, agent, { name })).rejects.toMatchObject({ code: "forbidden" });
  expect(await runCommand(undoSync, ctx, { name })).toMatchObject({ syncState: "disk_ahead", activeVersion: 1, edit });
  expect(await readFile(path, "utf8")).toBe(edited);
  await until(ctx.database, async () => ((await versionThatAnswers()) === 1 ? true : null));
  await waits(edit.proposalId);
  expect((await row())?.undo).toBeNull();
  expect(await readOwnSyncUndo(ctx)).toBeNull();
  const { lines } = await readVersionsPage(ctx, { name });
  expect(
    lines.map(({ number, active, takenBack, calls }) => ({ number, active, takenBack, called: calls > 0 })),
  ).toEqual([
    { number: 2, active: false, takenBack: true, called: true },
    { number: 1, active: true, takenBack: false, called: true },
  ]);
});
