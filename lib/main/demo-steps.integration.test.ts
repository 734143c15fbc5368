import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { readDemoBeginning } from "#lib/queries/demo-page.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { DEMO_TOOL } from "./demo-calls.ts";
import { noteBeginning, repeatFailingCalls, runDemoUntilReview } from "./demo-steps.ts";
import { root } from "./install.mjs";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
  const file = `${DEMO_TOOL}.ts`;
  await cp(join(root, "tools", file), join(house.tools, file));
  await takeInEdits(house.machinery);
});
afterAll(() => house?.close());

it("runs once where it is begun in two tabs, and goes on with what is there", async () => {
  const { database } = house.machinery;
  const made = async (caller: string) => (await database.executions.list({ tool: DEMO_TOOL, caller }, {})).items.length;
  const [ada, ben] = ["ada", "ben"].map((name) => ({ kind: "key", id: name, name }) as const);
  expect(await readDemoBeginning(database)).toBeNull();
  for (const actor of [ada, ben, ada]) if (actor !== undefined) await noteBeginning(house.machinery, actor);
  expect(await readDemoBeginning(database)).toMatchObject({ by: ada, at: expect.any(Date) });
  expect((await database.audit.list({ verb: "demo.begun" }, {})).items).toHaveLength(1);
  await Promise.all([runDemoUntilReview(house.machinery), runDemoUntilReview(house.machinery)]);
  await runDemoUntilReview(house.machinery);
  expect(await made("demo")).toBe(10);
  const proposals = await database.proposals.list({ tool: DEMO_TOOL }, {});
  expect(proposals.items.map(({ state }) => state)).toEqual(["awaiting_review"]);
  expect((await database.opportunities.findLive(DEMO_TOOL, "failing"))?.state).toBe("in_progress");
  const [one, other] = await Promise.all([repeatFailingCalls(house.machinery), repeatFailingCalls(house.machinery)]);
  expect(one).toHaveLength(5);
  expect(other).toEqual(one);
  expect(await made("demo-verify")).toBe(5);
});
