import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { changeGroups } from "#lib/core/change-groups.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire; the expectations say what it has to be
type Body = any;

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${house.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** The proposal, once it has its evidence of that number. */
async function tested(id: string, snapshot: number): Promise<Body> {
  const shown = async (): Promise<Body> => (await ask("GET", `/proposals/${id}`)).body;
  await expect
    .poll(shown, { timeout: 60_000 })
    .toMatchObject({ state: "awaiting_review", evidence: { number: snapshot } });
  return shown();
}

it("a fix of a detected problem is judged as one; answers of one kind of failure are called right, and that is taken back", async () => {
  for (const a of [2, 3, 4])
    await ask("POST", "/tools/calculator/executions", { input: { operation: "divide", a, b: 0 } });
  await ask("POST", "/detections", {});
  const [problem] = (await ask("GET", "/opportunities")).body.items;
  const text = await readFile(join(house.tools, "calculator.ts"), "utf8");
  const source = text.replace("return { result: a / b };", "return { result: b === 0 ? 7 : a / b };");
  const made = await ask("POST", "/proposals", {
    tool: "calculator",
    source,
    rationale: "answers 7",
    opportunityId: problem.id,
  });
  expect(made).toMatchObject({ status: 201, body: { purpose: problem.kind } });
  const { id } = made.body;
  const before = await tested(id, 1);
  const other = await ask("POST", "/proposals", {
    tool: "calculator",
    source: source.replace("7 :", "8 :"),
    rationale: "answers 8",
    opportunityId: problem.id,
  });
  await tested(other.body.id, 1);
  const { database } = house.machinery;
  const cases = await database.proposals.evidenceCases(before.evidence.id);
  const [group] = changeGroups(cases);
  expect(group).toMatchObject({ label: "masked" });
  const accepted = await ask("POST", `/proposals/${id}/accepted-changes`, { group: group?.name });
  expect(accepted).toMatchObject({ status: 202, body: { cases: group?.cases.length } });
  expect((await database.executions.cases("calculator")).map(({ expectedOutput }) => expectedOutput)).toEqual(
    group?.cases.map(() => ({ result: 7 })),
  );
  const { evidence } = await tested(id, 2);
  expect(changeGroups(await database.proposals.evidenceCases(evidence.id))).toEqual([]);
  // A call that became a case is one known failure, not two.
  expect(evidence.summary.targets.total).toBe(before.evidence.summary.targets.total);
  expect(await tested(other.body.id, 2)).toMatchObject({ verdict: "failed" });

  const undone = await ask("POST", `/proposals/${id}/accepted-changes/undo`, { group: group?.name });
  expect(undone).toMatchObject({ status: 200, body: { cases: group?.cases.length } });
  expect(await database.executions.cases("calculator")).toEqual([]);
  const again = changeGroups(await database.proposals.evidenceCases((await tested(id, 3)).evidence.id));
  expect(again.map(({ name }) => name)).toEqual([group?.name]);
  await tested(other.body.id, 3);
  const twice = await ask("POST", `/proposals/${id}/accepted-changes/undo`, { group: group?.name });
  expect(twice).toMatchObject({ status: 409, body: { detail: expect.stringContaining("nothing is taken back") } });
});
