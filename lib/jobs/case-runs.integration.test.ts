/** Runs of a tool's cases as jobs: followed, stopped, taken up again after a death, and their results kept. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cancelJob } from "#lib/commands/cancel-job.ts";
import { type Context, runCommand } from "#lib/commands/command.ts";
import { detect } from "#lib/commands/detect.ts";
import { makeCase } from "#lib/commands/make-case.ts";
import { removeCase } from "#lib/commands/remove-case.ts";
import { runCases } from "#lib/commands/run-cases.ts";
import { settled } from "#lib/commands/settled.ts";
import { startCases } from "#lib/commands/start-cases.ts";
import { type CaseRuns, readCaseRuns } from "#lib/queries/case-runs.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { until } from "#lib/testing/until.ts";
import { enqueueDueCases, isDue } from "./due-cases.ts";

let house: TestHouse;
let ctx: Context;
beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: { kind: "person", id: "p", name: "anna" }, scopes: ["admin"] } };
});
afterAll(() => house?.close());

const runsOf = (tool: string): Promise<CaseRuns> => readCaseRuns(ctx, tool);

/** A tool that thinks for a while, with many cases. */
const PONDER = `import { defineTool } from "whetstone";
export default defineTool({
  name: "ponder",
  description: "Thinks before it answers",
  inputSchema: { type: "object", required: ["n"], properties: { n: { type: "number" } } },
  outputSchema: { type: "number" },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: true },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [${Array.from({ length: 60 }, (_, n) => `{ description: "thinks of ${n}", input: { n: ${n} }, expectedOutput: ${n} }`).join(", ")}],
  run({ n }) {
    let sum = 0;
    for (let step = 0; step < 3_000_000; step++) sum += step % 7;
    return sum < 0 ? -1 : n;
  },
});
`;

it("a run is followed to its result, which stands until the next and says of which version it is", async () => {
  expect(await runsOf("calculator")).toEqual({ job: null, last: null, kept: [] });
  const input = { operation: "add", a: 2, b: 2 };
  const { id } = await ctx.pipeline.execute({ tool: "calculator", input, caller: "test" });
  const made = await runCommand(makeCase, ctx, { id, expectedOutput: { result: 5 } });
  const job = await runCommand(startCases, ctx, { name: "calculator" });
  expect(job).toMatchObject({ kind: "cases", tool: "calculator", state: "queued" });
  expect(await settled(ctx.database, job, 60)).toMatchObject({ state: "succeeded", progress: 1 });
  const { job: shown, last, kept } = await runsOf("calculator");
  expect(shown).toBeNull();
  expect(kept).toMatchObject([{ id: made.id, description: made.description, executionId: id }]);
  const wrong = last?.run.items.filter(({ passed }) => !passed);
  expect(wrong).toMatchObject([
    { kept: false, got: "OutputNotJson: The output is not JSON: /result is Infinity" },
    { id: made.id, kept: true, got: '{\n  "result": 4\n}' },
  ]);
  expect(last?.run).toMatchObject({ version: 1, passed: (last?.run.total ?? 0) - 2 });
  await runCommand(removeCase, ctx, { name: "calculator", id: made.id });
  // Whoever waits for the answer leaves it for the page as well.
  const answer = await runCommand(runCases, ctx, { name: "calculator" });
  expect(answer.items.every((one) => !("input" in one))).toBe(true);
  const { items: _, ...counts } = answer;
  const after = await runsOf("calculator");
  expect(after).toMatchObject({ job: null, kept: [], last: { run: counts } });
  expect(after.last?.at.getTime()).toBeGreaterThan(last?.at.getTime() ?? 0);
});

it("a run shows how far it is, is one however many ask, and is stopped", async () => {
  await writeFile(join(house.tools, "ponder.ts"), PONDER);
  await until(ctx.database, async () => (await ctx.database.tools.find("ponder"))?.activeVersion ?? null);
  const [first, second] = await Promise.all([1, 2].map(() => runCommand(startCases, ctx, { name: "ponder" })));
  expect(second?.id).toBe(first?.id);
  const under = await until(ctx.database, async () => {
    const { job } = await runsOf("ponder");
    return job !== null && job.progress > 0 ? job : null;
  });
  expect(under).toMatchObject({ state: "running", stage: expect.stringMatching(/^\d+ of 60 cases$/) });
  await runCommand(cancelJob, ctx, { id: under.id });
  const stopped = await until(ctx.database, async () => {
    const { job } = await runsOf("ponder");
    return job?.state === "cancelled" ? job : null;
  });
  expect(stopped.progress).toBeLessThan(1);
  expect((await runsOf("ponder")).last).toBeNull();
  const { items } = await ctx.database.audit.list({ tool: "ponder" }, { limit: 10 });
  expect(items.map(({ verb, actor }) => [verb, actor.name])).toContainEqual(["job.cancelled", "anna"]);
});

it("what a dead process left running is run again", async () => {
  const { job } = await ctx.database.jobs.create({ kind: "cases", input: {}, tool: "calculator", key: "left" });
  await ctx.database.jobs.update(job.id, {
    state: "running",
    stage: "1 of 9 cases",
    startedAt: new Date(),
    attempts: 1,
  });
  expect((await runsOf("calculator")).job).toMatchObject({ id: job.id, stage: "1 of 9 cases" });
  expect(await settled(ctx.database, job, 60)).toMatchObject({ state: "succeeded", attempts: 2 });
  expect((await runsOf("calculator")).job).toBeNull();
});

it("cases run by themselves, once for each version, and what they are answered otherwise is a detected problem", async () => {
  const id = (await ctx.pipeline.execute({ tool: "split_bill", input: { amount: 10, people: 2 }, caller: "test" })).id;
  await runCommand(makeCase, ctx, { id, expectedOutput: { total: 10, shares: [4, 6] } });
  const asked = async (): Promise<number> => {
    const begun = await enqueueDueCases(house.machinery);
    await until(ctx.database, async () => {
      const open = await Promise.all(
        (["queued", "running"] as const).map((state) => ctx.database.jobs.list({ kind: "cases", state }, { limit: 1 })),
      );
      return open.every(({ items }) => items.length === 0) ? true : null;
    });
    return begun;
  };
  while ((await asked()) > 0);
  const { last } = await runsOf("split_bill");
  expect(last?.run.items.at(-1)).toMatchObject({ kept: true, passed: false, status: "succeeded" });
  const { items } = await runCommand(detect, ctx, { waitSeconds: 60 });
  const found = items.find(({ tool, kind }) => tool === "split_bill" && kind === "incorrect");
  expect(found).toMatchObject({ state: "open", attribution: "tool", clusters: [] });
  expect(found?.reason).toMatch(/^\d+ cases? of its own (is|are) answered otherwise: its case /);
  // What fails with an exception is no wrong value: its calls tell of it.
  expect(items.some(({ tool, kind }) => tool === "calculator" && kind === "incorrect")).toBe(false);
  const tomorrow = new Date(Date.now() + 25 * 3_600_000);
  const [newest] = (await ctx.database.jobs.list({ kind: "cases", tool: "split_bill" }, { limit: 1 })).items;
  expect([isDue(newest, 1, new Date()), isDue(newest, 2, new Date()), isDue(newest, 1, tomorrow)]).toEqual([
    false,
    true,
    true,
  ]);
});

it("a tool that no version answers for is refused at once", async () => {
  await ctx.database.tools.upsert({ name: "torn", loadError: "line 1: it does not parse." });
  await expect(runCommand(startCases, ctx, { name: "torn" })).rejects.toThrow("Repair tools/torn.ts first");
  await expect(runCommand(runCases, ctx, { name: "torn" })).rejects.toThrow("repair its file first");
  expect((await runsOf("torn")).job).toBeNull();
});
