/** `npm test`: every check that the project has, one after the other, closing with one count over all of them. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, generateClient, isBuilt } from "#lib/main/build.ts";
import { root } from "#lib/main/install.mjs";
import { ensureBubblewrap } from "./bubblewrap.ts";
import { ensureChromium } from "./chromium.ts";

type Count = { passed: number; failed: number; skipped: number };

const total: Count = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
const running = new Set<ReturnType<typeof spawn>>();
let stopped = false;

function stopAll(): void {
  stopped = true;
  for (const child of running) child.kill("SIGINT");
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stopAll);
process.on("disconnect", stopAll);

/** Runs a program with its output shown; answers its exit status. */
function show(program: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    if (stopped) return resolve(130);
    const path = program === "node" ? process.execPath : join(root, "node_modules", ".bin", program);
    const child = spawn(path, args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    running.add(child);
    child.on("error", () => resolve(1));
    child.on("close", (status) => {
      running.delete(child);
      resolve(status ?? 1);
    });
  });
}

async function check(title: string, work: () => Promise<number>): Promise<void> {
  if (stopped) return;
  const started = performance.now();
  const status = await work().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  });
  const passed = status === 0;
  total[passed ? "passed" : "failed"]++;
  if (!passed) failures.push(title);
  process.stderr.write(`  ${passed ? "✓" : "✗"}  ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
}

/** Adds what a runner's JSON report counted; a runner that failed without a failing test counts as one failure. */
async function count(title: string, report: string, status: number, read: (json: unknown) => Count): Promise<void> {
  if (stopped) return;
  const counted = await readFile(report, "utf8")
    .then((text) => read(JSON.parse(text)))
    .catch(() => ({ passed: 0, failed: 0, skipped: 0 }));
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  if (counted.passed + counted.failed === 0) counted.failed = 1;
  total.passed += counted.passed;
  total.failed += counted.failed;
  total.skipped += counted.skipped;
  if (counted.failed > 0) failures.push(`${title}: ${counted.failed} failed`);
}

const reports = await mkdtemp(join(tmpdir(), "whetstone-test-"));
await check("database client", async () => {
  await generateClient(root);
  return 0;
});
await check("route types", () => show("next", ["typegen"], { NEXT_TELEMETRY_DISABLED: "1" }));
await check("types", () => show("tsc", ["--noEmit"]));
await check("types of the tools", () => show("tsc", ["--noEmit", "-p", "tools"]));
await check("lint", () => show("biome", ["check", "--error-on-warnings", "."]));
await check("imports", () => show("node", ["lib/testing/imports.ts"]));
await check("drift between schema and migrations", () => show("node", ["lib/adapters/database/drift.ts"]));

ensureBubblewrap();
const units = join(reports, "vitest.json");
const unitStatus = await show("vitest", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${units}`]);
await count("unit and integration", units, unitStatus, (json) => {
  const report = json as { numPassedTests: number; numFailedTests: number; numPendingTests: number };
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
});

await check("pages build", async () => {
  if (!(await isBuilt(root))) await build(root);
  return 0;
});
if (!stopped) {
  const browser = await ensureChromium();
  const journeys = join(reports, "playwright.json");
  const env = { CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: journeys };
  const status = await show("playwright", ["test", "--reporter=list,json"], env);
  await count("end to end", journeys, status, (json) => {
    const { stats } = json as { stats: { expected: number; unexpected: number; flaky: number; skipped: number } };
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
  });
}
await rm(reports, { recursive: true, force: true });

if (stopped) {
  process.stderr.write("whetstone: stopped before all checks were done\n");
  process.exit(130);
}
for (const failure of failures) process.stderr.write(`  ✗  ${failure}\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(total.failed === 0 ? 0 : 1);
