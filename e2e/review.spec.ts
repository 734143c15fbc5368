import { api, expect, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

/** A proposal for the calculator that waits for review: its id. */
async function proposeFix(): Promise<string> {
  for (const a of [1, 2, 3])
    await api(whetstone, "POST", "/tools/calculator/executions", { input: { operation: "divide", a, b: 0 } });
  await api(whetstone, "POST", "/tools/calculator/executions", { input: { operation: "add", a: 1, b: 2 } });
  await api(whetstone, "POST", "/detections", {});
  const [found] = (await api(whetstone, "GET", "/opportunities")).body.items as { id: string }[];
  const { id } = (await api(whetstone, "POST", `/opportunities/${found?.id}/proposals`, {})).body;
  await expect.poll(async () => (await api(whetstone, "GET", `/proposals/${id}`)).body.state).toBe("awaiting_review");
  return id as string;
}

test("a reviewer drops a change, sees it fail, edits, judges an answer, and approves by keyboard", async ({
  watched: page,
}) => {
  const id = await proposeFix();
  await page.goto(whetstone.signInLink);
  await page.goto(`${whetstone.url}/proposals/${id}`);
  await expect(page.locator(".editor.modified .view-lines")).toContainText("division_by_zero");

  // Without the import the guard cannot work: the new revision has to be found out.
  const first = page.getByRole("group", { name: "Change 1 of 2" });
  const second = page.getByRole("group", { name: "Change 2 of 2" });
  await page.keyboard.press("n");
  await page.keyboard.press("o");
  await page.keyboard.press("n");
  await page.keyboard.press("o");
  for (const one of [first, second])
    await expect(one.getByRole("button", { name: "Drop" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("button", { name: "Test with 0 of 2 changes" })).toBeDisabled();
  // What is dropped on the page alone would be approved and deployed.
  await expect(page.getByRole("button", { name: /^Approve/ }).first()).toBeDisabled();
  await second.getByRole("button", { name: "Keep" }).click();
  await expect(page.locator(".editor.modified .struck").first()).toBeVisible();
  // A reload drops nothing of it, and puts nothing back.
  await page.reload();
  await expect(first.getByRole("button", { name: "Drop" })).toHaveAttribute("aria-pressed", "true");
  await expect(second.getByRole("button", { name: "Keep" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("button", { name: /^Approve/ }).first()).toBeDisabled();
  await page.getByRole("button", { name: "Test with 1 of 2 changes" }).click();
  await expect(page.getByText("revision 2", { exact: true })).toBeVisible();
  await expect(page.getByText("Failed", { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/ToolError/).first()).toBeVisible();

  // The person puts it right by hand.
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const side = page.locator(".editor.modified");
  await side.locator(".view-line").first().click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("End");
  for (const _ of ' } from "whetstone";') await page.keyboard.press("ArrowLeft");
  await page.keyboard.type(", ToolError");
  await expect(side.locator(".view-lines")).toContainText("defineTool, ToolError }");

  // What was not sent yet outlives a reload, and being discarded by mistake.
  await page.reload();
  await page.getByRole("button", { name: "Discard your edit" }).click();
  await expect(page.getByRole("button", { name: "Go on with your edit" })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Go on with your edit" }).click();
  await expect(side.locator(".view-lines")).toContainText("defineTool, ToolError }");

  // Somebody else is faster, and nothing that was typed is lost: the edit is put onto theirs.
  const { source } = (await api(whetstone, "GET", `/proposals/${id}`)).body as { source: string };
  const theirs = source.replace("Adds, subtracts", "Adds and subtracts");
  expect(theirs).not.toBe(source);
  expect((await api(whetstone, "POST", `/proposals/${id}/revisions`, { source: theirs })).status).toBe(201);
  await expect(page.getByText("Revision 3 came in: testing puts yours onto it.")).toBeVisible();
  await expect(side.locator(".view-lines")).toContainText("defineTool, ToolError }");
  // Escape leads out of the text, where Tab writes.
  await side.locator(".view-line").first().click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Test the edit" })).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("revision 4", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeEnabled();
  await expect(page.getByText("Passed", { exact: true }).first()).toBeVisible();

  // Any two revisions side by side, then the base again.
  await page.getByRole("combobox", { name: "Compared with" }).selectOption("revision 2");
  await expect(page.getByRole("heading", { name: "revision 2 → revision 4" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toHaveCount(0);
  await page.locator("body").press("[");
  await expect(page.getByText("You look at revision 3; revision 4 is the newest.")).toBeVisible();
  await page.locator("body").press("]");
  await expect(page.getByText("You look at revision 3; revision 4 is the newest.")).toHaveCount(0);
  await page.getByRole("combobox", { name: "Compared with" }).selectOption("the base");
  await expect(page.getByRole("heading", { name: "v1 → proposed" })).toBeVisible();

  // A person's word on a recorded answer.
  const snapshot = page.getByText(/^snapshot \d+/);
  const before = /^snapshot \d+,/.exec((await snapshot.textContent()) ?? "")?.[0];
  const cases = page.getByRole("region", { name: "List of cases" });
  await cases
    .getByRole("button", { name: /"add","a":1,"b":2/ })
    .last()
    .click();
  await cases.getByRole("button", { name: "Right", exact: true }).click();
  await expect(page.getByText("Version 1's answer is marked as right.")).toBeVisible();
  await page.getByRole("button", { name: "Test again" }).last().click();
  await expect(page.getByText("The tests run again.", { exact: true })).toBeVisible();
  await expect(snapshot).not.toContainText(String(before));

  // Approving by keyboard alone; no single key decides.
  await page.locator("body").press("a");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("checkbox", { name: /the description changed/ }).check();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Simulated: nothing was written. The plan is above.")).toBeVisible();
  const { state, revision } = (await api(whetstone, "GET", `/proposals/${id}`)).body;
  expect({ state, revision }).toEqual({ state: "simulated", revision: 4 });
});

test("cases that were removed together come back together", async ({ watched: page }) => {
  const name = "text_statistics";
  for (const text of ["one two", "three"]) {
    const { id } = (await api(whetstone, "POST", `/tools/${name}/executions`, { input: { text } })).body;
    const made = await api(whetstone, "POST", `/executions/${id}/case`, { description: "counts words" });
    expect(made.status).toBe(201);
  }
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await page.goto(`${whetstone.url}/tools/${name}`);
  const list = page.getByRole("list", { name: "Cases: counts words" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "Remove all 2" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove all 2" }).click();
  await expect(page.getByText("The cases are removed.")).toBeVisible();
  await expect(list).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("The cases are back.")).toBeVisible();
  await expect(list.getByRole("listitem")).toHaveCount(2);
});
