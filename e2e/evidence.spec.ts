/** Reading the evidence: searched, linked to, tried with one's own input, judged by kind, waited for. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { api, expect, test, waitForReview } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

/** Greets; the change greets the long names otherwise. */
const greet = (long: string) => `import { defineTool } from "whetstone";
export default defineTool({
  name: "greet", description: "Greets somebody",
  inputSchema: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
  outputSchema: { type: "object", required: ["text"], properties: { text: { type: "string" } } },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  run({ name }: { name: string }) {
    if (name.length > 6) return { text: "${long} " + name };
    return { text: "Hi " + name };
  },
});
`;

test("cases are searched and linked to, an input is tried, a kind of change is accepted, and the verdict is told", async ({
  watched: page,
}) => {
  await writeFile(join(whetstone.tools, "greet.ts"), greet("Hi"));
  await expect.poll(async () => (await api(whetstone, "GET", "/tools/greet")).status).toBe(200);
  const call = async (from: number, to: number): Promise<void> => {
    for (let index = from; index < to; index += 1)
      await api(whetstone, "POST", "/tools/greet/executions", { input: { name: `Ada${index}` } });
  };
  await call(0, 10);
  await page.goto(whetstone.signInLink);

  // Ten calls say too little; live ones settle it by themselves, and whoever asked is told.
  const noted = { tool: "greet", source: `// Says hello.\n${greet("Hi")}`, rationale: "says what it does" };
  const first = String((await api(whetstone, "POST", "/proposals", noted)).body.id);
  await waitForReview(whetstone, first);
  await page.goto(`${whetstone.url}/proposals/${first}`);
  await page.getByRole("button", { name: "Tell me then" }).click();
  await expect(page.getByText(/when the verdict turns/)).toBeVisible();
  await call(10, 70);
  await expect.poll(async () => (await api(whetstone, "GET", `/proposals/${first}`)).body.verdict).toBe("passed");
  await expect(page.getByText("Proposal 1 of greet: passed")).toBeVisible();

  for (const name of ["Leonardo", "Michelangelo", "Donatello"])
    await api(whetstone, "POST", "/tools/greet/executions", { input: { name } });
  const asked = { tool: "greet", source: greet("Good day"), rationale: "long names are greeted politely" };
  const id = String((await api(whetstone, "POST", "/proposals", asked)).body.id);
  await waitForReview(whetstone, id);
  const verdict = async () => (await api(whetstone, "GET", `/proposals/${id}`)).body.verdict;
  expect(await verdict()).toBe("inconclusive");

  await page.goto(`${whetstone.url}/proposals/${id}`);
  const cases = page.getByRole("region", { name: "List of cases" });
  await expect(cases.getByRole("button").first()).toBeVisible();

  // Far fewer rows are drawn than there are cases, and scrolling reaches the last.
  const all = Number(/\d+/.exec((await page.getByRole("button", { name: /^all / }).textContent()) ?? "")?.[0]);
  expect(all).toBeGreaterThan(70);
  expect(await cases.getByRole("listitem").count()).toBeLessThan(60);
  await cases.evaluate((list) => list.scrollTo({ top: list.scrollHeight }));
  await expect(cases.locator(`li[aria-posinset="${all}"]`)).toBeInViewport();

  await page.keyboard.press("/");
  await page.keyboard.type("leonardo");
  const found = cases.getByRole("button", { name: /"name":"Leonardo"/ });
  await expect(found).toBeVisible();
  await expect(cases.getByRole("button", { name: /"name":"Ada1"/ })).toHaveCount(0);
  if ((await found.getAttribute("aria-expanded")) !== "true") await found.click();
  await expect(page).toHaveURL(/#case-\d+$/);
  // The link opens the same case for whoever gets it.
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(found).toBeInViewport();
  await expect(found).toHaveAttribute("aria-expanded", "true");

  await page.keyboard.press("i");
  const own = page.getByRole("textbox", { name: "Your input, as JSON" });
  await expect(own).toBeFocused();
  await own.fill('{"name":"Raffaello"}');
  await page.keyboard.press("Control+Enter");
  const tried = page.getByRole("region", { name: "Try your own input" });
  await expect(tried.getByText("Good day Raffaello").first()).toBeVisible();
  await expect(tried.getByText("Hi Raffaello").first()).toBeVisible();

  // Only a word of whoever reviews it turns this verdict: nothing is promised, and the answers are a click away.
  await expect(page.getByRole("button", { name: "Tell me then" })).toHaveCount(0);
  await page.getByRole("button", { name: /^Look at the \d+ changed answers$/ }).click();
  const kinds = page.getByRole("list", { name: "Kinds of new answers" });
  await expect(kinds.getByRole("listitem")).toContainText("/text");
  await kinds.getByRole("button", { name: "Intended" }).click();
  await expect(page.getByText(/are cases of the tool now/)).toBeVisible();
  await expect.poll(verdict).toBe("passed");
  await expect(page.getByText("Passed", { exact: true }).first()).toBeVisible();
  // Whoever works by keyboard is still where the button stood.
  await expect(page.locator("body")).not.toBeFocused();
  // What is still changed are counterexamples that were looked for, and they are counted with the list.
  const rows = page.getByRole("region", { name: "List of cases" }).getByRole("button", { name: /^Changed/ });
  await expect(rows.filter({ hasNotText: "counterexample" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: `changed ${await rows.count()}` })).toBeVisible();
});
