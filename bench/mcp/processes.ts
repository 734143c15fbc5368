/** The processes of a bench: servers that say where they are, and the client that measures them. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Plan, Seen } from "./load.ts";
import type { Served } from "./serve.ts";

type Child = ChildProcessByStdio<Writable, Readable, null>;

function start(
  script: string,
  env: Readonly<Record<string, string>> = {},
): { child: Child; lines: AsyncIterator<string> } {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const options = (process.env.BENCH_NODE_OPTIONS ?? "").split(" ").filter((one) => one !== "");
  const child = spawn(process.execPath, ["--no-node-snapshot", ...(script.startsWith("load") ? [] : options), file], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function next<T>(script: string, lines: AsyncIterator<string>): Promise<T> {
  const { done, value } = await lines.next();
  if (done === true) throw new Error(`${script} ended before it answered`);
  return JSON.parse(value) as T;
}

/** Lets a process end by itself; one that does not within ten seconds is killed. */
async function stop(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.stdin.end();
  const limit = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(limit);
}

export type BenchServer = Served & { readonly pid: number; close(): Promise<void> };

/** Starts a server script of this folder and waits until it serves. */
export async function startServer(script: string, env?: Readonly<Record<string, string>>): Promise<BenchServer> {
  const { child, lines } = start(script, env);
  const served = await next<Served>(script, lines);
  return { ...served, pid: child.pid ?? 0, close: () => stop(child) };
}

export type BenchClient = { measure(plan: Plan): Promise<Seen>; close(): Promise<void> };

/** Starts the client; it measures one plan at a time. */
export function startClient(): BenchClient {
  const { child, lines } = start("load.ts");
  return {
    measure(plan) {
      child.stdin.write(`${JSON.stringify(plan)}\n`);
      return next<Seen>("load.ts", lines);
    },
    close: () => stop(child),
  };
}
