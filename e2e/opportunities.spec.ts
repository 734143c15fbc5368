import { AxeBuilder } from "@axe-core/playwright";
import { api, expect, takeEdit, test } from "./fixtures.ts";
import { lateAnswers, turnedFailures, weekOfTraffic } from "./history.ts";
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

  await page.getByLabel("Assigned to").fill("billing");
  await page.getByLabel("Assigned to").press("Enter");
  await expect.poll(async () => (await stored()).assignee).toBe("billing");
  await expect(page).toHaveTitle(/^calculator is \w+ · Whetstone$/);

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
  // Why it was put aside is not why it is open, nor why it is put aside the next time.
  expect((await stored()).note ?? "").toBe("");
  await page.reload();
  await expect(page.getByLabel("Why")).toHaveValue("");
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

test("a kind of failure that takes the place of another is told, with a list of its own, in either theme", async ({
  watched: page,
}) => {
  await api(whetstone, "PATCH", "/tools/extract_links/settings", { target: 0.8 });
  await fetch(`${whetstone.url}/api/v1/executions/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${whetstone.key}`, "content-type": "application/x-ndjson" },
    body: turnedFailures(Date.now()),
  });
  await api(whetstone, "POST", "/detections", {});
  const [found] = (await api(whetstone, "GET", "/opportunities?tool=extract_links")).body.items as { id: string }[];
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  for (const theme of ["light", "dark"]) {
    await page.evaluate((to) => localStorage.setItem("theme", to), theme);
    await page.setViewportSize({ width: theme === "light" ? 1440 : 390, height: 900 });
    await page.goto(`${whetstone.url}/opportunities/${found?.id}`);
    await expect(page.getByText(/^RangeError: .* began about .*: 24 of 2\d\d calls since, 0 of/)).toBeVisible();
    await expect(page.getByText(/^TypeError stopped and RangeError began about/)).toBeVisible();
    await expect(page.locator("figure").getByText("RangeError rose")).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.screenshot({ path: `e2e/.output/kind-change-${theme}.png`, fullPage: true });
  }
  await page.getByRole("link", { name: "24", exact: true }).first().click();
  await expect(page.getByRole("row", { name: /Failed/ })).toHaveCount(24);
});

test("a version that fails from its first call is rolled back where the problem is read", async ({ watched: page }) => {
  const tool = "text_statistics";
  await api(whetstone, "PATCH", "/settings", { mode: "real" });
  await takeEdit(
    whetstone,
    (source) => source.replace("const words = text", 'if (text !== "") text.torn();\n    $&'),
    tool,
  );
  for (let call = 0; call < 8; call++)
    await api(whetstone, "POST", `/tools/${tool}/executions`, { input: { text: `call ${call}` } });
  await api(whetstone, "POST", "/detections", {});
  const [found] = (await api(whetstone, "GET", `/opportunities?tool=${tool}`)).body.items as { id: string }[];

  const { secret } = (await api(whetstone, "POST", "/keys", { name: "operator", scopes: ["read", "operate"] })).body;
  await page.goto(`${whetstone.url}/sign-in`);
  await page.getByLabel("Key", { exact: true }).fill(String(secret));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await page.goto(`${whetstone.url}/opportunities/${found?.id}`);
  await expect(page.getByText(/Version 2 became active .*: rolling it back is the quickest way out/)).toBeVisible();
  await expect(page.getByText(/Rolling back to version 1 takes a key that may “deploy and roll back”/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Roll back/ })).toHaveCount(0);

  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await page.goto(`${whetstone.url}/opportunities/${found?.id}`);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: "e2e/.output/way-back.png" });
  await page.getByRole("button", { name: "Roll back to v1" }).click();
  await page.getByRole("dialog").getByLabel(/^Why/).fill("every call fails");
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await expect(page.getByText(`Version 1 of ${tool} is active again.`)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Roll back/ })).toHaveCount(0);
  expect((await api(whetstone, "GET", `/tools/${tool}`)).body.activeVersion).toBe(1);
});

test("late and wrong answers have their lists, which the figures open", async ({ watched: page }) => {
  await fetch(`${whetstone.url}/api/v1/executions/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${whetstone.key}`, "content-type": "application/x-ndjson" },
    body: lateAnswers(Date.now()),
  });
  const split = { amount: 100, people: 3 };
  for (const _ of [1, 2]) {
    const { id: wrong } = (await api(whetstone, "POST", "/tools/split_bill/executions", { input: split })).body;
    await api(whetstone, "POST", `/executions/${wrong}/feedback`, { correct: false });
  }
  await api(whetstone, "POST", "/tools/split_bill/executions", { input: split });
  await api(whetstone, "POST", "/detections", {});
  const problemOf = async (tool: string): Promise<string> => {
    const { items } = (await api(whetstone, "GET", `/opportunities?tool=${tool}`)).body as { items: { id: string }[] };
    return `${whetstone.url}/opportunities/${items[0]?.id}`;
  };
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);

  await page.goto(await problemOf("convert_units"));
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await expect(page.getByRole("link", { name: "These 40 calls" })).toBeVisible();
  await page.getByRole("link", { name: "40", exact: true }).click();
  await expect(page).toHaveURL(/slowerThan=/);
  await expect(page.getByRole("row")).toHaveCount(41);
  await expect(page.getByRole("row", { name: /Succeeded/ })).toHaveCount(40);
  await page.goBack();
  await page.getByRole("link", { name: "3 more timed out" }).click();
  await expect(page.getByRole("row", { name: /Timed out/ })).toHaveCount(3);
  await expect(page.getByRole("row")).toHaveCount(4);

  await page.goto(await problemOf("split_bill"));
  await page.getByRole("link", { name: "2", exact: true }).click();
  await expect(page).toHaveURL(/marked=wrong/);
  await expect(page.getByRole("row")).toHaveCount(3);

  await page.goto(`${whetstone.url}/executions`);
  await page.getByLabel("Slower than").fill("200");
  await page.getByLabel("Slower than").press("Enter");
  await expect(page.getByRole("row")).toHaveCount(23);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByLabel("Answer").selectOption("marked wrong");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("No call fits these filters")).toBeVisible();
  await page.getByRole("link", { name: "Take the filter slowerThan away" }).click();
  await expect(page.getByRole("row")).toHaveCount(3);
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
  await expect(page).toHaveTitle(/^calculator: failed/);
  // Whoever comes back goes on from the row that was opened.
  const opened = new URL(page.url()).pathname;
  await page.goBack();
  await expect(page.locator(`a[href="${opened}"]`)).toBeVisible();
  const hrefs = await page
    .locator("a[data-opens]")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  await page.keyboard.press("j");
  const next = hrefs[(hrefs.indexOf(opened) + 1) % hrefs.length];
  await expect(page.locator(`a[href="${next}"]`)).toBeFocused();

  await page.goto(`${whetstone.url}/activity`);
  await page.getByLabel("About").selectOption("opportunity");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/verb=opportunity/);
  await expect(page.getByRole("cell", { name: "opportunity dismissed" })).toBeVisible();
  await expect(page.getByRole("cell", { name: /^tool added$/ })).toHaveCount(0);
  const exported = await page.request.get(`${whetstone.url}/activity/export?verb=opportunity`);
  const lines = (await exported.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { verb: string });
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.filter(({ verb }) => !verb.startsWith("opportunity."))).toEqual([]);
});

test("an address that is not understood says which part of it, and leads on", async ({ watched: page, expected }) => {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  const told = page.getByRole("list", { name: "Not understood" }).getByRole("listitem");
  for (const list of ["executions", "activity", "proposals"]) {
    const answer = await page.goto(`${whetstone.url}/${list}?cursor=garbage&tool=calculator`);
    expect(answer?.status()).toBe(200);
    await expect(told).toHaveText([/cannot be read, so this is the first page/]);
    await page.getByRole("link", { name: "Go to the first page" }).click();
    await expect(page).toHaveURL(`${whetstone.url}/${list}?tool=calculator`);
    await expect(told).toHaveCount(0);
  }
  for (const list of ["opportunities", "tools", "proposals", "activity"]) {
    await page.goto(`${whetstone.url}/${list}?colour=red`);
    await expect(told).toHaveText([/This list has no filter “colour”/]);
  }
  const text = "w".repeat(6_000);
  await page.goto(`${whetstone.url}/executions?status=bogus&since=garbage&version=x&tool=calculator&text=${text}`);
  await expect(told).toHaveText([
    /filter status .*“bogus” is none of succeeded/,
    /filter since .*“garbage” is no time/,
    /filter version .*“x” is no number/,
    /filter text .* is longer than 200 characters/,
  ]);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await told.first().getByRole("link").click();
  await expect(page).toHaveURL(/\?since=garbage&version=x&tool=calculator/);
  await expect(told).toHaveCount(3);

  expected.push(/status of 404/);
  const nowhere = await page.goto(`${whetstone.url}/tools/%E0%A4%A`);
  expect(nowhere?.status()).toBe(404);
  await expect(page.getByText("There is no such tool here")).toBeVisible();
  await page.goto(`${whetstone.url}/executions?text=100%`);
  await expect(page.getByLabel("In input, output or error")).toHaveValue("100%");
});

test("the palette leads to every command, and the sheet lists the keys of the page", async ({ watched: page }) => {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  await expect(async () => {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox")).toBeFocused({ timeout: 1_000 });
  }).toPass();
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
