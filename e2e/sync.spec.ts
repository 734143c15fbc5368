import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { api, expect, test, waitForReview } from "./fixtures.ts";
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
  // So long that the lines that both change are not among those that are seen first.
  const original = `${"// A line above the tool.\n".repeat(90)}${await readFile(pathOf(name), "utf8")}`;
  await api(whetstone, "PATCH", "/settings", { mode: "real" });
  for (const source of [original, described(original, "Base words")]) {
    await writeFile(pathOf(name), source);
    await expect.poll(async () => (await syncOf(name))?.edit).toBeTruthy();
    expect((await api(whetstone, "POST", `/sync/${name}`, { resolution: "take_disk" })).status).toBe(200);
  }
  // A file that does not load is left alone by the rollback; mended, it is an edit of a version that moved on.
  await writeFile(pathOf(name), "half done (");
  const back = await api(whetstone, "POST", `/tools/${name}/rollback`, { version: 2, reason: "worse" });
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
    await expect(dialog.getByTestId(`merge-${side}`).locator(".bg-warning-soft").first()).toBeInViewport();
  const take = dialog.getByRole("button", { name: "Test and take the result" });
  await expect(take).toBeDisabled();
  await dialog.getByRole("button", { name: "Take the file", exact: true }).click();
  await expect(dialog.getByText("Conflict 1 of 1, 0 open")).toBeVisible();
  await page.screenshot({ path: "e2e/.output/merge.png" });

  // Saved again meanwhile, nothing is written, and the merge goes on from what the file holds now, with what was chosen.
  await writeFile(pathOf(name), described(original, "Newer words"));
  await expect.poll(async () => (await syncOf(name))?.detail).toBeTruthy();
  await take.click();
  await expect(dialog.getByRole("alert")).toContainText("was saved again since it was shown");
  const pane = (side: string) => dialog.getByTestId(`merge-${side}`).locator(".view-lines");
  await expect(async () => {
    await dialog.getByRole("button", { name: "Show what it holds now" }).click({ timeout: 1_000 });
    await expect(pane("disk")).toContainText("Newer words", { timeout: 3_000 });
  }).toPass();
  await expect(dialog.getByText("edited by hand")).toBeVisible();
  await expect(pane("result")).toContainText("Disk words");
  await dialog.getByRole("button", { name: "Back to the choices" }).click();
  await dialog.getByRole("button", { name: "Take the file", exact: true }).click();
  await page.screenshot({ path: "e2e/.output/merge-again.png" });
  await take.click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await syncOf(name))?.syncState).toBe("in_sync");
  expect(await readFile(pathOf(name), "utf8")).toBe(described(original, "Newer words"));

  await page.goto(`${whetstone.url}/tools/${name}/versions`);
  await page.getByRole("link", { name: "line by line" }).first().click();
  await expect(page.getByText(/lines from \d+ versions/)).toBeVisible();
  await expect(page.getByRole("cell", { name: /Newer words/ })).toBeVisible();
});

test("a deleted tool goes on answering, is put back from its row, and that is undone", async ({ watched: page }) => {
  const name = "text_statistics";
  const original = await readFile(pathOf(name), "utf8");
  await rm(pathOf(name));
  await expect.poll(async () => (await syncOf(name))?.syncState).toBe("missing");
  const answer = await api(whetstone, "POST", `/tools/${name}/executions`, { input: { text: "one two" } });
  expect(answer.body).toMatchObject({ status: "succeeded", version: 1 });

  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  // What can never be a tool needs somebody; a test beside the tools does not.
  const tooLong = `${"m".repeat(129)}.ts`;
  await writeFile(join(whetstone.tools, tooLong), original);
  await writeFile(join(whetstone.tools, `${name}.test.ts`), "");
  await page.goto(whetstone.url);
  await expect(page.getByRole("link", { name: new RegExp(`${tooLong}: it cannot be a tool`) })).toBeVisible();
  await expect(page.getByText(`${name}.test.ts`)).toHaveCount(0);
  await rm(join(whetstone.tools, tooLong));
  await rm(join(whetstone.tools, `${name}.test.ts`));
  await page.goto(`${whetstone.url}/sync`);
  const row = page.getByRole("row", { name: new RegExp(name) });
  await expect(row).toContainText("version 1 goes on answering");
  await row.getByRole("button", { name: "Put the file back" }).click();
  await expect(page.getByText(`The file of ${name} is back.`)).toBeVisible();
  expect(await readFile(pathOf(name), "utf8")).toBe(original);
  await expect(row).toContainText("put the file back");

  // The notice is gone with a reload; the key for it is not, and it asks before it takes a file away.
  await page.reload();
  await expect(row.getByRole("button", { name: "Undo" })).toBeVisible();
  const away = page.getByRole("alertdialog").getByRole("button", { name: "Take it away" });
  await expect(async () => {
    await page.keyboard.press(".");
    await expect(away).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await away.click();
  await expect(page.getByText(`${name} is as it was before: version`)).toBeVisible();
  await expect(row.getByRole("button", { name: "Put the file back" })).toBeVisible();
  expect((await syncOf(name))?.syncState).toBe("missing");
  await row.getByRole("button", { name: "Put the file back" }).click();
  await expect.poll(async () => (await syncOf(name))?.syncState).toBe("in_sync");
  expect(await readFile(pathOf(name), "utf8")).toBe(original);
});

test("an edit that asks for more is named in red, beside its row and in the merge", async ({ watched: page }) => {
  const name = "calculator";
  const source = await readFile(pathOf(name), "utf8");
  const wider = source.replace(/network:\s*\[\]/, 'network: ["api.example.org"]');
  expect(wider).not.toBe(source);
  await writeFile(pathOf(name), described(wider, "Asks the world"));
  await expect.poll(async () => (await syncOf(name))?.widened).toEqual([expect.stringContaining("api.example.org")]);
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await page.goto(`${whetstone.url}/sync`);
  const row = page.getByRole("row", { name: /calculator/ });
  const told = row.getByText(/The edit may do more than the active version: .*api\.example\.org/);
  await expect(told).toBeVisible();
  const red = await told.evaluate((element) => getComputedStyle(element).color);
  expect(red).not.toBe(
    await row
      .getByRole("link")
      .first()
      .evaluate((element) => getComputedStyle(element).color),
  );
  await row.getByRole("button", { name: "Take the disk" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("api.example.org");
  await page.keyboard.press("Escape");
  // Whoever goes on by keyboard goes on from the button that asked.
  await expect(row.getByRole("button", { name: "Take the disk" })).toBeFocused();
  expect((await syncOf(name))?.syncState).toBe("disk_ahead");

  // What the edit is worth is one click away, and once it is taken its proposal says that it is what answers.
  const evidence = row.getByRole("link", { name: /^The evidence of the edit: proposal \d+$/ });
  await expect(evidence).toBeVisible();
  await expect(row).toContainText(/Passed|Inconclusive|Failed/);
  const proposal = await evidence.getAttribute("href");
  const { version } = ((await syncOf(name)) as { edit: { version: number } }).edit;
  await row.getByRole("button", { name: "Take the disk" }).click();
  await dialog.getByRole("button", { name: "Take it" }).click();
  await expect.poll(async () => (await syncOf(name))?.syncState).toBe("in_sync");
  await page.goto(`${whetstone.url}/proposals`);
  const live = page.getByRole("list", { name: "Deployed" });
  await expect(live.getByText(`Taken from disk, live as v${version}`)).toBeVisible();
  await page.goto(`${whetstone.url}${proposal}`);
  await expect(page.getByText(`Taken from disk, live as v${version}`).first()).toBeVisible();
  await expect(page.getByText("Cancelled")).toHaveCount(0);
});

test("an edit whose dropping is undone waits for its review again, and the overview names it", async ({
  watched: page,
}) => {
  const name = "split_bill";
  await writeFile(pathOf(name), described(await readFile(pathOf(name), "utf8"), "Shares a bill"));
  await expect.poll(async () => (await syncOf(name))?.edit).toBeTruthy();
  const { edit } = (await syncOf(name)) as { edit: { proposalId: string } };
  const { proposalId } = edit;
  await waitForReview(whetstone, proposalId);
  const { number } = (await api(whetstone, "GET", `/proposals/${proposalId}`)).body;
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await page.goto(`${whetstone.url}/sync`);
  const row = page.getByRole("row", { name: new RegExp(name) });
  await row.getByRole("button", { name: "Take the database" }).click();
  await expect.poll(async () => (await syncOf(name))?.syncState).toBe("in_sync");
  await row.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText(`${name} is as it was before: version`)).toBeVisible();
  await waitForReview(whetstone, proposalId);
  await page.goto(whetstone.url);
  await page.getByRole("link", { name: `${name}: proposal ${number} waits for your review` }).click();
  await expect(page.getByRole("button", { name: "Reject" })).toBeVisible();
  await expect(page.getByText("the file holds the edit again")).toBeVisible();
  await page.getByRole("button", { name: "Reject" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
  // Nobody waits for it any more, and the file is still no version that answers.
  await page.goto(whetstone.url);
  const named = page.getByRole("link", { name: `${name}: the file is not the version that answers calls` });
  await expect(named).toBeVisible();
  await page.screenshot({ path: "e2e/.output/parted.png" });
  await named.click();
  await expect(row.getByRole("button", { name: "Take the database" })).toBeVisible();
});
