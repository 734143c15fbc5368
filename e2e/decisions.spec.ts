/** What follows a decision: by keyboard alone, taken back, sent back for changes, undone from the history, on a phone. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { api, expect, proposeCalculatorFix, test, waitForReview } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeEach(async () => {
  whetstone = await startWhetstone();
});
test.afterEach(async ({ page }) => {
  await page.close();
  await whetstone.stop();
});

const stateOf = async (id: string) => (await api(whetstone, "GET", `/proposals/${id}`)).body.state;

test("a review by keyboard alone: found, read, rejected, taken back, approved", async ({ watched: page }) => {
  const id = await proposeCalculatorFix(whetstone);
  await page.goto(whetstone.signInLink);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const { keyboard } = page;
  // Keys are heard once the page has come to life.
  await expect(async () => {
    await keyboard.type("gp");
    await expect(page.getByRole("heading", { level: 1, name: "Proposals" })).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await keyboard.press("j");
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /Proposal 1/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeEnabled();
  await keyboard.press("n");
  await keyboard.press("?");
  await expect(page.getByRole("dialog").getByText("Next change")).toBeVisible();
  await keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  // A field that was written in is left by Escape, and single keys are commands again.
  await keyboard.press("i");
  await expect(page.getByRole("textbox", { name: "Your input, as JSON" })).toBeFocused();
  await keyboard.press("Escape");
  await expect(page.getByRole("button", { name: /^Try your own input/ })).toBeFocused();

  await keyboard.press("x");
  await expect(page.getByRole("dialog", { name: "Reject proposal 1?" })).toBeVisible();
  await page.getByRole("dialog").getByRole("textbox").focus();
  await keyboard.type("not like this");
  await keyboard.press("Control+Enter");
  await expect(page.getByText("Proposal 1 is rejected.")).toBeVisible();
  expect(await stateOf(id)).toBe("rejected");

  await page.locator("body").press(".");
  await expect(page.getByText("The decision on proposal 1 is taken back.")).toBeVisible();
  // Its notice gives way: it offered an Undo of what is undone.
  await expect(page.getByText("Proposal 1 is rejected.")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Undo", exact: true })).toHaveCount(0);
  expect(await stateOf(id)).toBe("awaiting_review");
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeEnabled();

  await page.locator("body").press("a");
  await expect(page.getByRole("dialog", { name: "Approve proposal 1 for calculator" })).toBeVisible();
  await keyboard.press("Control+Enter");
  await expect.poll(() => stateOf(id)).toBe("simulated");

  // What the window remembered is gone with a reload; the page knows it.
  await page.reload();
  await expect(page.getByText("nothing was written, and nothing is deployed by it")).toBeVisible();
  await expect(page.getByRole("button", { name: "Take the decision back" })).toBeVisible();
  await expect(async () => {
    await page.locator("body").press(".");
    await expect(page.getByText("The decision on proposal 1 is taken back.")).toBeVisible({ timeout: 3_000 });
  }).toPass();
  expect(await stateOf(id)).toBe("awaiting_review");
});

test("what was approved in simulated mode goes live in real mode only once that was asked", async ({
  watched: page,
}) => {
  const id = await proposeCalculatorFix(whetstone);
  const { digest } = (await api(whetstone, "GET", `/proposals/${id}`)).body;
  await api(whetstone, "POST", `/proposals/${id}/decisions`, { decision: "approve", digest });
  expect(await stateOf(id)).toBe("simulated");
  await api(whetstone, "PATCH", "/settings", { mode: "real" });
  const active = async () => (await api(whetstone, "GET", "/tools/calculator")).body.activeVersion;
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await page.getByRole("button", { name: "Deploy v2…" }).click();
  const asked = page.getByRole("dialog", { name: "Deploy version 2 of calculator?" });
  await expect(asked.getByRole("list", { name: "Approvals" })).toContainText(/admin approved it/);
  await expect(asked.getByRole("list", { name: "Approvals" })).toContainText("simulated mode: nothing was written");
  await expect(asked.getByText("Passed", { exact: true })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(asked).toHaveCount(0);
  expect(await active()).toBe(1);
  await page.getByRole("button", { name: "Deploy v2…" }).click();
  await expect(asked).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Version 2 of calculator is live.")).toBeVisible();
  expect(await active()).toBe(2);

  // So are a rollback's question, and what a call should have answered, confirmed.
  await page.locator("body").press(".");
  await expect(page.getByRole("alertdialog", { name: "Roll calculator back to version 1?" })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Version 1 is active again.")).toBeVisible();
  await expect(page.getByText("Version 2 of calculator is live.")).toHaveCount(0);
  expect(await active()).toBe(1);
  const { body } = await api(whetstone, "POST", "/tools/calculator/executions", {
    input: { operation: "add", a: 1, b: 2 },
  });
  await page.goto(`${whetstone.url}/executions/${body.id}`);
  await page.getByRole("button", { name: "Wrong output…" }).click();
  const wrong = page.getByRole("dialog", { name: "This answer is wrong" });
  await wrong.getByRole("textbox", { name: /It should have been/ }).fill('{"result": 3}');
  await page.keyboard.press("Control+Enter");
  await expect(wrong.getByRole("alert")).toContainText("This is the answer that it gave");
  await wrong.getByRole("textbox", { name: /It should have been/ }).fill('{"result": 12}');
  await wrong.getByRole("textbox", { name: "Note" }).fill("joined, not added");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(/^Marked as wrong by owner .*: joined, not added$/)).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: "It should have been" })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test("an approval that counts no longer says why; changes are requested, and the next waiting proposal opens", async ({
  watched: page,
}) => {
  expect((await api(whetstone, "PATCH", "/settings", { requiredApprovals: 2 })).status).toBe(200);
  const id = await proposeCalculatorFix(whetstone);
  const words = (await readFile(join(whetstone.tools, "text_statistics.ts"), "utf8")).replace(
    /description:\s*"/,
    'description: "In other words: ',
  );
  const asked = { tool: "text_statistics", source: words, rationale: "words" };
  const next = String((await api(whetstone, "POST", "/proposals", asked)).body.id);
  await waitForReview(whetstone, next);
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await expect(page.getByRole("group", { name: "Change 1 of 2" }).getByRole("button", { name: "Drop" })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  // One of two approvals, and the next one is shown; then the change that was approved is another one.
  await page.getByRole("button", { name: /^Approve/ }).click();
  await expect(page.getByText("Your approval of proposal 1 is kept: 1 more approval is needed.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: /Proposal 2/ })).toBeVisible();
  expect(page.url()).toContain(next);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await expect(page.getByText("An approval counts no longer.")).toHaveCount(0);
  const { source } = (await api(whetstone, "GET", `/proposals/${id}`)).body;
  await api(whetstone, "POST", `/proposals/${id}/revisions`, { source: `${source}// by hand\n`, rationale: "a note" });
  await expect(page.getByText("An approval counts no longer.")).toBeVisible();
  await expect(page.getByText(/: it was of revision 1, and revision 2 is the newest\.$/)).toBeVisible();

  await waitForReview(whetstone, id);
  await page.getByRole("button", { name: "Request changes" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Request changes" })).toBeDisabled();
  await dialog.getByRole("textbox").fill("Name the operand in the message");
  await dialog.getByRole("button", { name: "Request changes" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /Proposal 2/ })).toBeVisible();
  await page.getByRole("button", { name: "Show it" }).last().click();
  await expect(page.getByText("Changes were requested.")).toBeVisible();
  await expect(page.getByText("Name the operand in the message").first()).toBeVisible();
  expect(await stateOf(id)).toBe("changes_requested");
});

test("a deployment is undone by the full stop key, which asks first; another one's watch is ended by hand", async ({
  watched: page,
}) => {
  await api(whetstone, "PATCH", "/settings", { mode: "real" });
  const id = await proposeCalculatorFix(whetstone);
  const active = async () => (await api(whetstone, "GET", "/tools/calculator")).body.activeVersion;
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await page.getByRole("button", { name: "Approve and deploy v2" }).click();
  await expect(page.getByText("Version 2 of calculator is live.")).toBeVisible();
  expect(await active()).toBe(2);
  await page.locator("body").press(".");
  const dialog = page.getByRole("alertdialog", { name: "Roll calculator back to version 1?" });
  await expect(dialog).toBeVisible();
  expect(await active()).toBe(2);
  await dialog.getByRole("button", { name: "Roll back" }).click();
  await expect(page.getByText("Version 1 is active again.")).toBeVisible();
  expect(await active()).toBe(1);

  const file = join(whetstone.tools, "text_statistics.ts");
  const source = (await readFile(file, "utf8")).replace(/description:\s*"/, 'description: "In other words: ');
  const asked = { tool: "text_statistics", source, rationale: "words" };
  const other = String((await api(whetstone, "POST", "/proposals", asked)).body.id);
  await waitForReview(whetstone, other);
  await page.goto(`${whetstone.url}/proposals/${other}`);
  await page
    .getByRole("button", { name: /^Approve/ })
    .first()
    .click();
  const reading = page.getByRole("dialog");
  await expect(reading).toBeVisible();
  for (const box of await reading.getByRole("checkbox").all()) await box.click();
  await reading.getByRole("button", { name: /^Approve/ }).click();
  await expect(page.getByText("Version 2 of text_statistics is live.")).toBeVisible();
  await page.getByRole("button", { name: "Call it healthy" }).click();
  await expect(page.getByText("Version 2 stays.")).toBeVisible();
  await expect.poll(() => stateOf(other)).toBe("stable");
});

test("a rollback from the history, and its undo", async ({ watched: page }) => {
  await api(whetstone, "PATCH", "/settings", { mode: "real" });
  const id = await proposeCalculatorFix(whetstone);
  const { digest } = (await api(whetstone, "GET", `/proposals/${id}`)).body;
  await api(whetstone, "POST", `/proposals/${id}/decisions`, { decision: "approve", digest, deploy: true });
  const active = async () => (await api(whetstone, "GET", "/tools/calculator")).body.activeVersion;
  expect(await active()).toBe(2);
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/tools/calculator/versions`);
  await page.getByRole("button", { name: "Roll back to v1" }).first().click();
  await page.getByRole("dialog").getByRole("textbox").fill("callers complain");
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await expect(page.getByText("Version 1 of calculator is active again.")).toBeVisible();
  expect(await active()).toBe(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Version 2 of calculator is active again.")).toBeVisible();
  expect(await active()).toBe(2);
});

test("a value is confirmed, and the verdict turns", async ({ watched: page }) => {
  const tool = (body: string) => `import { defineTool } from "whetstone";
export default defineTool({
  name: "initials", description: "The initials of a name",
  inputSchema: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
  outputSchema: { type: "object", required: ["initials"], properties: { initials: { type: "string" } } },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  run({ name }: { name: string }) {
    const parts = name.split(" ");
    ${body}
  },
});
`;
  const broken = tool(
    "const second = parts[1] as string;\n    return { initials: name.slice(0, 1) + second.slice(0, 1) };",
  );
  const mended = tool(
    "const second = parts[1];\n    if (second === undefined) return { initials: name.slice(0, 1) };\n    return { initials: name.slice(0, 1) + second.slice(0, 1) };",
  );
  await writeFile(join(whetstone.tools, "initials.ts"), broken);
  await expect.poll(async () => (await api(whetstone, "GET", "/tools/initials")).status).toBe(200);
  for (let index = 0; index < 70; index += 1)
    await api(whetstone, "POST", "/tools/initials/executions", { input: { name: `Ada${index} Byron` } });
  for (const name of ["Plato", "Homer"])
    await api(whetstone, "POST", "/tools/initials/executions", { input: { name } });
  const { id } = (
    await api(whetstone, "POST", "/proposals", {
      tool: "initials",
      source: mended,
      rationale: "one word",
      purpose: "failing",
    })
  ).body;
  await waitForReview(whetstone, String(id));
  const verdict = async () => (await api(whetstone, "GET", `/proposals/${id}`)).body.verdict;
  expect(await verdict()).toBe("inconclusive");

  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  const cases = page.getByRole("region", { name: "List of cases" });
  for (const name of ["Plato", "Homer"]) {
    const row = page.getByRole("button", { name: new RegExp(`"name":"${name}"`) });
    if ((await cases.locator(row).getAttribute("aria-expanded")) !== "true") await cases.locator(row).click();
    await cases
      .getByRole("listitem")
      .filter({ has: row })
      .getByRole("button", { name: "The proposed answer is right" })
      .click();
    await expect(page.getByText("The proposed answer is marked as right.").last()).toBeVisible();
  }
  await page.getByRole("button", { name: "Test again" }).last().click();
  await expect.poll(verdict).toBe("passed");
  await expect(page.getByText(/^Passed$/).first()).toBeVisible();
});

test("whoever wants less motion sees none: not on the page, in a dialog or a notice", async ({ watched: page }) => {
  const id = await proposeCalculatorFix(whetstone);
  await page.emulateMedia({ reducedMotion: "reduce" });
  /** What moves for longer than an eye could see it. */
  const moving = () =>
    page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration ?? 0) > 1)
        .map((one) => `${(one.effect as KeyframeEffect).target?.nodeName} ${(one as CSSAnimation).animationName}`),
    );
  await page.goto(whetstone.signInLink);
  for (const path of ["/", "/tools/calculator", "/opportunities", `/proposals/${id}`]) {
    await page.goto(`${whetstone.url}${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
    expect(await moving(), path).toEqual([]);
  }
  await page.getByRole("button", { name: "Request changes" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await moving()).toEqual([]);
  await page.getByRole("dialog").getByRole("textbox").fill("less of it");
  await page.getByRole("dialog").getByRole("button", { name: "Request changes" }).click();
  await expect(page.getByText("Changes to proposal 1 are requested.")).toBeVisible();
  expect(await moving()).toEqual([]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a change is read and approved", async ({ watched: page }) => {
    const id = await proposeCalculatorFix(whetstone);
    await page.goto(whetstone.signInLink);
    await page.goto(`${whetstone.url}/proposals/${id}`);
    await expect(page.getByRole("heading", { name: "Verdict" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "v1 → proposed" })).toBeVisible();
    const approve = page.getByRole("button", { name: /^Approve/ });
    await expect(approve).toBeInViewport();
    const box = await approve.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 390)).toBeLessThanOrEqual(390 - 12);
    await approve.tap();
    await expect.poll(() => stateOf(id)).toBe("simulated");
    const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sticksOut).toBeLessThanOrEqual(0);
  });
});
