/** A proposal gone stale is merged onto what runs now. */
import type { Page } from "@playwright/test";
import { api, expect, proposeCalculatorFix, takeEdit, test, waitForReview } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

/** The number of the proposal that the notice names, once it was tested: an edit on disk may have taken one too. */
async function mergedInto(page: Page, after = "0"): Promise<string> {
  // The notice of an earlier merge may still stand beside this one's.
  const notices = page.getByText(/^Proposal \d+ holds the merge/);
  let number = "";
  await expect
    .poll(async () => {
      const numbers = (await notices.allTextContents()).map((text) => /\d+/.exec(text)?.[0] ?? "");
      number = numbers.find((one) => Number(one) > Number(after)) ?? "";
      return number;
    })
    .not.toBe("");
  await waitForReview(whetstone, number);
  return number;
}

test("a stale proposal is merged onto the active version: by itself, then where both changed a line", async ({
  watched: page,
}) => {
  const id = await proposeCalculatorFix(whetstone);
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await takeEdit(whetstone, (source) => source.replace("Adds, subtracts", "Adds and subtracts"));
  await page.getByRole("button", { name: "Merge onto v2" }).click();
  const second = await mergedInto(page);
  const merged = (await api(whetstone, "GET", `/proposals/${second}`)).body;
  expect(merged.baseVersion).toBe(2);
  expect(merged.source).toContain("Adds and subtracts");
  expect(merged.source).toContain("division_by_zero");
  await expect(page.getByRole("heading", { level: 1, name: `Proposal ${second} for calculator` })).toBeAttached();
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeEnabled();

  // Now both sides put something else at the same place.
  await takeEdit(whetstone, (source) =>
    source.replace(
      "return { result: a / b };",
      "if (b === 0) return { result: 0 };\n        return { result: a / b };",
    ),
  );
  await page.getByRole("button", { name: "Merge onto v3" }).click();
  const dialog = page.getByRole("dialog", { name: `Merge proposal ${second} onto version 3` });
  await expect(dialog.getByText(/^Conflict 1 of \d/)).toBeVisible();
  await dialog.getByRole("button", { name: "Take the proposal" }).click();
  await dialog.getByRole("button", { name: "Test the result" }).click();
  const third = await mergedInto(page, second);
  expect((await api(whetstone, "GET", `/proposals/${third}`)).body.baseVersion).toBe(3);
});
