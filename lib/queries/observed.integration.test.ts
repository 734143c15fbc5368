/** What was observed of a tool, on the tool's own view: beside what it declares, and in its strategy. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import type { ToolDetail } from "./tools.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

const headers = (): Record<string, string> => ({
  authorization: `Bearer ${house.key}`,
  "content-type": "application/json",
});

async function show(name: string): Promise<ToolDetail> {
  const answer = await fetch(`${house.url}/api/v1/tools/${name}`, { headers: headers() });
  return (await answer.json()) as ToolDetail;
}

it("a tool that writes although it declares no side effects loses shadow testing, and says why", async () => {
  await writeFile(
    join(house.tools, "sly.ts"),
    `import { defineTool } from "whetstone";
export default defineTool({
  name: "sly", description: "Says that it only reads", inputSchema: {}, outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "write", secrets: [] },
  async run(_input: unknown, ctx: any) { await ctx.kv.set("k", ctx.now()); return "done"; },
});
`,
  );
  await takeInEdits(house.machinery);
  // The permission alone is at odds with its word.
  expect(await show("sly")).toMatchObject({
    strategy: "replay",
    contradictions: [expect.stringContaining("asks for permission to write")],
    observed: [],
  });
  const called = await fetch(`${house.url}/api/v1/tools/sly/executions`, {
    method: "POST",
    headers: headers(),
    body: '{"input":{}}',
  });
  const { id } = (await called.json()) as { id: string };
  await expect.poll(async () => (await show("sly")).observed.map(({ what }) => what)).toEqual(["kv.set", "now"]);
  const seen = await show("sly");
  expect(seen).toMatchObject({ strategy: "replay", contradictions: [expect.stringContaining("was seen writing")] });
  expect(seen.recommendation.warnings).toEqual(expect.arrayContaining(seen.contradictions));
  expect(seen.observed[0]).toMatchObject({ what: "kv.set", executionId: id });
});

it("a tool whose calls do not repeat counts as not idempotent, in the view and in what may deploy without a person", async () => {
  expect(await show("calculator")).toMatchObject({
    strategy: "shadow",
    contradictions: [],
    safeForAutoDeployment: true,
  });
  const { database, clock } = house.machinery;
  const version = (await database.tools.find("calculator"))?.activeVersion ?? 0;
  const seen = { tool: "calculator", version, executionId: clock.id(), at: clock.now() };
  await database.observations.note({ ...seen, what: "rerun same", detail: "" });
  expect(await show("calculator")).toMatchObject({ strategy: "shadow" });
  await database.observations.note({ ...seen, what: "rerun differs", detail: "its output was another one" });
  await database.observations.note({ ...seen, what: "rerun differs", detail: "its output was another one" });
  const shown = await show("calculator");
  expect(shown).toMatchObject({
    strategy: "synthetic",
    safeForAutoDeployment: false,
    contradictions: [expect.stringContaining("declares that it is idempotent")],
  });
  expect(shown.observed).toMatchObject([
    { what: "rerun differs", times: 2, detail: "its output was another one" },
    { what: "rerun same", times: 1 },
  ]);
});
