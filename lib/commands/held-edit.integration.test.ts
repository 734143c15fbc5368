/** An edit that its file holds, approved in simulated mode: the plan says how it goes live, and nothing is said to fail. */
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { until } from "#lib/testing/until.ts";
import { type Context, runCommand } from "./command.ts";
import { decideProposal } from "./decide-proposal.ts";
import { resolveSync } from "./resolve-sync.ts";
import { takeInEdits } from "./take-in-edits.ts";

let house: TestHouse;
let ctx: Context;
beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: { kind: "person", id: "ada", name: "Ada" }, scopes: ["admin"] } };
});
afterAll(() => house?.close());

it("is told as what the file holds already, and is taken afterwards", async () => {
  const { database } = ctx;
  const name = "text_statistics";
  await appendFile(join(house.tools, `${name}.ts`), "// by hand\n");
  await takeInEdits(ctx);
  const [, edit] = (await database.versions.list(name)).sort((a, b) => a.number - b.number);
  const id = edit?.proposalId ?? "";
  await until(database, async () => ((await database.proposals.find(id))?.state === "awaiting_review" ? true : null));
  const decided = await runCommand(decideProposal, ctx, {
    id,
    decision: "approve",
    digest: await ctx.pipeline.digest(id),
  });
  expect(decided).toMatchObject({ state: "simulated", deployment: { state: "simulated", toVersion: edit?.number } });
  const plan = (decided.deployment?.steps ?? []).map(({ detail }) => detail).join("\n");
  expect(plan).toMatch(/when the disk is taken/);
  expect(plan).not.toMatch(/refused|settle/);
  const taken = await runCommand(resolveSync, ctx, { name, resolution: "take_disk" });
  expect(taken).toMatchObject({ version: edit?.number, syncState: "in_sync" });
});
