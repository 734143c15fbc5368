/**
 * What a call costs an agent: authenticated, sandboxed and recorded durably before the reply, against a bare server of
 * the official SDK (and, for the HTTP endpoint, a bare `node:http` handler) that calls the same function with none of
 * that. One client for all, each in a process of its own, taking turns.
 */
import { chmod, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "#lib/main/install.mjs";
import { type BenchResult, type Figure, figure } from "./figure.ts";
import { type CpuTime, cpuTime } from "./mcp/cpu.ts";
import type { Plan, Seen } from "./mcp/load.ts";
import { type BenchClient, type BenchServer, startClient, startServer } from "./mcp/processes.ts";

/** Ratios to reach, by calls in flight. */
const AIMS = { 1: 0.7, 16: 2.5, 64: 3 } as const;
const HTTP_AIM = 0.4;

type Target = Pick<Plan, "port" | "head" | "body" | "expected"> & { readonly pid: number };
type Pair = { readonly ours: Target; readonly peer: Target };

const HOST = "Host: 127.0.0.1\r\nContent-Type: application/json\r\nUser-Agent: bench";

function mcpTarget({ port, pid, key }: BenchServer): Target {
  return {
    port,
    pid,
    head: `POST /mcp HTTP/1.1\r\n${HOST}\r\nAccept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-06-18\r\nAuthorization: Bearer ${key ?? "none"}`,
    body: '{"jsonrpc":"2.0","id":#,"method":"tools/call","params":{"name":"calculator","arguments":{"operation":"subtract","a":#,"b":0}}}',
    expected: '"structuredContent":{"result":#}',
  };
}

function httpTarget({ port, pid, key }: BenchServer): Target {
  return {
    port,
    pid,
    head: `POST /api/v1/tools/calculator/executions HTTP/1.1\r\n${HOST}\r\nAuthorization: Bearer ${key ?? "none"}`,
    body: '{"input":{"operation":"subtract","a":#,"b":0}}',
    expected: '"output":{"result":#}',
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const round = (value: number): number => Math.round(value * 100) / 100;

type Turn = Seen & { readonly cpu: CpuTime | null };

/** Microseconds of processor time a call, which other work on the machine disturbs less than the calls a second. */
async function measure(client: BenchClient, target: Target, inFlight: number, seconds: number): Promise<Turn> {
  const { pid, ...asked } = target;
  const before = cpuTime(pid);
  const seen = await client.measure({ ...asked, inFlight, seconds });
  const after = cpuTime(pid);
  if (before === null || after === null) return { ...seen, cpu: null };
  const each = (kind: keyof CpuTime): number => (after[kind] - before[kind]) / seen.calls;
  return { ...seen, cpu: { server: each("server"), postgres: each("postgres"), workers: each("workers") } };
}

/** Turns of both, one after the other; the middle of the ratios is what counts. */
async function compare(client: BenchClient, { ours, peer }: Pair, inFlight: number, turns: number, seconds: number) {
  const seen: { own: Turn; other: Turn }[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const other = await measure(client, peer, inFlight, seconds);
    seen.push({ own: await measure(client, ours, inFlight, seconds), other });
  }
  const middle = (of: (one: (typeof seen)[number]) => number): number => round(median(seen.map(of)));
  return {
    ratio: middle(({ own, other }) => own.perSecond / other.perSecond),
    own: middle(({ own }) => own.perSecond),
    other: middle(({ other }) => other.perSecond),
    p50: middle(({ own }) => own.p50Ms),
    p99: middle(({ own }) => own.p99Ms),
    otherP50: middle(({ other }) => other.p50Ms),
    otherP99: middle(({ other }) => other.p99Ms),
    cpu: {
      server: middle(({ own }) => own.cpu?.server ?? 0),
      postgres: middle(({ own }) => own.cpu?.postgres ?? 0),
      workers: middle(({ own }) => own.cpu?.workers ?? 0),
      peer: middle(({ other }) => other.cpu?.server ?? 0),
    },
  };
}

/** Adds the ratio, the calls a second and the quantiles of one comparison to the figures. */
function note(
  figures: Record<string, Figure>,
  name: string,
  atLeast: number,
  seen: Awaited<ReturnType<typeof compare>>,
): void {
  const suffix = name.replace("ratio_", "");
  figures[name] = figure(seen.ratio, "of the peer's calls/s", { atLeast });
  figures[`calls_per_s_${suffix}`] = { value: seen.own, unit: "calls/s", peer: seen.other, ratio: seen.ratio };
  for (const [quantile, value, peer] of [
    ["p50", seen.p50, seen.otherP50],
    ["p99", seen.p99, seen.otherP99],
  ] as const)
    figures[`${quantile}_ms_${suffix}`] = { value, unit: "ms", peer, ratio: round(value / peer) };
  const { server, postgres, workers, peer: peerCpu } = seen.cpu;
  if (server > 0)
    for (const [part, value] of Object.entries({ server, postgres, workers }))
      figures[`cpu_us_${part}_${suffix}`] = { value, unit: "µs a call", peer: peerCpu };
  process.stderr.write(
    `${name}: ${seen.ratio} (at least ${atLeast}); ${seen.own} calls/s, peer ${seen.other}; p50 ${seen.p50} ms, p99 ${seen.p99} ms, peer ${seen.otherP50} and ${seen.otherP99}; CPU a call: server ${server} µs, PostgreSQL ${postgres}, workers ${workers}, peer ${peerCpu}\n`,
  );
}

/** Measures; both sides are warmed alike before anything counts. */
export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  const [warm, turns, seconds] = quick ? [2, 1, 1] : [10, 3, 4];
  const home = await mkdtemp(join(tmpdir(), "whetstone-bench-"));
  await chmod(home, 0o755);
  const tools = join(home, "tools");
  await cp(join(root, "tools"), tools, {
    recursive: true,
    filter: (path) => !/node_modules|tsconfig\.json$/.test(path),
  });
  const opened: { close(): Promise<void> }[] = [];
  try {
    const keep = <T extends { close(): Promise<void> }>(one: T): T => {
      opened.push(one);
      return one;
    };
    const whetstone = keep(
      await startServer("whetstone-server.ts", { WHETSTONE_HOME: home, WHETSTONE_TOOLS_DIR: tools, PORT: "0" }),
    );
    const sdk = keep(await startServer("sdk-server.ts"));
    const plain = keep(await startServer("plain-server.ts"));
    const client = keep(startClient());
    const mcp = { ours: mcpTarget(whetstone), peer: mcpTarget(sdk) };
    const http = { ours: httpTarget(whetstone), peer: httpTarget(plain) };
    for (const target of [mcp.peer, mcp.ours, http.peer, http.ours]) await measure(client, target, 64, warm);
    const figures: Record<string, Figure> = {};
    for (const inFlight of [1, 16, 64] as const)
      note(figures, `ratio_${inFlight}`, AIMS[inFlight], await compare(client, mcp, inFlight, turns, seconds));
    note(figures, "ratio_http_64", HTTP_AIM, await compare(client, http, 64, turns, seconds));
    return { bench: "mcp", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
  } finally {
    for (const one of opened.reverse()) await one.close();
    await rm(home, { recursive: true, force: true });
  }
}
