/** Callers who doubt what a new version answers: found through their calls alone, and over with the next version. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { changeSettings } from "#lib/commands/change-settings.ts";
import { type Context, runCommand } from "#lib/commands/command.ts";
import { detect } from "#lib/commands/detect.ts";
import { generateProposal } from "#lib/commands/generate-proposal.ts";
import { resolveSync } from "#lib/commands/resolve-sync.ts";
import { readOpportunityPage } from "#lib/queries/opportunity-page.ts";
import { readOverviewPage } from "#lib/queries/overview-page.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { until } from "#lib/testing/until.ts";

let house: TestHouse;
let ctx: Context;
beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: { kind: "person", id: "p", name: "anna" }, scopes: ["admin"] } };
});
afterAll(() => house?.close());

const sourceOf = (pounds: string): string => `import { defineTool } from "whetstone";
export default defineTool({
  name: "weigh",
  description: "Says what a parcel weighs",
  inputSchema: { type: "object", required: ["parcel", "grams", "unit"], properties: { parcel: { type: "string" }, grams: { type: "number" }, unit: { type: "string" } } },
  outputSchema: { type: "object" },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [],
  run({ grams }) {
    return { pounds: ${pounds} };
  },
});
`;

async function activate(version: number, pounds: string): Promise<void> {
  await writeFile(join(house.tools, "weigh.ts"), sourceOf(pounds));
  if (version > 1) await runCommand(resolveSync, ctx, { name: "weigh", resolution: "take_disk" });
  await until(ctx.database, async () =>
    (await ctx.database.tools.find("weigh"))?.activeVersion === version ? true : null,
  );
}

let parcels = 0;

/** Calls of three agents in turn; one that doubts an answer asks for it once more, in another unit. */
async function ask(times: number, doubts: (time: number) => boolean): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    parcels += 1;
    const input = { parcel: `parcel ${parcels}`, grams: 100 + parcels * 37, unit: "lb" };
    const call = { tool: "weigh", caller: `agent-${time % 3}` };
    await ctx.pipeline.execute({ ...call, input });
    if (doubts(time)) await ctx.pipeline.execute({ ...call, input: { ...input, unit: "pounds" } });
  }
}

const look = async () => {
  const { items } = await runCommand(detect, ctx, { tool: "weigh", waitSeconds: 60 });
  return items;
};

it("is an open suspicion with its examples, gets no fix by itself, and is resolved by answers that content the callers", async () => {
  await runCommand(changeSettings, ctx, { mode: "real" });
  await activate(1, "grams / 453.59237");
  await ask(45, (time) => time % 15 === 3);
  expect(await look()).toEqual([]);

  await activate(2, "grams / 435.59237");
  await ask(24, (time) => time % 8 !== 5);
  const [found] = await look();
  expect(found).toMatchObject({
    kind: "incorrect",
    state: "open",
    attribution: "unknown",
    statistics: { version: 2, failures: 0, askedAgain: { asked: 21, of: 24, callers: 3 } },
  });
  expect(found?.reason).toMatch(
    /^Callers ask again after 21 of 24 answers since .*, before after 3 of 45: they may be/,
  );
  const id = found?.id ?? "";
  const { examples } = await readOpportunityPage(ctx, id);
  expect(examples).toHaveLength(5);
  for (const { first, next } of examples) {
    expect(first).toMatchObject({ input: { unit: "lb" }, version: 2 });
    expect(next?.input).toEqual({ ...(first.input as object), unit: "pounds" });
  }
  const { needs, tools } = await readOverviewPage(ctx, new Date());
  expect(needs.map(({ title }) => title)).toContain("weigh may be incorrect");
  expect(tools.find(({ name }) => name === "weigh")?.state).toEqual({ word: "suspected", seenOn: null });
  await expect(runCommand(generateProposal, ctx, { id })).rejects.toThrow("say first which answer is wrong");
  // A second look opens no second one.
  expect((await look()).map((one) => one.id)).toEqual([id]);

  await activate(3, "grams / 453.6");
  await ask(15, () => false);
  expect(await look()).toEqual([]);
  expect(await ctx.database.opportunities.find(id)).toMatchObject({
    state: "resolved",
    // On a busy machine two of them may come so close that one is no answer to judge.
    note: expect.stringMatching(/^Callers asked again after 0 of 1[345] such answers of version 3 since$/),
  });
});
