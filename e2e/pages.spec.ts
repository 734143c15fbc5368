import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { api, expect, test } from "./fixtures.ts";
import { weekOfTraffic } from "./history.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
/** Address and file name of each page. */
const pages: [path: string, name: string][] = [];

test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

const THEMES = ["light", "dark"] as const;
const WIDTHS = [
  [1440, 900],
  [390, 844],
] as const;

/** Axe finds nothing, nothing sticks out to the right, and a picture is kept for people to look at. */
async function look(page: Page, name: string): Promise<string[]> {
  const faults: string[] = [];
  for (const theme of THEMES) {
    // As if it were set in another tab: the page follows without being loaded anew, once it has come to life.
    await expect(async () => {
      await page.evaluate((to) => {
        localStorage.setItem("theme", to);
        dispatchEvent(new StorageEvent("storage", { key: "theme", newValue: to }));
      }, theme);
      await expect(page.locator("html")).toHaveClass(new RegExp(theme), { timeout: 1_000 });
    }).toPass();
    for (const [width, height] of WIDTHS) {
      await page.setViewportSize({ width, height });
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
      const at = `${name} ${theme} ${width}`;
      await page.screenshot({ path: `e2e/.output/pages/${at.replaceAll(" ", "-")}.png` });
      const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (sticksOut > 0) faults.push(`${at}: ${sticksOut} px stick out`);
      // What is narrow is as narrow in either theme, and looking takes most of this journey's time.
      if (theme === "light" && width === WIDTHS[1][0]) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations) {
        // A page that is just being refreshed has its title taken out and put back.
        if (id === "document-title") await expect(page).toHaveTitle(/\S/);
        else faults.push(`${at}: ${id} at ${nodes[0]?.target.join(" ")} (${nodes.length})`);
      }
    }
  }
  return faults;
}

test("every page is sound in both themes, wide and narrow", async ({ watched: page, expected }) => {
  test.setTimeout(420_000);
  const faults: string[] = [];
  await page.goto(`${whetstone.url}/`);
  faults.push(...(await look(page, "sign-in")));
  expect((await page.request.get(`${whetstone.url}/favicon.ico`)).headers()["content-type"]).toBe("image/svg+xml");
  await page.goto(whetstone.signInLink);
  faults.push(...(await look(page, "first-start")));

  const key = { authorization: `Bearer ${whetstone.key}` };
  const sent = await fetch(`${whetstone.url}/api/v1/executions/import`, {
    method: "POST",
    headers: { ...key, "content-type": "application/x-ndjson" },
    body: weekOfTraffic(Date.now()),
  });
  expect(((await sent.json()) as { rejected: unknown[] }).rejected).toEqual([]);
  for (const b of [0, 4, 0]) {
    const input = { operation: "divide", a: 8, b };
    await api(whetstone, "POST", "/tools/calculator/executions", { input });
  }
  const input = { amount: 100, people: 3 };
  const split = (await api(whetstone, "POST", "/tools/split_bill/executions", { input })).body;
  await api(whetstone, "POST", `/executions/${split.id}/feedback`, { correct: false, note: "a cent is missing" });
  await api(whetstone, "POST", "/tools/set_preference/executions", { input: {} });
  await api(whetstone, "POST", "/detections", {});
  const found = (await api(whetstone, "GET", "/opportunities")).body.items as { id: string; tool: string }[];
  const broken = found.find(({ tool }) => tool === "calculator");
  const made = (await api(whetstone, "POST", `/opportunities/${broken?.id}/proposals`, {})).body;
  await expect
    .poll(async () => (await api(whetstone, "GET", `/proposals/${made.id}`)).body.state)
    .toBe("awaiting_review");
  const executions = (await api(whetstone, "GET", "/executions?tool=calculator&status=failed")).body;
  const failed = (executions.items as { id: string }[])[0]?.id;

  pages.push(
    ["/", "overview"],
    ["/tools", "tools"],
    ["/tools/calculator", "tool"],
    ["/tools/calculator/versions", "versions"],
    ["/opportunities", "opportunities"],
    [`/opportunities/${broken?.id}`, "opportunity"],
    ["/proposals", "proposals"],
    [`/proposals/${made.id}`, "review"],
    ["/executions", "executions"],
    [`/executions/${failed}`, "execution"],
    ["/sync", "sync"],
    ["/activity", "activity"],
    ["/settings", "settings"],
    ["/demo", "demo"],
    ["/connect?since=1", "connect"],
    ["/no-such-page", "not-found"],
  );
  for (const [path, name] of pages) {
    if (name === "not-found") expected.push(/status of 404/);
    await page.goto(`${whetstone.url}${path}`);
    faults.push(...(await look(page, name)));
  }
  expect(faults).toEqual([]);
});
