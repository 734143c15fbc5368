import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { api, expect, proposeCalculatorFix, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

/** Signs in by pasting a key that has these scopes. */
async function signIn(page: Page, name: string, scopes: string[]): Promise<void> {
  const { secret } = (await api(whetstone, "POST", "/keys", { name, scopes })).body;
  await page.goto(`${whetstone.url}/sign-in`);
  await page.getByLabel("Key", { exact: true }).fill(String(secret));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

test("whoever may only look sees everything, and what it takes to do more in the place of each button", async ({
  watched: page,
}) => {
  await proposeCalculatorFix(whetstone);
  const [found] = (await api(whetstone, "GET", "/opportunities")).body.items as { id: string }[];
  const [failed] = (await api(whetstone, "GET", "/executions?status=failed")).body.items as { id: string }[];
  await signIn(page, "reader", ["read"]);
  /** Path, what is explained there, and what no button may offer. */
  const pages: [path: string, explained: RegExp, missing: RegExp][] = [
    ["/opportunities", /Looking for problems at once takes a key/, /Detect now/],
    [`/opportunities/${found?.id}`, /Having a fix written takes a key/, /Generate fix|Snooze|Dismiss|Assign/],
    ["/tools/calculator", /Calling calculator takes a key/, /^Call |Run the cases/],
    [`/executions/${failed?.id}`, /right or wrong takes a key/, /Correct|Wrong output|Make test case|Replay/],
    ["/settings", /takes a key that may “do everything, settings too”/, /Switch to|Save|Make key|Set secret|Revoke/],
    ["/sync", /Settling a file takes a key/, /Take the/],
    ["/demo", /Starting it takes a key/, /Start the demo/],
    ["/connect", /Making a key here takes a key/, /Make a key/],
  ];
  for (const [path, explained, missing] of pages) {
    await page.goto(`${whetstone.url}${path}`);
    await expect(page.getByText(explained).first()).toBeVisible();
    await expect(page.getByRole("main").getByRole("button", { name: missing })).toHaveCount(0);
    const enabled = page.getByRole("main").locator("button:not([disabled])");
    expect(await enabled.allInnerTexts(), path).not.toContain(expect.stringMatching(missing));
  }
  // The palette offers nothing that would be refused.
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect(page.getByRole("option", { name: "Settings" })).toBeVisible();
  await expect(page.getByRole("option", { name: /Look for problems now/ })).toHaveCount(0);
});

test("a key that may not even look is told so", async ({ watched: page }) => {
  await signIn(page, "caller-only", ["call"]);
  await expect(page.getByText("This key may not look at anything here")).toBeVisible();
  await expect(page.getByText("caller-only").first()).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.goto(`${whetstone.url}/tools/calculator`);
  await expect(page.getByText("This key may not look at anything here")).toBeVisible();
  expect((await page.request.get(`${whetstone.url}/activity/export`)).status()).toBe(403);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in to Whetstone");
});
