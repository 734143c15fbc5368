/** Two people at the same setting, an edit that was taken by mistake, and a form that says what it cannot send. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { api, expect, takeEdit, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

const PARCEL = `import { defineTool } from "whetstone";

export default defineTool({
  name: "parcel",
  description: "Weighs a parcel",
  inputSchema: {
    type: "object",
    required: ["weight", "to"],
    properties: {
      weight: { type: "number", minimum: 1 },
      to: {
        type: "object",
        description: "Where it goes",
        required: ["city"],
        properties: { city: { type: "string" }, lines: { type: "array", items: { type: "string" } } },
      },
    },
  },
  outputSchema: { type: "object" },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [{ description: "weighs", input: { weight: 1, to: { city: "Oslo" } }, expectedOutput: { weight: 1 } }],
  run({ weight }: { weight: number }) {
    return { weight };
  },
});
`;

async function signIn(page: Page, path: string): Promise<void> {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await page.goto(`${whetstone.url}${path}`);
}

const settings = async () => (await api(whetstone, "GET", "/settings")).body;

async function expectClean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test("a setting that somebody else changed meanwhile is saved by choice only", async ({ watched: page }) => {
  await signIn(page, "/settings");
  const hours = page.getByRole("textbox", { name: "Watched hours" });
  const save = page.getByRole("button", { name: "Save", exact: true });
  const asked = page.getByRole("alertdialog", { name: "It was changed while you were at it" });
  const calls = page.getByRole("textbox", { name: "Watched calls" });
  await hours.fill("12");
  await calls.fill("40");
  await api(whetstone, "PATCH", "/settings", { monitorHours: 0.5 });
  await save.click();
  await expect(asked).toContainText(/Meanwhile \w+ set “Watched hours” to 0.5 \(you saw 24\)\. Nothing was saved\./);
  await page.screenshot({ path: "e2e/.output/setting-at-once.png" });
  await expectClean(page);
  expect((await settings()).monitorHours).toBe(0.5);
  await asked.getByRole("button", { name: "Take theirs" }).click();
  await expect(hours).toHaveValue("0.5");
  // What nobody else touched is still to be saved.
  await expect(calls).toHaveValue("40");
  await save.click();
  await expect.poll(async () => (await settings()).monitorCalls).toBe(40);
  expect((await settings()).monitorHours).toBe(0.5);
  await expect(save).toBeDisabled();

  await hours.fill("6");
  await api(whetstone, "PATCH", "/settings", { monitorHours: 3 });
  await save.click();
  await asked.getByRole("button", { name: "Save mine" }).click();
  await expect.poll(async () => (await settings()).monitorHours).toBe(6);
  await expect(hours).toHaveValue("6");
  await expect(save).toBeDisabled();
});

test("a call that cannot be sent is mended at its field, and one that the schema refuses as well", async ({
  watched: page,
}) => {
  await signIn(page, "/tools/calculator");
  const form = page.getByRole("form").or(page.locator("form")).filter({ hasText: "Call calculator" });
  const [a, b] = ["a", "b"].map((name) => form.getByRole("textbox", { name, exact: true }));
  if (a === undefined || b === undefined) throw new Error("no fields");
  await a.fill("9");
  await b.fill("many");
  await form.getByRole("button", { name: "Call calculator" }).click();
  await expect(b).toBeFocused();
  await expect(b).toHaveAttribute("aria-invalid", "true");
  await expect(b).toHaveAccessibleDescription(/b: takes a number\./);
  await expect(a).not.toHaveAttribute("aria-invalid");
  await page.screenshot({ path: "e2e/.output/call-form.png", fullPage: true });
  await expectClean(page);
  await b.fill("3");
  await form.getByRole("button", { name: "Call calculator" }).click();
  await expect(form.getByRole("region", { name: "Answer" })).toContainText("ucceeded");
  await expect(b).not.toHaveAttribute("aria-invalid");

  // What only the schema knows comes to its field as well, with the place inside it.
  await writeFile(join(whetstone.tools, "parcel.ts"), PARCEL);
  await expect.poll(async () => (await api(whetstone, "GET", "/tools/parcel")).status).toBe(200);
  await page.goto(`${whetstone.url}/tools/parcel`);
  const weight = page.getByRole("textbox", { name: "weight" });
  const to = page.getByRole("textbox", { name: "to" });
  await weight.fill("3");
  await to.fill('{"city": "Oslo", "lines": [1]}');
  await page.getByRole("button", { name: "Call parcel" }).click();
  await expect(to).toBeFocused();
  await expect(to).toHaveAccessibleDescription("to: lines.0 must be string. Where it goes");
  await weight.fill("0");
  await page.getByRole("button", { name: "Call parcel" }).click();
  await expect(weight).toBeFocused();
  await expect(weight).toHaveAccessibleDescription("weight: must be >= 1.");
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("ejected");
  await page.screenshot({ path: "e2e/.output/call-form-refused.png", fullPage: true });
  await expectClean(page);
});

test("an edit that was taken is an edit again by its row, and by the key", async ({ watched: page }) => {
  const path = join(whetstone.tools, "calculator.ts");
  await takeEdit(whetstone, (source) => source.replace(/description:\s*"[^"]*"/, 'description: "Taken too soon"'));
  const edit = await readFile(path, "utf8");
  await signIn(page, "/sync");
  const row = page.getByRole("row", { name: /calculator/ });
  await expect(row).toContainText(/took the disk .*: version 2 answers calls instead of version 1\./);
  await page.screenshot({ path: "e2e/.output/taken.png" });
  await row.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("calculator is as it was before: version 1 answers its calls.")).toBeVisible();
  await expect(row.getByRole("button", { name: "Take the disk" })).toBeVisible();
  expect(await readFile(path, "utf8")).toBe(edit);

  await row.getByRole("button", { name: "Take the disk" }).click();
  const sure = page.getByRole("alertdialog");
  const settled = page.getByText("calculator is settled: version 2 answers its calls.");
  await expect(sure.or(settled).first()).toBeVisible();
  if (await sure.isVisible()) await sure.getByRole("button", { name: "Take it" }).click();
  await expect(settled).toBeVisible();
  await page.reload();
  // A key counts once the page listens.
  await expect(async () => {
    await page.keyboard.press(".");
    await expect(sure).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(sure).toContainText("The file keeps the edit, which waits as it did before.");
  await page.screenshot({ path: "e2e/.output/taken-back.png" });
  await sure.getByRole("button", { name: "Take it back" }).click();
  await expect(row.getByRole("button", { name: "Take the disk" })).toBeVisible();
  expect(await readFile(path, "utf8")).toBe(edit);
  await writeFile(path, edit.replace("Taken too soon", "Adds, subtracts"));
});
