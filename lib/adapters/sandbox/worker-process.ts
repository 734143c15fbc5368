/** A worker process as the parent sees it: spawned, spoken to, weighed, killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { type FromWorker, readFrames, type ToWorker } from "./messages.ts";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

export type WorkerProcess = {
  readonly pid: number;
  readonly ready: Promise<void>;
  /** Modules that were sent to it. */
  readonly modules: Set<string>;
  /** Calls and inspections that it has in hand. */
  load: number;
  /** Serves one call that may have brought a worker down before, and no other. */
  alone: boolean;
  /** Memory that it held when it last had nothing to do, in megabytes. */
  restingMb: number;
  send(message: ToWorker): void;
  /** Memory that it holds, in megabytes; null where the machine does not tell. */
  memoryMb(): number | null;
  kill(): void;
  close(): Promise<void>;
};

/** Starts a worker; `onDeath` is called once, whatever ended it. */
export function spawnWorker(handlers: {
  onMessage(worker: WorkerProcess, message: FromWorker): void;
  onDeath(worker: WorkerProcess): void;
}): WorkerProcess {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--no-node-snapshot", "--disable-warning=ExperimentalWarning", WORKER],
    {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
      // Time zone and language are the same on every machine, and no variable of the host is there to be read.
      env: { NODE_ENV: "production", TZ: "UTC", LC_ALL: "en_US.UTF-8", LANG: "en_US.UTF-8" },
      cwd: "/",
    },
  );
  const channel = child.stdio[3] as Duplex;
  channel.setEncoding("utf8");
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => {});
  const gone = Promise.withResolvers<void>();
  let dead = false;
  const worker: WorkerProcess = {
    pid: child.pid ?? -1,
    ready: ready.promise,
    modules: new Set(),
    load: 0,
    alone: false,
    restingMb: 0,
    send(message) {
      if (!dead) channel.write(`${JSON.stringify(message)}\n`);
    },
    memoryMb: () => residentMb(child.pid),
    kill() {
      child.kill("SIGKILL");
    },
    async close() {
      child.kill("SIGKILL");
      await gone.promise;
    },
  };
  const die = (): void => {
    if (dead) return;
    dead = true;
    channel.destroy();
    ready.reject(new Error("A sandbox worker ended before it was ready"));
    gone.resolve();
    handlers.onDeath(worker);
  };
  child.on("exit", die);
  child.on("error", die);
  channel.on("error", () => {});
  const receive = readFrames<FromWorker>((message) => {
    if (dead) return;
    if (message.t === "ready") ready.resolve();
    else handlers.onMessage(worker, message);
  });
  channel.on("data", (chunk) => receive(String(chunk)));
  return worker;
}

/** Resident memory as Linux lists it. */
function residentMb(pid: number | undefined): number | null {
  if (process.platform !== "linux" || pid === undefined) return null;
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}
