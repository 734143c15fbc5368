/** What a call in the sandbox costs across the process, beside a plain child process that echoes JSON lines. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { MANIFEST, moduleOf, returned, runLive } from "#lib/adapters/sandbox/guest.fixture.ts";
import { createIsolate } from "#lib/adapters/sandbox/isolate.ts";
import type { Report } from "#lib/adapters/sandbox/messages.ts";
import { compileModule } from "#lib/core/module-rules.ts";
import { type BenchResult, type Figure, figure } from "./figure.ts";

type Call = (input: number) => Promise<void>;

/** Calls a second with as many in flight, and the median of one call in microseconds. */
async function measure(call: Call, inFlight: number, total: number): Promise<{ perSecond: number; p50: number }> {
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  const lane = async (): Promise<void> => {
    while (next < total) {
      const input = next++;
      const at = performance.now();
      await call(input);
      times.push((performance.now() - at) * 1000);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  return { perSecond: Math.round(total / seconds), p50: Math.round((times[total >> 1] ?? 0) * 10) / 10 };
}

function startEcho(): { call: Call; close(): void } {
  const script = `require("node:readline").createInterface({ input: process.stdin })
    .on("line", (line) => process.stdout.write(JSON.stringify(JSON.parse(line)) + "\\n"));`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting: (() => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    JSON.parse(line);
    waiting.shift()?.();
  });
  return {
    call: (input) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify({ input })}\n`);
      }),
    close: () => child.kill("SIGKILL"),
  };
}

/** One call in an isolate of this very process: what a worker does for a call, without the crossing. */
async function measureInside(total: number): Promise<number> {
  const { name, source } = moduleOf("return input");
  const compiled = compileModule(name, source);
  if (!compiled.ok) throw new Error("the probe does not compile");
  const { factory } = compiled;
  const isolate = createIsolate({ name, factory, memoryMb: 64, permissions: MANIFEST.permissions, outputBytes: 1e6 });
  let id = 0;
  const call: Call = async (input) => {
    id += 1;
    let report = isolate.turn(`[[${id},1,2,3,1,null,${input}]]`, 1_000);
    if (report[0] === "+") report = isolate.drain();
    const told = JSON.parse(report.slice(report.indexOf("{"))) as Report;
    if (told.ending?.kind !== "returned" || told.ending.output !== input)
      throw new Error("a wrong answer inside the worker");
  };
  await measure(call, 1, total >> 1);
  const { p50 } = await measure(call, 1, total);
  isolate.dispose();
  return p50;
}

/** Measures; the tool with an effect reads one key, which is answered at once and logged. */
export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  const total = quick ? 1_000 : 20_000;
  const sandbox = await createSandbox({ workers: 1 });
  const echo = startEcho();
  try {
    process.stderr.write(`calls: ${sandbox.describe().detail}\n`);
    const plain = moduleOf("return input");
    const logged = moduleOf("await ctx.kv.get('k'); return input");
    const callPlain: Call = async (input) => {
      if (returned(await runLive(sandbox, plain, input)) !== input) throw new Error("a wrong answer");
    };
    const callLogged: Call = async (input) => {
      const result = await runLive(sandbox, logged, input, { perform: async () => null });
      if (returned(result) !== input || result.effects.length !== 1) throw new Error("a wrong answer or log");
    };
    for (const call of [callPlain, callLogged, echo.call]) await measure(call, 16, total >> 1);
    const figures: Record<string, Figure> = {};
    figures.added_us_worker = figure(await measureInside(total), "µs", { atMost: 4 });
    const alone = await measure(callPlain, 1, total);
    const aloneEcho = await measure(echo.call, 1, total);
    // The bare function takes well under a microsecond: what a call takes is what is added.
    figures.added_us_process = { ...figure(alone.p50, "µs", { atMost: 30 }), peer: aloneEcho.p50 };
    for (const inFlight of [1, 16, 64]) {
      const { perSecond } = await measure(callLogged, inFlight, total);
      const peer = (await measure(echo.call, inFlight, total)).perSecond;
      const name = inFlight === 64 ? "calls_per_s" : `calls_per_s_${inFlight}`;
      const aim = inFlight === 64 ? { atLeast: 50_000 } : undefined;
      figures[name] = { ...figure(perSecond, "calls/s", aim), peer, ratio: Math.round((perSecond / peer) * 100) / 100 };
      process.stderr.write(`calls: ${inFlight} in flight: ${perSecond}/s, plain child ${peer}/s\n`);
    }
    return { bench: "calls", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
  } finally {
    echo.close();
    await sandbox.close();
  }
}
