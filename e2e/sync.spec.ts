import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { api, expect, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

const pathOf = (name: string): string => join(whetstone.tools, `${name}.ts`);
const described = (source: string, words: string): string =>
  source.replace(/description:\s*"[^"]*"/, `description: "${words}"`);

async function syncOf(name: string): Promise<Record<string, unknown> | undefined> {
  const { items } = (await api(whetstone, "GET", "/sync")).body as { items: Record<string, unknown>[] };
  return items.find((row) => row.name === name);
}

test("two edits of one line are settled in three panes, tested and taken", async ({ watched: page }) => {
  const name = "calculator";
  const original = await readFile(pathOf(name), "utf8");
  await api(whetstone, "PATCH", "/settings", { mode: "real" });
  await writeFile(pathOf(name), described(original, "Base words"));
  await expect.poll(async () => (await syncOf(name))?.edit).toBeTruthy();
  expect((await api(whetstone, "POST", `/sync/${name}`, { resolution: "take_disk" })).status).toBe(200);
  // A file that does not load is left alone by the rollback; mended, it is an edit of a version that moved on.
  await writeFile(pathOf(name), "half done (");
  const back = await api(whetstone, "POST", `/tools/${name}/rollback`, { version: 1, reason: "worse" });
  expect(back.status).toBe(201);
  await writeFile(pathOf(name), described(original, "Disk words"));
  await expect.poll(async () => (await syncOf(name))?.syncState).toBe("conflict");

  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/sync`);
  const row = page.getByRole("row", { name: /calculator/ });
  await expect(row).toContainText("the edit is kept as version");
  await row.getByRole("button", { name: "Merge" }).click();
  const dialog = page.getByRole("dialog", { name: /Merge the edit of calculator/ });
  await expect(dialog.getByText("Conflict 1 of 1, 1 open")).toBeVisible();
  for (const side of ["disk", "result", "database"])
    await expect(dialog.getByTestId(`merge-${side}`).locator(".view-line").first()).toBeVisible();
  const take = dialog.getByRole("button", { name: "Test and take the result" });
  await expect(take).toBeDisabled();
  await dialog.getByRole("button", { name: "Take the file", exact: true }).click();
  await expect(dialog.getByText("Conflict 1 of 1, 0 open")).toBeVisible();
  await page.screenshot({ path: "e2e/.output/merge.png" });
  await take.click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await syncOf(name))?.syncState).toBe("in_sync");
  expect(await readFile(pathOf(name), "utf8")).toBe(described(original, "Disk words"));

  await page.goto(`${whetstone.url}/tools/${name}/versions`);
  await page.getByRole("link", { name: "line by line" }).first().click();
  await expect(page.getByText(/lines from \d+ versions/)).toBeVisible();
  await expect(page.getByRole("cell", { name: /Disk words/ })).toBeVisible();
});
