/** A proposal gone stale is merged onto what runs now. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
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

/** Signs a browser in as somebody of its own, and opens a proposal. */
async function openAs(page: Page, name: string, proposal: string): Promise<void> {
  const scopes = ["read", "operate", "approve", "deploy"];
  const { secret } = (await api(whetstone, "POST", "/keys", { name, scopes })).body;
  const there = `${whetstone.url}/proposals/${proposal}?revision=1#case-1`;
  await page.goto(there);
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fproposals/);
  await page.getByLabel("Key", { exact: true }).fill(String(secret));
  await page.getByRole("button", { name: "Sign in" }).click();
  // Signing in leads on to what was asked for, the place in the page included.
  await page.waitForURL(there);
}

test("two people approve and deploy two proposals of one tool at once: one is live, the other is told and merges", async ({
  watched: ada,
  browser,
}) => {
  const name = "text_statistics";
  await api(whetstone, "PATCH", "/settings", { mode: "real" });
  const file = join(whetstone.tools, `${name}.ts`);
  const original = await readFile(file, "utf8");
  const ofAda = original.replace("const WORDS_PER", "// As adults read.\nconst WORDS_PER");
  const ofBen = original.replace("How many of the commonest words", "The number of commonest words");
  expect(new Set([original, ofAda, ofBen]).size).toBe(3);
  const propose = async (source: string): Promise<string> => {
    const { id } = (await api(whetstone, "POST", "/proposals", { tool: name, source, rationale: "other words" })).body;
    await waitForReview(whetstone, String(id));
    return String(id);
  };
  const proposals = [await propose(ofAda), await propose(ofBen)] as const;
  const other = await browser.newContext();
  try {
    const ben = await other.newPage();
    await openAs(ada, "ada", proposals[0]);
    await openAs(ben, "ben", proposals[1]);
    const buttons = [ada, ben].map((page) => page.getByRole("button", { name: "Approve and deploy v2" }));
    for (const button of buttons) await expect(button).toBeEnabled();
    // Whose page hears of the other's deployment before the click lands finds the button gone.
    await Promise.all(buttons.map((button) => button.click({ timeout: 5_000 }).catch(() => {})));

    const live = /^Version 2 of text_statistics is live\./;
    await expect
      .poll(async () => (await ada.getByText(live).count()) + (await ben.getByText(live).count()))
      .toBeGreaterThan(0);
    const adaWon = (await ada.getByText(live).count()) > 0;
    const [loser, lost, won] = adaWon ? [ben, proposals[1], ofAda] : [ada, proposals[0], ofBen];
    expect(await readFile(file, "utf8")).toBe(won);
    // Refused at the approval, or approved and stale at the deployment: whichever came first.
    const { state } = (await api(whetstone, "GET", `/proposals/${lost}`)).body;
    expect(["awaiting_review", "stale"]).toContain(state);
    await expect(loser.getByText(live)).toHaveCount(0);
    await expect(loser.getByText(/has changed since: version 2/).first()).toBeVisible();
    await loser.getByRole("button", { name: "Merge onto v2" }).click();
    await mergedInto(loser);
    await loser.getByRole("button", { name: "Approve and deploy v3" }).click();
    await expect(loser.getByText("Version 3 of text_statistics is live.").first()).toBeVisible();
    const both = await readFile(file, "utf8");
    expect(both).toContain("// As adults read.");
    expect(both).toContain("The number of commonest words");
  } finally {
    await other.close();
  }
});
