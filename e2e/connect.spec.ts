import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { api, expect, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

let whetstone: RunningWhetstone;
test.beforeAll(async () => {
  whetstone = await startWhetstone();
});
test.afterAll(() => whetstone.stop());

type Snippet = { mcpServers: { whetstone: { url: string; headers: Record<string, string> } } };

/** An agent's ordinary client, told exactly what the snippet says. */
async function connect(snippet: Snippet): Promise<Client> {
  const { url, headers } = snippet.mcpServers.whetstone;
  const client = new Client({ name: "e2e-agent", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

test("an agent is connected by the snippet; its first call turns the dot green and lies open with its effects", async ({
  watched: page,
}) => {
  await page.goto(whetstone.signInLink);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome to Whetstone");
  await expect(page.getByText("Waiting for the first call")).toBeVisible();
  const curl = page.getByRole("region", { name: "A first call with curl" });
  await expect(curl).toContainText(`Bearer $(cat ${whetstone.home}/admin-key)`);

  await page.getByRole("button", { name: "Make a key for it" }).click();
  const snippet = page.getByRole("region", { name: "MCP configuration" });
  await expect(snippet).toContainText("Bearer wk_");
  const client = await connect(JSON.parse(String(await snippet.locator("code").textContent())) as Snippet);
  try {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("set_preference");
    const answer = await client.callTool({
      name: "set_preference",
      arguments: { userId: "u1", name: "language", value: "en" },
    });
    expect(answer.isError ?? false).toBe(false);

    await expect(page).toHaveURL(/\/connect\?since=\d+$/);
    const first = page.getByRole("region", { name: "The first call" });
    await expect(first).toContainText("The first call has come");
    await expect(first).toContainText("set_preference");
    await expect(first).toContainText("by agent");
    // The key is not lost with the page that it was made on.
    await expect(snippet).toContainText("Bearer wk_");
    await expect(first.getByText("kv", { exact: false }).first()).toBeVisible();
    // Later calls do not take its place, and a reload finds it again.
    await client.callTool({ name: "calculator", arguments: { operation: "add", a: 1, b: 2 } });
    await page.reload();
    await expect(first).toContainText("set_preference");

    await first.getByRole("link", { name: "Open the call" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("A call of set_preference");
    await page.getByRole("button", { name: "Replay" }).click();
    await expect(page.getByText("Version 1 ends as recorded.")).toBeVisible();
  } finally {
    await client.close();
  }
  // One call was recorded for each that was made: the replay is none.
  const recorded = (await api(whetstone, "GET", "/executions?caller=agent")).body.items as unknown[];
  expect(recorded).toHaveLength(2);

  await page.goto(`${whetstone.url}/`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  await expect(page.getByText("nothing waits")).toBeVisible();
});

test("whoever connects another agent waits for its call alone", async ({ watched: page }) => {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await api(whetstone, "POST", "/tools/calculator/executions", { input: { operation: "add", a: 1, b: 1 } });
  await page.getByRole("link", { name: "Connect an agent" }).click();
  await expect(page.getByText("Waiting for the next call")).toBeVisible();
  await expect(page.getByText("Waiting for the first call")).toHaveCount(0);
  await api(whetstone, "POST", "/tools/calculator/executions", { input: { operation: "divide", a: 1, b: 0 } });
  const first = page.getByRole("region", { name: "The first call" });
  await expect(first).toContainText("OutputNotJson");
  // Whoever called before as well proves nothing of a new agent.
  await expect(first).toContainText("A call has come, by admin as before");

  // With a key made in place, the calls of others that are busy meanwhile do not count.
  await page.getByRole("button", { name: "Make a key for it" }).click();
  await expect(page.getByText("The key “agent-2” is in the snippets below")).toBeVisible();
  await expect(page).toHaveURL(/&agent=agent-2$/);
  await expect(page.getByText("Waiting for the first call by agent-2")).toBeVisible();
  await api(whetstone, "POST", "/tools/calculator/executions", { input: { operation: "add", a: 3, b: 3 } });
  await page.reload();
  await expect(page.getByText("Waiting for the first call by agent-2")).toBeVisible();
  await page.getByRole("button", { name: "Make a key for it" }).click();
  const snippet = page.getByRole("region", { name: "MCP configuration" });
  await expect(page.getByText("Waiting for the first call by agent-3")).toBeVisible();
  const client = await connect(JSON.parse(String(await snippet.locator("code").textContent())) as Snippet);
  try {
    await api(whetstone, "POST", "/tools/calculator/executions", { input: { operation: "add", a: 4, b: 4 } });
    await client.callTool({ name: "calculator", arguments: { operation: "add", a: 40, b: 2 } });
    await expect(first).toContainText("The first call has come");
    await expect(first).toContainText("by agent-3");
    await expect(first).toContainText('"a":40');
    // The key that is shown once stays where it is.
    await expect(snippet).toContainText("Bearer wk_");
  } finally {
    await client.close();
  }
});

test("real mode and taking a key back are asked about first; a figure that does not fit says so beside its field", async ({
  watched: page,
}) => {
  const link = (await api(whetstone, "POST", "/sign-in-links", {})).body.path as string;
  await page.goto(`${whetstone.url}${link}`);
  await page.goto(`${whetstone.url}/settings`);
  const row = page.getByRole("row", { name: /^agent-2 / });
  const revoke = row.getByRole("button", { name: "Revoke agent-2" });
  await revoke.click();
  const question = page.getByRole("alertdialog", { name: "Revoke the key “agent-2”?" });
  await expect(question).toContainText("What uses “agent-2” is cut off at once");
  await page.keyboard.press("Escape");
  await expect(revoke).toBeFocused();
  await revoke.click();
  await question.getByRole("button", { name: "Revoke it" }).click();
  await expect(row.getByText("revoked")).toBeVisible();

  const real = page.getByRole("button", { name: "Switch to real mode" });
  const asked = page.getByRole("alertdialog", { name: "Switch to real mode?" });
  await real.click();
  await expect(asked).toContainText("writes the tool's file, after a backup");
  await page.keyboard.press("Escape");
  await expect(real).toBeFocused();
  expect((await api(whetstone, "GET", "/settings")).body.mode).toBe("simulated");
  await real.click();
  await asked.getByRole("button", { name: "Switch to real mode" }).click();
  await page.getByRole("button", { name: "Switch to simulated mode" }).click();
  await expect(real).toBeVisible();

  // One key changes a list: what lets files be written, or deletes, is asked about there as well.
  const kept = page.getByRole("combobox", { name: "Calls are kept for" });
  await kept.selectOption("90 days");
  const shorter = page.getByRole("alertdialog", { name: "Keep calls of all tools for 90 days?" });
  await expect(shorter).toContainText("deleted within the hour and cannot be brought back");
  await page.keyboard.press("Escape");
  await expect(kept).toHaveValue("ever");
  await kept.selectOption("90 days");
  await shorter.getByRole("button", { name: "Keep them for 90 days" }).click();
  await expect(kept).toHaveValue("90");
  await page.getByRole("combobox", { name: "What of a call is kept" }).selectOption("Without sensitive values");
  await expect.poll(async () => (await api(whetstone, "GET", "/settings")).body.recording).toBe("redacted");
  await page.goto(`${whetstone.url}/tools/calculator`);
  const mode = page.getByRole("combobox", { name: "Mode" });
  await mode.selectOption("Real");
  const askedOfTool = page.getByRole("alertdialog", { name: "Switch calculator to real mode?" });
  await expect(askedOfTool).toContainText("then writes its file, after a backup");
  await page.keyboard.press("Escape");
  await expect(askedOfTool).toHaveCount(0);
  await expect(mode).toHaveValue("inherit");
  await expect(page.getByText("calls that are kept no longer are deleted within the hour")).toBeVisible();
  await expect(kept).toHaveText(/^90 days \(as everywhere\)/);
  await expect(page.getByRole("combobox", { name: "What of a call is kept" })).toHaveText(
    /^Without sensitive values \(as everywhere\)/,
  );
  await kept.selectOption("100 years");
  await expect(kept).toHaveValue("36500");
  await page.goBack();

  const target = page.getByRole("textbox", { name: "Success rate target" });
  for (const [typed, said] of [
    ["", "Success rate target: needs a number from 0.5 to 0.9999 (50 % to 99.99 %)."],
    ["99", "Success rate target: takes a number from 0.5 to 0.9999 (50 % to 99.99 %)."],
  ] as const) {
    await target.fill(typed);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(target).toHaveAttribute("aria-invalid", "true");
    await expect(target).toHaveAccessibleDescription(new RegExp(said.replace(/[.()]/g, "\\$&")));
  }
  await target.fill("0.98");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.poll(async () => (await api(whetstone, "GET", "/settings")).body.target).toBe(0.98);
  await expect(target).not.toHaveAttribute("aria-invalid");
  // What only the server knows comes to its field as well.
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await name.fill("9 no name");
  await page.getByRole("textbox", { name: "Value", exact: true }).fill("secret");
  await page.getByRole("button", { name: "Set secret" }).click();
  await expect(name).toHaveAccessibleDescription(/Name: takes up to 100 letters/);
  expect((await api(whetstone, "PATCH", "/settings", { target: 99 })).body.detail).toBe(
    "target: takes a number from 0.5 to 0.9999 (50 % to 99.99 %).",
  );
});
