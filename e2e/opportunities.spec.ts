import { AxeBuilder } from "@axe-core/playwright";
import { api, expect, test } from "./fixtures.ts";
import { weekOfTraffic } from "./history.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
let id = "";
test.beforeAll(async () => {
  whetstone = await startWhetstone();
  await fetch(`${whetstone.url}/api/v1/executions/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${whetstone.key}`, "content-type": "application/x-ndjson" },
    body: weekOfTraffic(Date.now()),
  });
  await api(whetstone, "POST", "/detections", {});
  const found = (await api(whetstone, "GET", "/opportunities?tool=calculator")).body.items as { id: string }[];
  id = String(found[0]?.id);
});
test.afterAll(() => whetstone.stop());

const stored = async (): Promise<Record<string, unknown>> =>
  (await api(whetstone, "GET", `/opportunities/${id}`)).body as Record<string, unknown>;

test("a problem is assigned, snoozed and dismissed, and each is taken back", async ({ watched: page }) => {
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/opportunities/${id}`);
  await page.getByRole("button", { name: "To me" }).click();
  await expect(page.getByText("Assigned to owner.")).toBeVisible();
  await expect.poll(async () => (await stored()).assignee).toBe("owner");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await stored()).assignee).toBeUndefined();

  await page.getByLabel("Why").fill("known, the sender is told");
  await page.getByLabel("Snooze for how long").selectOption("a week");
  await page.getByRole("button", { name: "Snooze for" }).click();
  await expect(page.getByText("Snoozed for a week.")).toBeVisible();
  await expect(page.getByText(/Snoozed, back in [67] d/)).toBeVisible();
  const snoozed = await stored();
  expect(snoozed.state).toBe("snoozed");
  expect(snoozed.note).toBe("known, the sender is told");
  // The full stop key undoes the same.
  await page.keyboard.press(".");
  await expect.poll(async () => (await stored()).state).toBe("open");
  expect((await stored()).note ?? "").toBe("");

  await expect(page.getByRole("button", { name: "Dismiss" })).toBeDisabled();
  await page.getByLabel("Why").fill("by design");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(page.getByText("No fix is written while it is dismissed")).toBeVisible();
  await page.goto(`${whetstone.url}/opportunities`);
  await expect(page.getByRole("link", { name: "calculator" })).toHaveCount(0);
  await page.getByRole("link", { name: /^All, resolved/ }).click();
  await page.getByRole("link", { name: "calculator" }).click();
  await page.getByRole("button", { name: "Open again" }).click();
  await expect.poll(async () => (await stored()).state).toBe("open");
});

test("the chart shows the change point, and the same numbers as a table in either theme", async ({ watched: page }) => {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  for (const theme of ["light", "dark"]) {
    await page.evaluate((to) => localStorage.setItem("theme", to), theme);
    await page.goto(`${whetstone.url}/opportunities/${id}`);
    await expect(page.getByRole("main").getByText(/0 of \d+ failed before, \d+ of \d+ failed since/)).toBeVisible();
    await expect(page.locator("figure").getByText("got worse")).toBeVisible();
    await page.getByRole("button", { name: "Show as table" }).click();
    const table = page.getByRole("region", { name: "Calls over time" });
    await expect(table.getByRole("row", { name: /got worse/ })).toHaveCount(1);
    expect(await table.getByRole("row").count()).toBeGreaterThan(40);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
});

test("lists are worked by keyboard, searched and shared by their address", async ({ watched: page }) => {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await page.goto(`${whetstone.url}/executions`);
  await expect(page.getByRole("row")).toHaveCount(51);
  // Keys act once the page has come to life.
  await expect(async () => {
    await page.keyboard.press("]");
    await expect(page).toHaveURL(/cursor=/, { timeout: 2_000 });
  }).toPass();
  // The key acts once the page has its link.
  await expect(page.getByRole("link", { name: "Newest" })).toBeVisible();
  await page.keyboard.press("[");
  await expect(page).not.toHaveURL(/cursor=/);
  await page.keyboard.press("/");
  await page.keyboard.type("Infinity");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/text=Infinity/);
  await expect(page.getByRole("cell", { name: /OutputNotJson/ }).first()).toBeVisible();
  const rows = await page.getByRole("row").count();
  expect(rows).toBeGreaterThan(2);
  await expect(page.getByRole("row", { name: /Succeeded/ })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("row")).toHaveCount(rows);
  await expect(async () => {
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("A call of calculator", { timeout: 2_000 });
  }).toPass();

  await page.goto(`${whetstone.url}/activity`);
  await page.getByLabel("About").selectOption("opportunity");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/verb=opportunity/);
  await expect(page.getByRole("cell", { name: "opportunity.dismissed" })).toBeVisible();
  await expect(page.getByRole("cell", { name: /^tool\.added$/ })).toHaveCount(0);
  const exported = await page.request.get(`${whetstone.url}/activity/export?verb=opportunity`);
  const lines = (await exported.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { verb: string });
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.filter(({ verb }) => !verb.startsWith("opportunity."))).toEqual([]);
});

test("the palette leads to every command, and the sheet lists the keys of the page", async ({ watched: page }) => {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("keys.revoke");
  await page.getByRole("option", { name: "Take a key back" }).click();
  await expect(page).toHaveURL(/\/settings#keys$/);
  await page.goto(`${whetstone.url}/executions`);
  await expect(page.getByRole("row").first()).toBeVisible();
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  // Keys act, and are listed, once the page has come to life.
  await expect(async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await expect(sheet.getByRole("listitem").filter({ hasText: "Next call" })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  for (const label of ["Next call", "Search calls", "Older", "Command palette", "Overview"])
    await expect(sheet.getByRole("listitem").filter({ hasText: label }).first()).toBeVisible();
});
