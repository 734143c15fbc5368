/** What a call in the sandbox costs across the process, beside a plain child process that echoes JSON lines. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { MANIFEST, moduleOf, returned, runLive } from "#lib/adapters/sandbox/guest.fixture.ts";
import { createIsolate } from "#lib/adapters/sandbox/isolate.ts";
import type { Report } from "#lib/adapters/sandbox/messages.ts";
import { compileModule } from "#lib/core/module-rules.ts";
import type { Manifest } from "#lib/core/tool.ts";
import { type BenchResult, type Figure, figure } from "./figure.ts";
import { inTurns } from "./turns.ts";

const WINDOWS = 15;
/** The tools declare what they use and no more. */
const NOTHING: Manifest = { ...MANIFEST, permissions: { network: [], kv: "none", secrets: [] } };
const ONE_STORE: Manifest = { ...MANIFEST, permissions: { ...NOTHING.permissions, kv: "read" } };

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

/** A call in an isolate of this very process: what a worker does for a call, without the crossing. */
function openInside(): { call: Call; close(): void } {
  const { name, source } = moduleOf("return input");
  const compiled = compileModule(name, source);
  if (!compiled.ok) throw new Error("the probe does not compile");
  const { factory } = compiled;
  const isolate = createIsolate({ name, factory, memoryMb: 64, permissions: NOTHING.permissions, outputBytes: 1e6 });
  let id = 0;
  return {
    async call(input) {
      id += 1;
      let report = isolate.turn(`[[${id},1,2,3,1,null,${input}]]`, 1_000);
      if (report[0] === "+") report = isolate.drain();
      const told = JSON.parse(report.slice(report.indexOf("{"))) as Report;
      if (told.ending?.kind !== "returned" || told.ending.output !== input)
        throw new Error("a wrong answer inside the worker");
    },
    close: () => isolate.dispose(),
  };
}

/** Measures in turns with the echo; the tool with an effect reads one key, which is answered at once and logged. */
export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  const total = quick ? 500 : 3_000;
  const sandbox = await createSandbox({ workers: 1 });
  const echo = startEcho();
  const inside = openInside();
  try {
    process.stderr.write(`calls: ${sandbox.describe().detail}\n`);
    const plain = moduleOf("return input");
    const logged = moduleOf("await ctx.kv.get('k'); return input");
    const callPlain: Call = async (input) => {
      if (returned(await runLive(sandbox, plain, input, { manifest: NOTHING })) !== input)
        throw new Error("a wrong answer");
    };
    const callLogged: Call = async (input) => {
      const result = await runLive(sandbox, logged, input, { perform: async () => null, manifest: ONE_STORE });
      if (returned(result) !== input || result.effects.length !== 1) throw new Error("a wrong answer or log");
    };
    for (const call of [callPlain, callLogged, echo.call, inside.call]) await measure(call, 16, 3 * total);
    const figures: Record<string, Figure> = {};
    const p50 = (call: Call) => async () => (await measure(call, 1, total)).p50;
    // The bare function takes well under a microsecond: what a call takes is what is added.
    for (const [name, call, atMost] of [
      ["added_us_worker", inside.call, 4],
      ["added_us_process", callPlain, 30],
    ] as const) {
      const seen = await inTurns(WINDOWS, "less", p50(call), p50(echo.call));
      const { own, peer, ratio, best } = seen;
      const other = name === "added_us_process" ? { peer, ratio } : {};
      figures[name] = { ...figure(own, "µs", { atMost }), ...other };
      figures[`${name}_best`] = figure(best, "µs in the best window");
      process.stderr.write(`calls: ${name} ${own} (best window ${best}), a plain child's echo ${peer}\n`);
    }
    for (const inFlight of [1, 16, 64]) {
      const perSecond = (call: Call) => async () => (await measure(call, inFlight, total)).perSecond;
      const { own, peer, ratio, best } = await inTurns(WINDOWS, "more", perSecond(callLogged), perSecond(echo.call));
      const name = inFlight === 64 ? "calls_per_s" : `calls_per_s_${inFlight}`;
      figures[name] = { ...figure(own, "calls/s", inFlight === 64 ? { atLeast: 50_000 } : undefined), peer, ratio };
      figures[`${name}_best`] = figure(best, "calls/s in the best window");
      process.stderr.write(`calls: ${inFlight} in flight: ${own}/s (best window ${best}), plain child ${peer}/s\n`);
    }
    return { bench: "calls", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
  } finally {
    echo.close();
    inside.close();
    await sandbox.close();
  }
}
