import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { api, expect, proposeCalculatorFix, takeEdit, test, waitForReview } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeEach(async () => {
  whetstone = await startWhetstone();
});
test.afterEach(async ({ page }) => {
  // A page that outlives its server complains rightly.
  await page.close();
  await whetstone.stop();
});

const proposeFix = (): Promise<string> => proposeCalculatorFix(whetstone);

test("a manual tool asks to acknowledge each warning before it can be approved", async ({ watched: page }) => {
  const source = await readFile(join(whetstone.tools, "send_webhook.ts"), "utf8");
  const changed = source.replace(/description:\s*"[^"]*"/, 'description: "Tells the hub, in other words"');
  expect(changed).not.toBe(source);
  const { id } = (
    await api(whetstone, "POST", "/proposals", { tool: "send_webhook", source: changed, rationale: "words" })
  ).body;
  await expect.poll(async () => (await api(whetstone, "GET", `/proposals/${id}`)).body.state).toBe("awaiting_review");
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await page.getByRole("button", { name: /^Approve/ }).click();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: /^Approve/ });
  await expect(confirm).toBeDisabled();
  for (const box of await dialog.getByRole("checkbox").all()) await box.click();
  const reason = dialog.getByRole("textbox");
  if ((await reason.count()) > 0) await reason.first().fill("only words change");
  await expect(confirm).toBeEnabled();
  await confirm.click();
  await expect.poll(async () => (await api(whetstone, "GET", `/proposals/${id}`)).body.state).toBe("simulated");
});

test("what changed on disk meanwhile makes a proposal stale, and the page says so", async ({ watched: page }) => {
  const id = await proposeFix();
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeEnabled();
  // Whoever is about to confirm is not left with a dialog that promises what is refused.
  await expect(async () => {
    await page.locator("body").press("a");
    await expect(page.getByRole("dialog")).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await takeEdit(whetstone, (source) => source.replace("Adds, subtracts", "Adds and subtracts"));
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText(/has changed since: version/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
});

test("two people decide at once: one wins, the other is told", async ({ watched: page, browser }) => {
  const id = await proposeFix();
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeEnabled();
  await page.getByRole("button", { name: "Request changes" }).click();
  const words = page.getByRole("dialog").getByRole("textbox");
  await words.fill("Refuse with a code");
  const other = await browser.newContext();
  try {
    const second = await other.newPage();
    const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
    await second.goto(`${whetstone.url}${link}`);
    await second.goto(`${whetstone.url}/proposals/${id}`);
    await second.getByRole("button", { name: "Reject" }).click();
    await second
      .getByRole("dialog")
      .getByRole("button", { name: /^Reject/ })
      .click();
    await expect.poll(async () => (await api(whetstone, "GET", `/proposals/${id}`)).body.state).toBe("rejected");
  } finally {
    await other.close();
  }
  // The first page follows by itself: there is nothing left to approve, and what was being written is not taken away.
  await expect(page.getByText("This can no longer be decided here")).toBeVisible();
  await expect(words).toHaveValue("Refuse with a code");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Rejected", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
});

test("a reload in the middle of the work finds it again; a lost network is said and comes back", async ({
  watched: page,
  expected,
}) => {
  expected.push(/ERR_INTERNET_DISCONNECTED|Failed to fetch|network/i);
  await page.goto(whetstone.signInLink);
  for (const a of [1, 2, 3])
    await api(whetstone, "POST", "/tools/calculator/executions", { input: { operation: "divide", a, b: 0 } });
  await page.goto(`${whetstone.url}/opportunities`);
  await page.getByRole("button", { name: "Detect now" }).click();
  await page.getByRole("link", { name: "calculator" }).first().click();
  await page.getByRole("button", { name: "Generate fix" }).click();
  await page.reload();
  await expect(page.getByText("Awaiting review").first()).toBeVisible();
  // A page that is slow to come says so, and the last one stands until then.
  const held = Promise.withResolvers<void>();
  await page.route("**/proposals/*", async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.getByRole("link", { name: "Proposal 1" }).click();
  await expect(page.getByText("Loading the page")).toBeAttached();
  await expect(page.getByText("Awaiting review").first()).toBeVisible();
  held.resolve();
  await expect(page.getByRole("button", { name: "Reject" })).toBeVisible();
  await expect(page.getByText("Loading the page")).toHaveCount(0);
  await page.unroute("**/proposals/*");
  await expect(page.locator(".editor.modified .view-lines")).toContainText("division_by_zero");
  // A key that puts a line into the address does not call off the page that is on its way.
  const heldAgain = Promise.withResolvers<void>();
  await page.route("**/executions*", async (route) => {
    await heldAgain.promise;
    await route.continue();
  });
  await page.getByRole("link", { name: "Executions", exact: true }).click();
  await expect(page.getByText("Loading the page")).toBeAttached();
  await page.keyboard.press("n");
  heldAgain.resolve();
  await expect(page.getByRole("heading", { name: "Executions", level: 1 })).toBeVisible();
  await expect(page.getByText("Loading the page")).toHaveCount(0);
  await page.unroute("**/executions*");
  await page.goBack();
  await expect(page.locator(".editor.modified .view-lines")).toContainText("division_by_zero");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: /^Approve/ }).click();
  await expect(page.getByText(/The server did not answer/)).toBeVisible();
  // Going on waits for the server, and what is on the page stays until then.
  await page.getByRole("link", { name: "Executions", exact: true }).click();
  await expect(page.getByText("Loading the page")).toBeAttached();
  await expect(page.getByRole("button", { name: "Reject" })).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByRole("heading", { name: "Executions", level: 1 })).toBeVisible();
  await page.goBack();
  await page.getByRole("button", { name: /^Approve/ }).click();
  await expect(page.getByText("Simulated: nothing was written. The plan is above.")).toBeVisible();
});

test("a run of a tool's cases is seen by everybody, found again after a reload, stopped, and its result stands", async ({
  watched: page,
  browser,
}) => {
  const cases = Array.from(
    { length: 60 },
    (_, n) => `{ description: "of ${n}", input: { n: ${n} }, expectedOutput: ${n} }`,
  );
  const source = `import { defineTool } from "whetstone";
export default defineTool({
  name: "ponder", description: "Thinks before it answers",
  inputSchema: { type: "object", required: ["n"], properties: { n: { type: "number" } } },
  outputSchema: { type: "number" },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: true },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [${cases.join(", ")}, { description: "is wrong", input: { n: 60 }, expectedOutput: 61 }],
  run({ n }) {
    let sum = 0;
    for (let step = 0; step < 3_000_000; step++) sum += step % 7;
    return sum < 0 ? -1 : n;
  },
});
`;
  await writeFile(join(whetstone.tools, "ponder.ts"), source);
  await expect.poll(async () => (await api(whetstone, "GET", "/tools/ponder")).body.activeVersion).toBe(1);
  const signIn = async () => whetstone.url + (await api(whetstone, "POST", "/sign-in-links", {})).body.path;
  const other = await (await browser.newContext()).newPage();
  for (const one of [page, other]) {
    await one.goto(await signIn());
    await one.goto(`${whetstone.url}/tools/ponder`);
    await expect(one.getByText("61, no result yet")).toBeVisible();
  }
  const run = page.getByRole("button", { name: "Run the cases" });
  await run.click();
  for (const one of [page, other]) await expect(one.getByText(/^[1-9]\d* of 61 cases$/)).toBeVisible();
  await page.reload();
  await expect(page.getByText(/^\d+ of 61 cases$/)).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  for (const one of [page, other])
    await expect(one.getByText(/^The last run was stopped after \d+ of 61 cases/)).toBeVisible();
  await run.click();
  for (const one of [page, other])
    await expect(one.getByText(/^60 of 61 run passed on version 1, run /)).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(page.getByText(/^60 of 61 run passed on version 1, run /)).toBeVisible();
  await expect(page.getByText("does not pass")).toHaveCount(1);
  await page.getByText("is wrong", { exact: true }).click();
  await expect(page.getByRole("region", { name: "Got (succeeded)" })).toContainText("60");
  await other.context().close();
});

test("what is decided on is what was seen: a revision that comes meanwhile is told, and what was dropped stays so", async ({
  watched: page,
}) => {
  await api(whetstone, "PATCH", "/settings", { mode: "simulated" });
  const id = await proposeFix();
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await expect(page.locator(".editor.modified .view-lines")).toContainText("division_by_zero");
  const { source } = (await api(whetstone, "GET", `/proposals/${id}`)).body as { source: string };
  const send = async (words: string) => {
    const revised = source.replace("Adds, subtracts", words);
    expect((await api(whetstone, "POST", `/proposals/${id}/revisions`, { source: revised })).status).toBe(201);
    await waitForReview(whetstone, id);
  };
  await page
    .getByRole("group", { name: /^Change 2 of/ })
    .getByRole("button", { name: "Drop" })
    .click();
  await expect(page.getByRole("button", { name: "Test with 1 of 2 changes" })).toBeVisible();
  await send("Adds and subtracts");
  await expect(page.getByRole("button", { name: "Test with 2 of 3 changes" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeDisabled();
  await page.getByRole("button", { name: "Keep all" }).click();

  await page.locator("body").press("a");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("as of revision 2");
  await dialog.getByRole("checkbox", { name: /the description changed/ }).check();
  await expect(dialog.getByRole("button", { name: /^Approve/ })).toBeEnabled();
  await send("Sums and subtracts");
  await expect(dialog.getByText(/this would decide on revision 3/)).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(dialog.getByRole("button", { name: /^Approve/ })).toBeDisabled();
  await dialog.getByRole("button", { name: "Decide on what it is now" }).click();
  await expect(dialog.getByRole("textbox")).toHaveValue("as of revision 2");
  await dialog.getByRole("checkbox", { name: /the description changed/ }).check();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Simulated: nothing was written. The plan is above.")).toBeVisible();
});

test("tests that are stopped leave a way on: a first run's proposal is sent again, a later run's stays with its reviewers", async ({
  watched: page,
}) => {
  await page.goto(whetstone.signInLink);
  const { source } = (await api(whetstone, "GET", "/tools/calculator")).body as { source: string };
  const { id, jobId } = (
    await api(whetstone, "POST", "/proposals", {
      tool: "calculator",
      source: source.replace("Adds, subtracts", "Works out"),
      rationale: "Shorter words",
    })
  ).body as { id: string; jobId: string };
  await api(whetstone, "DELETE", `/jobs/${jobId}`);
  await expect.poll(async () => (await api(whetstone, "GET", `/proposals/${id}`)).body.state).toBe("cancelled");
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await expect(page.getByText("This proposal ended without a decision")).toBeVisible();
  await expect(page.getByText(/^Its tests were stopped by .+, .+\.$/)).toBeVisible();
  await expect(page.getByText("The proposal ended before its tests.")).toBeVisible();
  await page.screenshot({ path: "e2e/.output/ended.png" });
  await page.getByRole("button", { name: "Propose it again" }).click();
  await expect(page.getByRole("button", { name: "Reject" })).toBeVisible();
  const again = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect(again).not.toBe(id);
  await waitForReview(whetstone, again);
  const retest = (await api(whetstone, "POST", `/proposals/${again}/evidence`, {})).body as { jobId: string };
  await api(whetstone, "DELETE", `/jobs/${retest.jobId}`);
  await waitForReview(whetstone, again);
  await expect(page.getByText(/^Its tests were stopped by .+: what the last ones showed stands\.$/)).toBeVisible();
  const revised = await api(whetstone, "POST", `/proposals/${again}/revisions`, {
    source: source.replace("Adds, subtracts", "Works out or"),
  });
  await api(whetstone, "DELETE", `/jobs/${revised.body.jobId}`);
  await waitForReview(whetstone, again);
  await expect(page.getByText(/^Its tests were stopped by .+: revision 2 is not tested\.$/)).toBeVisible();
  await expect(page.getByText("None: its tests were stopped.")).toBeVisible();
  await expect(page.getByText("The tests were stopped before they had a result.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Run the tests" })).toBeVisible();
  await page.screenshot({ path: "e2e/.output/stopped.png" });
  await expect(page.getByRole("button", { name: "Request changes" })).toBeVisible();
  await page.getByRole("button", { name: "Reject" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
  await expect.poll(async () => (await api(whetstone, "GET", `/proposals/${again}`)).body.state).toBe("rejected");
});
