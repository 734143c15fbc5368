/** What is not on record, not there or under another name is said so, never shown as nothing. */
import { api, expect, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

async function callRecordedAs(recording: "off" | "shape"): Promise<string> {
  await api(whetstone, "PATCH", "/tools/set_preference/settings", { recording });
  const input = { userId: "u1", name: "language", value: "en" };
  return String((await api(whetstone, "POST", "/tools/set_preference/executions", { input })).body.id);
}

test("a call that was recorded without its values says so, and nothing is made of it", async ({ watched: page }) => {
  const [off, kinds] = [await callRecordedAs("off"), await callRecordedAs("shape")];
  await page.goto(whetstone.signInLink);
  const main = page.getByRole("main");
  for (const id of [off, kinds]) {
    await page.goto(`${whetstone.url}/executions/${id}`);
    await expect(main).toContainText("Its values are not on record");
    await expect(main.getByRole("button", { name: /^(Correct|Wrong output|Make test case)/ })).toHaveCount(0);
    await expect(main).not.toContainText("touched nothing");
    expect((await api(whetstone, "POST", `/executions/${id}/case`, {})).status).toBe(409);
  }
  await expect(main).toContainText("Input, as kinds of values");
  await page.goto(`${whetstone.url}/executions/${off}`);
  await expect(main).toContainText("Not recorded: what it was called with.");
  await expect(main).toContainText("Not recorded: whether the call touched anything outside.");
  await expect(main.getByRole("link", { name: /^The whole/ })).toHaveCount(0);
  await page.goto(`${whetstone.url}/executions?tool=set_preference`);
  await expect(main.getByText("not recorded")).toHaveCount(2);
});

test("an address that asks for what is not there is told; activity speaks as the settings do", async ({
  watched: page,
}) => {
  await api(whetstone, "PATCH", "/settings", { monitorHours: 0.5, fourEyes: true });
  const { path } = (await api(whetstone, "POST", "/sign-in-links", {})).body;
  await page.goto(`${whetstone.url}${path}`);
  const told = page.getByRole("list", { name: "Not understood" });
  await page.goto(`${whetstone.url}/tools/calculator/versions?from=9&to=zzz`);
  await expect(told).toContainText("There is no version “9” to compare from");
  await expect(told).toContainText("There is no version “zzz” to compare to");
  await page.goto(`${whetstone.url}/executions?tool=nope`);
  await expect(told).toContainText("There is no tool “nope” here.");
  await page.getByRole("link", { name: "Take it out of the address" }).click();
  await expect(told).toHaveCount(0);

  await page.goto(`${whetstone.url}/activity`);
  await expect(page.getByText("Four eyes off → on, Watched hours 24 → 0.5")).toBeVisible();
  await page.getByRole("link", { name: "settings changed" }).first().click();
  await expect(page).toHaveURL(/verb=settings\.changed/);
});

test("a right answer that breaks the tool's own rule is refused with the rule, before it is anybody's target", async ({
  watched: page,
}) => {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  const { id } = (await api(whetstone, "POST", "/tools/split_bill/executions", { input: { amount: 100, people: 3 } }))
    .body;
  await page.goto(`${whetstone.url}/executions/${id}`);
  await page.getByRole("button", { name: "Wrong output…" }).click();
  const dialog = page.getByRole("dialog");
  const right = dialog.getByLabel(/^It should have been/);
  await right.fill('{"total":100,"shares":"a third each"}');
  await dialog.getByRole("button", { name: "Mark as wrong" }).click();
  await expect(dialog.getByRole("alert")).toContainText("does not fit the tool's output schema");
  await right.fill('{"total":100,"shares":[33.34,33.33]}');
  await dialog.getByRole("button", { name: "Mark as wrong" }).click();
  await expect(dialog.getByRole("alert")).toContainText(
    'breaks a rule of split_bill itself, "there is a share for each person"',
  );
  await page.screenshot({ path: "e2e/.output/rule.png" });
  await right.fill('{"total":100,"shares":[33.34,33.33,33.33]}');
  await dialog.getByRole("button", { name: "Mark as wrong" }).click();
  await expect(page.getByText("Marked as wrong: detection and the next fix take it into account.")).toBeVisible();
});
