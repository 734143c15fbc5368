import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { api, expect, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

type Row = Record<string, unknown>;
const itemsOf = (body: Row): Row[] => body.items as Row[];

async function proposalOnceIn(id: unknown, state: string): Promise<Row> {
  let row: Row = {};
  await expect
    .poll(async () => {
      row = (await api(whetstone, "GET", `/proposals/${id}`)).body;
      return row.state;
    })
    .toBe(state);
  return row;
}

test("the whole loop by the calls of the contract, simulated and then real, seen in the dashboard", async ({
  watched: page,
}) => {
  const file = join(whetstone.tools, "calculator.ts");
  const original = await readFile(file, "utf8");
  const call = (input: unknown) => api(whetstone, "POST", "/tools/calculator/executions", { input });

  expect((await call({ operation: "divide", a: 9, b: 3 })).body).toMatchObject({
    status: "succeeded",
    output: { result: 3 },
    version: 1,
  });
  for (const a of [1, 2, 3])
    expect((await call({ operation: "divide", a, b: 0 })).body).toMatchObject({
      status: "failed",
      error: { name: "OutputNotJson" },
    });
  const rejected = await call({ operation: "root", a: 1, b: 0 });
  expect(rejected).toMatchObject({ status: 422, body: { status: "rejected" } });
  expect(rejected.body.id).toBeTruthy();

  await api(whetstone, "POST", "/detections", {});
  const [opportunity] = itemsOf((await api(whetstone, "GET", "/opportunities")).body);
  expect(opportunity).toMatchObject({ tool: "calculator", kind: "failing", state: "open", attribution: "tool" });
  const made = await api(whetstone, "POST", `/opportunities/${opportunity?.id}/proposals`, {});
  expect(made.status).toBe(202);
  const proposal = await proposalOnceIn(made.body.id, "awaiting_review");
  expect(proposal).toMatchObject({ tool: "calculator", baseVersion: 1, revision: 1, verdict: "passed" });
  expect(proposal.diff).toContain("+        if (b === 0) throw new ToolError");

  const stale = await api(whetstone, "POST", `/proposals/${made.body.id}/decisions`, {
    decision: "approve",
    digest: "0".repeat(64),
  });
  expect(stale.status).toBe(409);
  const approved = await api(whetstone, "POST", `/proposals/${made.body.id}/decisions`, {
    decision: "approve",
    digest: proposal.digest,
    reason: "proved",
  });
  expect(approved.status).toBe(200);
  await proposalOnceIn(made.body.id, "simulated");
  expect(await readFile(file, "utf8")).toBe(original);
  expect((await api(whetstone, "GET", "/tools/calculator")).body).toMatchObject({
    activeVersion: 1,
    syncState: "in_sync",
  });

  await api(whetstone, "PATCH", "/settings", { mode: "real" });
  const deployed = await api(whetstone, "POST", `/proposals/${made.body.id}/deployment`, {});
  expect(deployed.body).toMatchObject({ state: "done", fromVersion: 1, toVersion: 2 });
  expect(await readFile(file, "utf8")).toContain("division_by_zero");
  expect((await call({ operation: "divide", a: 1, b: 0 })).body).toMatchObject({
    status: "refused",
    error: { code: "division_by_zero" },
    version: 2,
  });

  const back = await api(whetstone, "POST", "/tools/calculator/rollback", { reason: "tried" });
  expect(back.body).toMatchObject({ state: "done", toVersion: 1 });
  expect(await readFile(file, "utf8")).toBe(original);
  expect(itemsOf((await api(whetstone, "GET", "/tools/calculator/versions")).body)).toHaveLength(2);

  await page.goto(whetstone.signInLink);
  await page.getByRole("link", { name: "Executions" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Executions");
  await expect(page.getByText("OutputNotJson").first()).toBeVisible();
  await page.getByRole("link", { name: "Activity" }).first().click();
  await expect(
    page
      .getByText("proposal.deployed")
      .or(page.getByText(/deployed/))
      .first(),
  ).toBeVisible();
});
