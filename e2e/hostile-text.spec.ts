import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { api, expect, test, waitForReview } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

/** As long as a name may be. */
const NAME = `t${"ool".repeat(42)}x`;
const MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

/** Answers what it is asked for: markup, terminal codes, text that turns around, a megabyte, errors of each. */
const SOURCE = `import { defineTool } from "whetstone";
export default defineTool({
  name: ${JSON.stringify(NAME)},
  description: ${JSON.stringify(`${MARKUP} \u202egnp.exe 👩‍👩‍👧‍👦 ${"w".repeat(300)}`)},
  inputSchema: { type: "object" },
  outputSchema: { type: "object" },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: true },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [],
  owners: [${JSON.stringify(MARKUP)}],
  run(input) {
    if (input.fail) throw new Error(String(input.text) + "\\u001b[31m" + "e".repeat(5000));
    if (input.deep) return { deep: JSON.parse(input.deep) };
    return { echo: input.text, big: "x".repeat(input.size ?? 0) };
  },
});
`;

test("text from tools is shown inert and breaks no layout", async ({ watched: page }) => {
  test.setTimeout(240_000);
  await writeFile(join(whetstone.tools, `${NAME}.ts`), SOURCE);
  await expect
    .poll(async () => (await api(whetstone, "GET", `/tools/${NAME}`)).body.activeVersion, { timeout: 30_000 })
    .toBe(1);
  const ids: string[] = [];
  for (const input of [
    { text: MARKUP, fail: true },
    { text: "\u202eمرحبا\u202c\u001b]0;owned\u0007 👩‍👩‍👧‍👦", fail: true },
    { text: MARKUP },
    { text: "w".repeat(20_000), size: 1_000_000 },
    { text: `half \ud83d, nothing \u0000, and where a text is cut ${"😀".repeat(12_000)}` },
    { text: `x${"😀".repeat(12_000)} half \ud83d, nothing \u0000`, fail: true },
    { [MARKUP]: { [`${"k".repeat(500)}`]: MARKUP }, text: "" },
    { deep: `${'{"":'.repeat(200)}"the innermost"${"}".repeat(200)}` },
  ])
    ids.push((await api(whetstone, "POST", `/tools/${NAME}/executions`, { input })).body.id as string);
  await api(whetstone, "POST", "/detections", {});
  const [found] = (await api(whetstone, "GET", "/opportunities")).body.items as { id: string }[];

  // People write such text too: who a problem is given to and why, what a key is called, what is wrong with an answer.
  const words = `${MARKUP} \u202egnp.exe ${"w".repeat(80)}`;
  await api(whetstone, "PATCH", `/opportunities/${found?.id}`, {
    assignee: words,
    note: `${words} ${"n".repeat(5000)}`,
  });
  await api(whetstone, "POST", "/keys", { name: `${"k".repeat(60)}<b>\u202e`, scopes: ["read"] });
  await api(whetstone, "POST", `/executions/${ids[2]}/feedback`, { correct: false, note: words });
  await api(whetstone, "POST", `/executions/${ids[2]}/case`, { description: words, expectedOutput: { echo: MARKUP } });

  // And a change of it comes to review, with all of this in its cases, its comments and its source.
  const source = SOURCE.replace("echo: input.text", `echo: input.text ?? ${JSON.stringify(MARKUP)}`);
  const proposal = (await api(whetstone, "POST", "/proposals", { tool: NAME, source, rationale: words })).body.id;
  await waitForReview(whetstone, String(proposal));
  await api(whetstone, "POST", `/proposals/${proposal}/comments`, { text: `${words} \u001b[31m`, line: 9 });

  await page.goto(whetstone.signInLink);
  const title = /Whetstone/;
  const faults: unknown[] = [];
  for (const path of [
    "/",
    "/tools",
    `/tools/${NAME}`,
    `/tools/${NAME}/versions`,
    "/executions",
    ...ids.map((id) => `/executions/${id}`),
    "/opportunities",
    `/opportunities/${found?.id}`,
    `/proposals/${proposal}`,
    "/proposals",
    "/sync",
    "/activity",
    "/settings",
    "/connect?since=1",
    `/executions?text=${encodeURIComponent("<script>")}`,
    "/demo",
  ]) {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${whetstone.url}${path}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await page.title(), path).toMatch(title);
      const measured = await page.evaluate(() => ({
        sticksOut: document.documentElement.scrollWidth - innerWidth,
        widest: [...document.querySelectorAll("main *")]
          .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
          .slice(0, 3)
          .map(({ tagName, className }) => `${tagName}.${String(className).slice(0, 60)}`),
        injected: document.querySelectorAll("main img[src='x'], main script").length,
      }));
      if (measured.sticksOut > 0 || measured.injected > 0) faults.push({ path, width, ...measured });
    }
  }
  expect(faults).toEqual([]);

  // A value too long to show is copied whole, and its link keeps it as a file that no browser opens as a page.
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${whetstone.url}/executions/${ids[3]}`);
  await page.getByRole("button", { name: "Copy the output" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect([copied.echo.length, copied.big.length]).toEqual([20_000, 1_000_000]);
  const link = await page.getByRole("link", { name: "The whole output" }).getAttribute("href");
  const file = await page.request.get(`${whetstone.url}${link}`);
  expect(file.headers()).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "content-disposition": 'attachment; filename="whetstone-output.json"',
    "x-content-type-options": "nosniff",
  });
  expect(await file.json()).toEqual(copied);

  // What turns text around or is a control is written as its escape; letters that run from right to left stay.
  await page.goto(`${whetstone.url}/executions/${ids[1]}`);
  const main = page.getByRole("main");
  await expect(main.getByText("\\u202eمرحبا\\u202c\\u001b]0;owned\\u0007 👩‍👩‍👧‍👦")).toHaveCount(2);
  for (const [path, shown] of [
    [`/executions/${ids[4]}`, "half \\ud83d, nothing \\u0000"],
    [`/opportunities/${found?.id}`, "\\u001b"],
    [`/executions/${ids[7]}`, '"": {'],
    [`/executions/${ids[7]}`, '(what is deeper, as text) {"":{"":'],
    ["/tools", "\\u202egnp.exe"],
    ["/", "needs you now"],
    ["/activity", "decided"],
    ["/executions", "\\u202eمرحبا"],
  ] as const) {
    await page.goto(`${whetstone.url}${path}`);
    await expect(main, path).toContainText(shown);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
    expect(await main.textContent(), path).not.toMatch(/[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069]/);
  }
});
