import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { api, expect, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

test("from the first start to the rollback, one tool gets fixed", async ({ watched: page, browser }) => {
  const original = await readFile(join(whetstone.tools, "calculator.ts"), "utf8");
  const demoFile = join(whetstone.home, "demo", "tools", "calculator.ts");

  await page.goto(whetstone.signInLink);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome to Whetstone");
  await page.getByRole("button", { name: "Watch one tool get fixed" }).click();
  const parts = page.getByRole("list", { name: "Parts of the demo" }).getByRole("listitem");
  await expect(parts).toHaveCount(7);
  await expect(parts.nth(1)).toContainText("5 of 10 calls succeeded, 5 failed");
  await expect(parts.nth(2)).toContainText("Fails 5 of 10 calls");
  await expect(parts.nth(3)).toContainText("5 of 5 failures refused clearly");

  await page.getByRole("link", { name: "Review the fix" }).click();
  await expect(page.getByText("Waiting 1 of 1")).toBeVisible();
  await expect(
    page.getByText("By synthetic cases: 5 of 5 base cases, 5 of 5 failures refused clearly.", { exact: true }),
  ).toBeVisible();
  const proposed = page.locator(".editor.modified .view-lines");
  await expect(proposed).toContainText("if (b === 0) throw new ToolError");
  await expect(proposed).toContainText("division_by_zero");
  await expect(page.locator(".editor.original .view-lines")).not.toContainText("division_by_zero");
  expect(await readFile(demoFile, "utf8")).toBe(original);

  await page.getByRole("button", { name: /^Approve and deploy/ }).click();
  await expect(page.getByText("Version 2 of calculator is live.")).toBeVisible();
  const fixed = await readFile(demoFile, "utf8");
  expect(fixed).toContain('throw new ToolError("division_by_zero"');

  await page.getByRole("link", { name: "Steps, leave or reset" }).click();
  await expect(parts.nth(5)).toContainText("5 of 5 calls are refused clearly instead of failing");
  await expect(
    page
      .getByRole("table", { name: "The calls that failed, after the fix" })
      .or(page.getByRole("region", { name: "The calls that failed, after the fix" })),
  ).toContainText("division_by_zero");

  await page.getByRole("button", { name: /^Roll back/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Roll back/ })
    .click();
  await expect(parts.nth(6)).toContainText("Version 1 is active again");
  expect(await readFile(demoFile, "utf8")).toBe(original);
  expect(await readFile(join(whetstone.tools, "calculator.ts"), "utf8")).toBe(original);

  await page.getByRole("link", { name: "See the versions" }).click();
  await expect(page.getByText("division_by_zero").first()).toBeVisible();

  // Somebody else who comes to it is told whose it is, and asked before taking it away.
  const { secret } = (await api(whetstone, "POST", "/keys", { name: "ben", scopes: ["read", "operate"] })).body;
  const other = await browser.newContext();
  try {
    const second = await other.newPage();
    await second.goto(`${whetstone.url}/sign-in`);
    await second.getByLabel("Key", { exact: true }).fill(String(secret));
    await second.getByRole("button", { name: "Sign in" }).click();
    await second.waitForURL((url) => url.pathname !== "/sign-in");
    await second.goto(`${whetstone.url}/demo`);
    await expect(second.getByText(/^owner began this demo .*; it is one for everybody\.$/)).toBeVisible();
    await second.getByRole("button", { name: "Join the demo" }).click();
    await expect(second.getByRole("list", { name: "Parts of the demo" })).toBeVisible();
    await expect(second.getByText(/owner began this demo/)).toBeVisible();
    await second.getByRole("button", { name: "Reset demo…" }).click();
    const asked = second.getByRole("alertdialog", { name: "Reset the demo that owner began?" });
    await expect(asked).toBeVisible();
    expect((await new AxeBuilder({ page: second }).analyze()).violations).toEqual([]);
    await asked.getByRole("button", { name: "Cancel" }).click();
  } finally {
    await other.close();
  }

  await page.getByRole("link", { name: "Steps, leave or reset" }).click();
  await expect(page.getByText(/You began this demo/)).toBeVisible();
  await page.getByRole("button", { name: "Reset demo" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome to Whetstone");
});
