/** Pages of the built app in real Chromium, on a full store: when evidence and diff stand, and how fast a click is answered. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { startWhetstone } from "../e2e/server.ts";
import { startEmbeddedPostgres } from "../lib/adapters/database/embedded-postgres.ts";
import { build, isBuilt } from "../lib/main/build.ts";
import { root } from "../lib/main/install.mjs";
import { ensureChromium } from "../lib/testing/chromium.ts";
import { type BenchResult, type Figure, figure } from "./figure.ts";
import { fillStore } from "./page/fill-store.ts";
import { longTool } from "./page/long-tool.ts";

const EVIDENCE_MS = 500;
const DIFF_MS = 1_500;
const INTERACTION_MS = 100;
const SCRIPT_KB = 180;

/** Reads, inside a page, the moments that a person waits for. */
const WATCH = `
  window.__seen = { evidence: 0, diff: 0, lcp: 0, cls: 0, inp: 0 };
  const look = () => {
    const seen = window.__seen;
    if (!seen.evidence && document.querySelector('[aria-label="List of cases"] li')) seen.evidence = performance.now();
    if (!seen.diff && document.querySelector('.editor.modified .view-line span span')) seen.diff = performance.now();
    if (!seen.evidence || !seen.diff) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.__seen.lcp = entry.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__seen.cls += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (entry.interactionId) window.__seen.inp = Math.max(window.__seen.inp, entry.duration); }).observe({ type: 'event', buffered: true, durationThreshold: 16 });
`;

type Seen = { evidence: number; diff: number; lcp: number; cls: number; inp: number };

const seenOn = (page: Page): Promise<Seen> => page.evaluate("window.__seen");

/** Bytes of script that a page's first load brings over the wire. */
function scriptBytes(page: Page): Promise<number> {
  return page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ name }) => /\.js(\?|$)/.test(name))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  );
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Opens the review, waits for evidence and diff, and works it by mouse and keyboard. */
async function review(page: Page, url: string): Promise<Seen> {
  await page.goto(url);
  await page.waitForFunction("window.__seen.evidence > 0 && window.__seen.diff > 0", undefined, { timeout: 60_000 });
  for (const name of [/^all /, /^agrees/]) await page.getByRole("button", { name }).first().click();
  const cases = page.getByRole("region", { name: "List of cases" }).getByRole("button");
  for (let index = 0; index < 4; index += 1) await cases.nth(index).click();
  await page.locator("body").click({ position: { x: 5, y: 5 } });
  for (const key of ["n", "n", "p", "d", "d", "e"]) await page.keyboard.press(key);
  await page.waitForTimeout(300);
  return seenOn(page);
}

async function newPage(browser: Browser, link: string, faults: string[], throttled: boolean): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") faults.push(`request to ${hostname}`);
  });
  await page.goto(link);
  await page.addInitScript(WATCH);
  if (throttled) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 40,
      downloadThroughput: (10 * 1024 * 1024) / 8,
      uploadThroughput: (5 * 1024 * 1024) / 8,
    });
  }
  return page;
}

export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  if (!(await isBuilt(root))) await build(root);
  const home = await mkdtemp(join(tmpdir(), "whetstone-page-"));
  await cp(join(root, "tools"), join(home, "tools"), { recursive: true });
  const tools = quick ? 20 : 200;
  const source = await readFile(join(root, "tools", "text_statistics.ts"), "utf8");
  for (let number = 0; number < tools - 11; number += 1)
    await writeFile(
      join(home, "tools", `copy_${number}.ts`),
      source.replace('name: "text_statistics"', `name: "copy_${number}"`),
    );
  await writeFile(join(home, "tools", "long_tool.ts"), longTool("a + b"));
  const postgres = await startEmbeddedPostgres({ home });
  const whetstone = await startWhetstone({ home, env: { DATABASE_URL: postgres.url } });
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
  try {
    const proposal = await fillStore(
      { url: whetstone.url, key: whetstone.key, database: postgres.url },
      { executions: quick ? 20_000 : 1_000_000, proposals: quick ? 20 : 500, source: longTool("b + a") },
    );
    const faults: string[] = [];
    const measured: Record<"plain" | "throttled", Seen[]> = { plain: [], throttled: [] };
    const signIn = async (): Promise<string> => {
      const response = await fetch(`${whetstone.url}/api/v1/sign-in-links`, {
        method: "POST",
        headers: { authorization: `Bearer ${whetstone.key}`, "content-type": "application/json" },
        body: "{}",
      });
      return whetstone.url + ((await response.json()) as { path: string }).path;
    };
    for (const kind of ["plain", "throttled"] as const)
      for (let round = 0; round < (quick ? 2 : 5); round += 1) {
        const page = await newPage(browser, await signIn(), faults, kind === "throttled");
        measured[kind].push(await review(page, `${whetstone.url}/proposals/${proposal}`));
        await page.context().close();
      }
    const figures: Record<string, Figure> = {};
    const of = (kind: "plain" | "throttled", what: keyof Seen): number =>
      median(measured[kind].map((seen) => seen[what]));
    figures.evidence_ms = figure(of("plain", "evidence"), "ms", { atMost: EVIDENCE_MS });
    figures.diff_ms = figure(of("plain", "diff"), "ms", { atMost: DIFF_MS });
    figures.inp_ms = figure(of("plain", "inp"), "ms", { atMost: INTERACTION_MS });
    for (const what of ["evidence", "diff", "inp", "lcp"] as const)
      figures[`${what}_throttled_ms`] = figure(of("throttled", what), "ms");
    figures.cls = figure(of("plain", "cls"), "", { atMost: 0.1 });

    let heaviest = 0;
    const page = await newPage(browser, await signIn(), faults, false);
    for (const path of [
      "/",
      "/tools",
      "/tools/calculator",
      "/opportunities",
      "/proposals",
      "/executions",
      "/sync",
      "/activity",
      "/settings",
    ]) {
      await page.goto(`${whetstone.url}${path}`, { waitUntil: "load" });
      const bytes = await scriptBytes(page);
      const { lcp } = await seenOn(page);
      process.stderr.write(
        `${path}: ${(bytes / 1024).toFixed(0)} KB of script, largest paint at ${lcp.toFixed(0)} ms\n`,
      );
      heaviest = Math.max(heaviest, bytes / 1024);
      figures[`lcp_ms ${path}`] = figure(lcp, "ms");
    }
    figures.js_kb_gzip = figure(heaviest, "KB", { atMost: SCRIPT_KB });
    figures.faults = figure(faults.length, "", { atMost: 0 });
    for (const fault of faults.slice(0, 5)) process.stderr.write(`fault: ${fault}\n`);
    return { bench: "page", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
  } finally {
    await browser.close();
    await whetstone.stop();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}
