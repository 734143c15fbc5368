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
  await expect(page.getByText("Waiting for the first call")).toBeVisible();
  await api(whetstone, "POST", "/tools/calculator/executions", { input: { operation: "divide", a: 1, b: 0 } });
  await expect(page.getByRole("region", { name: "The first call" })).toContainText("OutputNotJson");
});
