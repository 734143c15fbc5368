/** Pages of the built app in real Chromium, on a full store: when evidence and diff stand, and how fast a click is answered. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "@playwright/test";
import { type RunningWhetstone, startWhetstone } from "../e2e/server.ts";
import { startEmbeddedPostgres } from "../lib/adapters/database/embedded-postgres.ts";
import { build, isBuilt } from "../lib/main/build.ts";
import { root } from "../lib/main/install.mjs";
import { ensureChromium } from "../lib/testing/chromium.ts";
import { type BenchResult, type Figure, figure } from "./figure.ts";
import { serveBareMonaco } from "./page/bare-monaco.ts";
import { fillStore } from "./page/fill-store.ts";
import { hugeTool, longTool, shortTool } from "./page/long-tool.ts";
import { kilobytes, type Seen, scrollFrame, seenOn, untilDiff, WATCH } from "./page/watch.ts";

const EVIDENCE_MS = 500;
const DIFF_MS = 1_500;
const HUGE_DIFF_MS = 2_000;
const INTERACTION_MS = 100;
const SCRIPT_KB = 180;
const SHIFT = 0.1;
/** Cases in the list that is scrolled. */
const LISTED = 10_000;
/** A frame at 60 Hz, and a half for what a timer's grain and a shared machine add. */
const FRAME_MS = 25;

const KINDS = ["plain", "throttled"] as const;
type Kind = (typeof KINDS)[number];

const PAGES = [
  "/",
  "/tools",
  "/tools/calculator",
  "/tools/calculator/versions",
  "/opportunities",
  "/proposals",
  "/executions",
  "/sync",
  "/activity",
  "/settings",
];
/** It has the editor on it where there are two versions: its script is no page's without. */
const WITH_EDITOR = "/tools/calculator/versions";

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Works the review as a reviewer does, by mouse and keyboard. */
async function work(page: Page): Promise<void> {
  for (const name of [/^all /, /^agrees/]) await page.getByRole("button", { name }).first().click();
  const cases = page.getByRole("region", { name: "List of cases" }).getByRole("button");
  for (let index = 0; index < 4; index += 1) await cases.nth(index).click();
  await page.locator("body").click({ position: { x: 5, y: 5 } });
  for (const key of ["n", "n", "p", "d", "d", "e"]) await page.keyboard.press(key);
  await page.waitForTimeout(300);
}

/** A key that is pressed before the page is alive is lost; whoever waits presses it again. */
async function pressUntil(page: Page, key: string, shown: Locator): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    await page.keyboard.press(key);
    const came = await shown.waitFor({ timeout: 3_000 }).then(
      () => true,
      () => false,
    );
    if (came) return;
  }
  throw new Error(`${key} was pressed ten times, and nothing came of it`);
}

/** A browser that has seen nothing yet, watching itself; faults of its pages are collected. */
async function newPage(browser: Browser, faults: string[], kind: Kind): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") faults.push(`request to ${hostname}`);
  });
  await page.addInitScript(WATCH);
  if (kind === "throttled") {
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

/** Signs a browser in without loading a page, so that the first page it opens finds no script in its cache. */
async function signIn(page: Page, { url, key }: RunningWhetstone): Promise<void> {
  const response = await fetch(`${url}/api/v1/sign-in-links`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: "{}",
  });
  await page.context().request.get(url + ((await response.json()) as { path: string }).path);
}

/** The newest problem and the newest call: pages that stand for all of their kind. */
async function newestOf({ url, key }: RunningWhetstone, kind: "opportunities" | "executions"): Promise<string> {
  const response = await fetch(`${url}/api/v1/${kind}?limit=1`, { headers: { authorization: `Bearer ${key}` } });
  const { items } = (await response.json()) as { items: { id: string }[] };
  const [newest] = items;
  if (newest === undefined) throw new Error(`the store holds no ${kind}`);
  return `/${kind}/${newest.id}`;
}

/** Tools in great number, and the two whose changes are looked at. */
async function writeTools(folder: string, count: number): Promise<void> {
  const source = await readFile(join(folder, "text_statistics.ts"), "utf8");
  for (let number = 0; number < count - 12; number += 1)
    await writeFile(
      join(folder, `copy_${number}.ts`),
      source.replace('name: "text_statistics"', `name: "copy_${number}"`),
    );
  await writeFile(join(folder, "long_tool.ts"), longTool("a + b"));
  await writeFile(join(folder, "huge_tool.ts"), hugeTool("b"));
  await writeFile(join(folder, "short_tool.ts"), shortTool("a + b"));
}

export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  if (!(await isBuilt(root))) await build(root);
  const rounds = quick ? 2 : 5;
  const home = await mkdtemp(join(tmpdir(), "whetstone-page-"));
  await cp(join(root, "tools"), join(home, "tools"), { recursive: true });
  await writeTools(join(home, "tools"), quick ? 20 : 200);
  const postgres = await startEmbeddedPostgres({ home });
  const whetstone = await startWhetstone({ home, env: { DATABASE_URL: postgres.url } });
  const bare = await serveBareMonaco(join(root, "node_modules/monaco-editor/min"), {
    long: { original: longTool("a + b"), modified: longTool("b + a") },
    huge: { original: hugeTool("b"), modified: hugeTool("a") },
  });
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
  try {
    const [long, huge, many] = await fillStore(
      { url: whetstone.url, key: whetstone.key, database: postgres.url },
      {
        executions: quick ? 20_000 : 1_000_000,
        proposals: quick ? 20 : 500,
        changes: [
          { tool: "long_tool", source: longTool("b + a") },
          { tool: "huge_tool", source: hugeTool("a") },
          { tool: "short_tool", source: shortTool("b + a") },
        ],
        cases: LISTED,
      },
    );
    process.stderr.write("the store is filled\n");
    const faults: string[] = [];
    const figures: Record<string, Figure> = {};

    /** Opens an address in new browsers, so many times, and does something on it; the middle of what each saw. */
    async function open(address: string, kind: Kind, on: (page: Page) => Promise<Seen>): Promise<Seen> {
      const seen: Seen[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const page = await newPage(browser, faults, kind);
        if (address.startsWith(whetstone.url)) await signIn(page, whetstone);
        await page.goto(address);
        seen.push(await on(page));
        await page.context().close();
      }
      const of = (what: keyof Seen): number => median(seen.map((one) => one[what]));
      return { evidence: of("evidence"), diff: of("diff"), lcp: of("lcp"), cls: of("cls"), inp: of("inp") };
    }
    const withPeer = (one: Figure, peer: number): Figure => ({ ...one, peer, ratio: one.value / peer });

    for (const kind of KINDS) {
      const end = kind === "plain" ? "_ms" : "_throttled_ms";
      const aim = (most: number): { atMost: number } | undefined => (kind === "plain" ? { atMost: most } : undefined);
      const seen = await open(`${whetstone.url}/proposals/${long}`, kind, async (page) => {
        await untilDiff(page);
        await work(page);
        return seenOn(page);
      });
      const peer = await open(`${bare.url}/long`, kind, untilDiff);
      figures[`evidence${end}`] = figure(seen.evidence, "ms", aim(EVIDENCE_MS));
      figures[`diff${end}`] = withPeer(figure(seen.diff, "ms", aim(DIFF_MS)), peer.diff);
      figures[`inp${end}`] = figure(seen.inp, "ms", aim(INTERACTION_MS));
      figures[`lcp${end}`] = figure(seen.lcp, "ms");
      if (kind === "plain") {
        figures.cls = figure(seen.cls, "", { atMost: SHIFT });
        let frame = 0;
        await open(`${whetstone.url}/proposals/${many}`, kind, async (page) => {
          await page.getByRole("button", { name: /^all 10,?\d{3}/ }).waitFor();
          await untilDiff(page);
          frame = await scrollFrame(page, "List of cases");
          return seenOn(page);
        });
        figures.scroll_frame_ms = figure(frame, "ms", { atMost: FRAME_MS });
        process.stderr.write(`${LISTED} cases: ${frame.toFixed(1)} ms between two frames of a scroll\n`);
      }
      const large = await open(`${whetstone.url}/proposals/${huge}`, kind, untilDiff);
      const largePeer = await open(`${bare.url}/huge`, kind, untilDiff);
      figures[`huge_diff${end}`] = withPeer(figure(large.diff, "ms", aim(HUGE_DIFF_MS)), largePeer.diff);
      process.stderr.write(
        `review, ${kind}: evidence ${seen.evidence.toFixed(0)}, diff ${seen.diff.toFixed(0)} (bare ${peer.diff.toFixed(0)}), interaction ${seen.inp.toFixed(0)}, 5,000 lines ${large.diff.toFixed(0)} (bare ${largePeer.diff.toFixed(0)}) ms\n`,
      );
    }

    let heaviest = 0;
    const single = [
      await newestOf(whetstone, "opportunities"),
      await newestOf(whetstone, "executions"),
      `/proposals/${long}`,
    ];
    for (const path of [...PAGES, ...single])
      for (const kind of KINDS) {
        const name = single.includes(path) ? path.replace(/[^/]+$/, "[id]") : path;
        const page = await newPage(browser, faults, kind);
        await signIn(page, whetstone);
        await page.goto(`${whetstone.url}${path}`, { waitUntil: "load" });
        const sizes = await kilobytes(page);
        // The list of keys is opened and shut, and the theme turned: what every page answers.
        await pressUntil(page, "?", page.getByRole("dialog"));
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "hidden" });
        await page.getByRole("button", { name: /theme/i }).first().click();
        await page.waitForTimeout(300);
        const { lcp, cls, inp } = await seenOn(page);
        await page.context().close();
        const end = kind === "plain" ? "" : " throttled";
        process.stderr.write(
          `${name}${end}: ${sizes.script.toFixed(0)} of ${sizes.all.toFixed(0)} KB are script, largest paint ${lcp.toFixed(0)}, interaction ${inp.toFixed(0)} ms, shift ${cls.toFixed(3)}\n`,
        );
        figures[`lcp_ms ${name}${end}`] = figure(lcp, "ms");
        figures[`inp_ms ${name}${end}`] = figure(inp, "ms");
        if (kind === "throttled") continue;
        figures[`cls ${name}`] = figure(cls, "", { atMost: SHIFT });
        figures[`kb ${name}`] = figure(sizes.all, "KB");
        if (name !== WITH_EDITOR && name !== "/proposals/[id]") heaviest = Math.max(heaviest, sizes.script);
      }
    figures.js_kb_gzip = figure(heaviest, "KB", { atMost: SCRIPT_KB });
    figures.faults = figure(faults.length, "", { atMost: 0 });
    for (const fault of faults.slice(0, 5)) process.stderr.write(`fault: ${fault}\n`);
    return { bench: "page", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
  } finally {
    await browser.close();
    bare.stop();
    await whetstone.stop();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}
