/** People talking over a change: between its lines, with suggestions that are taken, and seen by others at once. */
import type { Locator } from "@playwright/test";
import { api, expect, proposeCalculatorFix, test, waitForReview } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

test("a comment stands between the lines, its suggestion is taken, and another person's word is pointed at", async ({
  watched: page,
}) => {
  const id = await proposeCalculatorFix(whetstone);
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  const diff = page.getByRole("region", { name: "Diff: v1 against proposed" });
  await expect(page.locator(".editor.modified .view-lines")).toContainText("division_by_zero");

  // By keyboard alone: to the second change, a comment on its line, a suggestion in it.
  await page.keyboard.press("n");
  await page.keyboard.press("c");
  const form = diff.getByRole("textbox", { name: /^Comment on line \d+$/ });
  await expect(form).toBeFocused();
  await diff.getByRole("button", { name: "Suggest a change" }).click();
  await expect(form).toHaveValue(/^```suggestion\n.*ToolError.*\n```\n$/);
  const written = await form.inputValue();
  const words = `Say which operand:\n${written.replace("Cannot divide by zero: b is 0", "b must not be zero")}`;
  await form.fill(words);
  // Escape leaves it, so that keys are commands again, and what is written waits for whoever comes back.
  await page.keyboard.press("Escape");
  await expect(form).not.toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tools");
  await page.goBack();
  await expect(form).toHaveValue(words);
  await expect(page.locator(".editor.modified .view-lines")).toContainText("division_by_zero");
  // The address named its line. Asked for again, the comment that was kept takes the cursor: what one types is no command.
  await page.keyboard.press("c");
  await expect(form).toBeFocused();
  await page.keyboard.press("Control+Enter");
  const thread = diff.getByRole("region", { name: /^Comments on line \d+$/ });
  await expect(thread.getByText("Say which operand:")).toBeVisible();
  await expect(thread.getByText("b must not be zero")).toBeVisible();
  // The lines below made room: nothing of the code is covered.
  const covered = async (): Promise<number> => {
    const box = await thread.boundingBox();
    return page.locator(".editor.modified .view-line").evaluateAll(
      (lines, { top, bottom }) =>
        lines.filter((line) => {
          const { y, height } = line.getBoundingClientRect();
          return y + height / 2 > top && y + height / 2 < bottom;
        }).length,
      { top: (box?.y ?? 0) + 2, bottom: (box?.y ?? 0) + (box?.height ?? 0) - 2 },
    );
  };
  await expect.poll(covered).toBe(0);

  await thread.getByRole("button", { name: "Take it" }).click();
  await expect(page.getByText("revision 2", { exact: true }).first()).toBeVisible();
  await expect(page.locator(".editor.modified .view-lines")).toContainText("b must not be zero");
  const { source, revision } = (await api(whetstone, "GET", `/proposals/${id}`)).body;
  expect(revision).toBe(2);
  expect(source).toContain('"b must not be zero"');
  // Its line is another one now: it stays in the list, and says so.
  await expect(page.getByText(/on line \d+, which has changed since/)).toBeVisible();

  // What somebody else says is pointed at while one looks.
  const key = (await api(whetstone, "POST", "/keys", { name: "billing", scopes: ["operate", "approve"] })).body;
  const said = await fetch(`${whetstone.url}/api/v1/proposals/${id}/comments`, {
    method: "POST",
    headers: { authorization: `Bearer ${key.secret}`, "content-type": "application/json" },
    body: JSON.stringify({ text: "We divide by zero on purpose", line: 1 }),
  });
  expect(said.status).toBe(201);
  await expect(page.getByText("billing commented on line 1.")).toBeVisible();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "We divide by zero on purpose" }).last()).toBeInViewport();
  await page.getByRole("link", { name: "line 1", exact: true }).click();
  await expect(diff.getByRole("region", { name: "Comments on line 1" })).toBeInViewport();

  // An address that names a line opens there, also where that is folded.
  await page.goto("about:blank");
  await page.goto(`${whetstone.url}/proposals/${id}#line-40`);
  await expect(page.locator(".editor.modified .view-lines")).toContainText("refuses to divide by zero");
  await page.keyboard.press("c");
  const there = diff.getByRole("textbox", { name: "Comment on line 40" });
  await expect(there).toBeFocused();
  await expect(there).toBeInViewport();
  await page.keyboard.press("Escape");
  await expect(there).toHaveCount(0);

  // So does a line at the edge of a fold, one within a fold, and the last: what is written there is always seen.
  const open = async (hash: string): Promise<void> => {
    await page.goto("about:blank");
    await page.goto(`${whetstone.url}/proposals/${id}${hash}`);
    await expect(page.locator(".editor.modified .view-line span span").first()).toBeVisible();
  };
  await open("");
  await expect(page.locator(".editor.modified .view-lines")).toContainText("division_by_zero");
  const numbers = await page.locator(".editor.modified .line-numbers").allTextContents();
  const seen = numbers.map((text) => Number(/\d+$/.exec(text)?.[0] ?? 0)).sort((one, other) => one - other);
  const edge = seen.find((number) => number > 0 && number + 1 < Math.max(...seen) && !seen.includes(number + 1)) ?? 0;
  expect(edge).toBeGreaterThan(0);
  for (const number of [edge, edge + 2, Math.max(...seen)]) {
    await open(`#line-${number}`);
    await page.keyboard.press("c");
    const here = diff.getByRole("textbox", { name: `Comment on line ${number}` });
    await expect(here).toBeFocused();
    await expect(here).toBeInViewport({ ratio: 1 });
    expect(await onTop(here)).toBe(true);
    await here.fill("Kept");
    // Folding what is unchanged leaves it where it is, and so does coming back.
    await page.keyboard.press("Escape");
    await page.keyboard.press("u");
    await page.keyboard.press("u");
    const itsNumber = page
      .locator(".editor.modified .line-numbers")
      .filter({ hasText: new RegExp(`(^|\\D)${number}$`) });
    await expect(itsNumber).toBeVisible();
    await open("");
    await expect(itsNumber).toBeVisible();
    await open(`#line-${number}`);
    await page.keyboard.press("c");
    await expect(here).toBeFocused();
    await expect(here).toHaveValue("Kept");
    await expect(here).toBeInViewport({ ratio: 1 });
    expect(await onTop(here)).toBe(true);
    await here.fill("");
    await page.keyboard.press("Escape");
    await expect(here).toHaveCount(0);
  }

  // Another person's revision moves the line while one writes: the words, the cursor and the line stay together.
  await page.getByRole("region", { name: "Diff: v1 against proposed" }).click({ position: { x: 5, y: 5 } });
  await page.keyboard.press("n");
  await page.keyboard.press("c");
  const begun = diff.getByRole("textbox", { name: /^Comment on line \d+/ });
  await expect(begun).toBeFocused();
  const line = Number(/\d+/.exec(await labelOf(begun))?.[0]);
  await page.keyboard.type("Why not");
  const now = (await api(whetstone, "GET", `/proposals/${id}`)).body;
  await api(whetstone, "POST", `/proposals/${id}/revisions`, {
    source: `// above\n// it\n${String(now.source)}`,
    rationale: "Two lines above",
  });
  await expect(page.locator(".editor.modified .view-lines")).toContainText("// above");
  await expect(begun).toBeFocused();
  await page.keyboard.type(" earlier?");
  await expect(begun).toHaveValue("Why not earlier?");
  const moved = diff.getByRole("region", { name: `Comments on line ${line + 2}` });
  await expect(moved.getByRole("textbox")).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(moved.getByText("Why not earlier?")).toBeVisible();
  // The text stands in the form, too, until it is sent.
  await expect
    .poll(async () => ((await api(whetstone, "GET", `/proposals/${id}`)).body.comments as object[]).at(-1))
    .toMatchObject({ text: "Why not earlier?", line, revision: 2 });
});

test("a comment on several lines is answered by taking its suggestion, resolved, and opened again", async ({
  watched: page,
}) => {
  const { source } = (await api(whetstone, "GET", "/tools/calculator")).body as { source: string };
  const changed = source.replace("Adds, subtracts", "Sums, subtracts");
  const sent = { tool: "calculator", source: changed, rationale: "Words" };
  const { id } = (await api(whetstone, "POST", "/proposals", sent)).body as { id: string };
  await waitForReview(whetstone, id);
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  const line = changed.split("\n").findIndex((text) => text.includes("name:")) + 1;
  await page.goto(`${whetstone.url}/proposals/${id}#line-${line}`);
  const diff = page.getByRole("region", { name: "Diff: v1 against proposed" });
  await expect(page.locator(".editor.modified .view-lines")).toContainText("Sums, subtracts");
  await page.keyboard.press("c");
  const form = diff.getByRole("textbox", { name: `Comment on line ${line}` });
  await expect(form).toBeFocused();
  await form.fill("Back to what it was:");
  await diff.getByRole("spinbutton", { name: `Line ${line} to` }).fill(String(line + 1));
  // What was chosen outlives a reload with the words.
  await page.reload();
  await expect(diff.getByRole("spinbutton", { name: `Line ${line} to` })).toHaveValue(String(line + 1));
  await diff.getByRole("button", { name: "Suggest a change" }).click();
  const written = await form.inputValue();
  expect(written.split("\n").filter((text) => /name:|description:/.test(text))).toHaveLength(2);
  await form.fill(written.replace("Sums, subtracts", "Takes sums, subtracts"));
  await page.keyboard.press("Control+Enter");
  const thread = diff.getByRole("region", { name: `Comments on line ${line + 1}` });
  await expect(thread.getByText(`on lines ${line} to ${line + 1}`)).toBeVisible();

  // Resolved it stands as one line, and opens.
  await thread.getByRole("button", { name: /^Resolve/ }).click();
  await expect(thread.getByText("resolved by owner")).toBeVisible();
  await expect(thread.getByText("Back to what it was:")).toHaveCount(0);
  await thread.getByRole("button", { name: "Show" }).click();
  await expect(thread.getByText("Back to what it was:")).toBeVisible();
  await thread.getByRole("button", { name: /^Open again/ }).click();
  await expect(thread.getByRole("button", { name: /^Resolve/ })).toBeFocused();
  await page.screenshot({ path: "e2e/.output/range.png" });

  await thread.getByRole("button", { name: "Take it" }).click();
  await expect(page.getByText("revision 2", { exact: true }).first()).toBeVisible();
  const taken = (await api(whetstone, "GET", `/proposals/${id}`)).body as { source: string };
  expect(taken.source).toBe(changed.replace("Sums, subtracts", "Takes sums, subtracts"));
  await expect(page.getByText(`on lines ${line} to ${line + 1}, which have changed since`)).toBeVisible();
});

/** Whether nothing lies over the middle of a field, such as the bar at the page's foot. */
async function onTop(field: Locator): Promise<boolean> {
  return field.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === element;
  });
}

/** What names a field. */
async function labelOf(field: Locator): Promise<string> {
  return field.evaluate((element) => (element as HTMLTextAreaElement).labels[0]?.textContent ?? "");
}

test("a result made by hand that comes too late for a revision is proposed anew", async ({ watched: page }) => {
  const { source } = (await api(whetstone, "GET", "/tools/calculator")).body as { source: string };
  const worded = (words: string): string => source.replace("Adds, subtracts", words);
  const sent = { tool: "calculator", source: worded("First: adds"), rationale: "Words" };
  const { id, number } = (await api(whetstone, "POST", "/proposals", sent)).body as { id: string; number: number };
  await waitForReview(whetstone, id);
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  // An edit that was typed before, as the tab keeps it.
  const kept = JSON.stringify({ revision: 1, source: worded("Mine: adds") });
  await page.evaluate(([key = "", edit = ""]) => sessionStorage.setItem(key, edit), [`whetstone.edit.${id}`, kept]);
  await page.reload();
  await page.getByRole("button", { name: "Go on with your edit" }).click();
  await api(whetstone, "POST", `/proposals/${id}/revisions`, { source: worded("Theirs: adds") });
  await waitForReview(whetstone, id);
  await page.getByRole("button", { name: "Test the edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Put your edit onto revision 2" });
  await dialog.getByRole("button", { name: "Take mine" }).click();
  const { digest } = (await api(whetstone, "GET", `/proposals/${id}`)).body;
  await api(whetstone, "POST", `/proposals/${id}/decisions`, { decision: "reject", digest });
  await dialog.getByRole("button", { name: "Test the result" }).click();
  await expect(dialog.getByRole("alert")).toHaveText(
    new RegExp(`was faster: proposal ${number} is rejected, .* Propose this source anew\\.$`),
  );
  await page.screenshot({ path: "e2e/.output/late.png" });
  await dialog.getByRole("button", { name: "Propose it anew" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page).not.toHaveURL(new RegExp(id));
  const anew = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect((await api(whetstone, "GET", `/proposals/${anew}`)).body.source).toBe(worded("Mine: adds"));
});
