/** A browser page that fails its test on any console error, uncaught exception or request to another host. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test as base, type Page } from "@playwright/test";
import type { RunningWhetstone } from "./server.ts";

export const test = base.extend<{ watched: Page; expected: RegExp[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright reads a fixture's needs from
  expected: async ({}, use) => use([]),
  watched: async ({ page, expected }, use) => {
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" && !expected.some((known) => known.test(message.text())))
        faults.push(`console: ${message.text()} at ${message.location().url}`);
    });
    page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith("http") && hostname !== "127.0.0.1") faults.push(`request to ${hostname}`);
    });
    const goto = page.goto.bind(page);
    page.goto = async (...where) => {
      const response = await goto(...where);
      // What streams in stands for a moment hidden beside the page that shows it already.
      await base.expect(page.locator('body > [hidden][id^="S:"]')).toHaveCount(0);
      return response;
    };
    await use(page);
    base.expect(faults).toEqual([]);
  },
});

export const expect = base.expect;

/** Calls the API with the admin key. */
export async function api(
  on: RunningWhetstone,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${on.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${on.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Asks for a fix of the calculator: the proposal's id, once it waits for review. */
export async function proposeCalculatorFix(on: RunningWhetstone): Promise<string> {
  for (const a of [1, 2, 3])
    await api(on, "POST", "/tools/calculator/executions", { input: { operation: "divide", a, b: 0 } });
  await api(on, "POST", "/detections", {});
  const [found] = (await api(on, "GET", "/opportunities")).body.items as { id: string }[];
  const { id } = (await api(on, "POST", `/opportunities/${found?.id}/proposals`, {})).body;
  await waitForReview(on, String(id));
  return String(id);
}

/** Waits until a proposal was tested. */
export async function waitForReview(on: RunningWhetstone, id: string): Promise<void> {
  await expect.poll(async () => (await api(on, "GET", `/proposals/${id}`)).body.state).toBe("awaiting_review");
}

/** Makes an edit of a tool's file the active version. */
export async function takeEdit(
  on: RunningWhetstone,
  edit: (source: string) => string,
  tool = "calculator",
): Promise<void> {
  const file = join(on.tools, `${tool}.ts`);
  const source = await readFile(file, "utf8");
  const edited = edit(source);
  expect(edited).not.toBe(source);
  await writeFile(file, edited);
  await expect
    .poll(async () => {
      const { items } = (await api(on, "GET", "/sync")).body as { items: Record<string, unknown>[] };
      return items.find(({ name }) => name === tool)?.syncState;
    })
    .toBe("disk_ahead");
  expect((await api(on, "POST", `/sync/${tool}`, { resolution: "take_disk" })).status).toBe(200);
}
