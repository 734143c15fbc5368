import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Context, runCommand } from "#lib/commands/command.ts";
import { makeCase } from "#lib/commands/make-case.ts";
import { removeCase } from "#lib/commands/remove-case.ts";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { listKeptCases, readWayBack } from "./kept-cases.ts";

const SECRET = "ada-private-7731";

let house: TestHouse;
let ctx: Context;
beforeAll(async () => {
  house = await openTestHouse();
  ctx = { ...house.machinery, caller: { actor: { kind: "person", id: "p", name: "anna" }, scopes: ["admin"] } };
  await writeFile(
    join(house.tools, "greet.ts"),
    `import { defineTool } from "whetstone";
export default defineTool({
  name: "greet", description: "Greets",
  inputSchema: { type: "object", properties: { who: { type: "string", "x-sensitive": true }, loud: { type: "boolean" } } },
  outputSchema: { type: "object", properties: { text: { type: "string" } } },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  run: ({ who, loud }: { who: string; loud?: boolean }) => ({ text: loud ? "Hello " + who : "Hello" }),
});
`,
  );
  await takeInEdits(house.machinery);
});
afterAll(() => house?.close());

async function called(tool: string, input: object): Promise<string> {
  return (await ctx.pipeline.execute({ tool, input: input as never, caller: "test" })).id;
}

it.each([
  { expects: "an answer", word: { expectedOutput: { result: 9 } }, shown: '{\n  "result": 9\n}' },
  { expects: "an error", word: { shouldThrow: "TypeError" }, shown: "refuses: TypeError" },
])("a removed case that expects $expects is put back as it was, by its execution", async ({ word, shown }) => {
  const input = { operation: "add", a: 1, b: 2 };
  const id = await called("calculator", input);
  const made = await runCommand(makeCase, ctx, { id, description: "said by a person", ...word });
  expect(await listKeptCases(ctx.database, "calculator")).toEqual([
    {
      id: made.id,
      description: "said by a person",
      short: JSON.stringify(input),
      input: JSON.stringify(input, null, 2),
      expected: shown,
      executionId: id,
      restorable: true,
    },
  ]);
  const wayBack = await readWayBack(ctx, { name: "calculator", id: made.id });
  await runCommand(removeCase, ctx, { name: "calculator", id: made.id });
  expect(await listKeptCases(ctx.database, "calculator")).toEqual([]);
  const { id: _, createdAt: __, ...before } = made;
  const again = await runCommand(makeCase, ctx, wayBack);
  expect(again).toMatchObject(before);
  await runCommand(removeCase, ctx, { name: "calculator", id: again.id });
});

it("hidden values are shown nowhere, and a case whose answer holds one has no way back through a browser", async () => {
  const ids = [await called("greet", { who: SECRET }), await called("greet", { who: SECRET, loud: true })];
  for (const [at, id] of ids.entries())
    await runCommand(makeCase, ctx, { id, description: at === 0 ? "greets" : `greets ${SECRET}` });
  const kept = await listKeptCases(ctx.database, "greet");
  expect(JSON.stringify(kept)).not.toContain(SECRET);
  expect(kept).toMatchObject([
    { description: "greets", short: '{"who":"•••"}', executionId: ids[0], restorable: true },
    { description: "greets •••", expected: '{\n  "text": "Hello •••"\n}', executionId: ids[1], restorable: false },
  ]);
  expect(await readWayBack(ctx, { name: "greet", id: kept[1]?.id ?? "" })).toBeNull();
  expect(await readWayBack(ctx, { name: "greet", id: crypto.randomUUID() })).toBeNull();
});

it("a case whose execution is gone, or says something else, has no way back", async () => {
  const actor = ctx.caller.actor;
  const id = await called("calculator", { operation: "add", a: 3, b: 3 });
  const one = { tool: "calculator", description: "kept", expectedOutput: { result: 6 }, effects: [] };
  const gone = { ...one, input: { operation: "add", a: 3, b: 3 }, executionId: crypto.randomUUID() };
  await ctx.database.executions.addCase(gone, actor);
  await ctx.database.executions.addCase({ ...one, input: { operation: "add", a: 4, b: 4 }, executionId: id }, actor);
  expect(await listKeptCases(ctx.database, "calculator")).toMatchObject([
    { executionId: null, restorable: false },
    { executionId: id, restorable: false },
  ]);
});
