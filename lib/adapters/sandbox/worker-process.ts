/** A worker process as the parent sees it: spawned, spoken to, watched, killed. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { type FromWorker, readFrames, type ToWorker } from "./messages.ts";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

export type WorkerProcess = {
  readonly pid: number;
  readonly ready: Promise<void>;
  /** Modules that were sent to it. */
  readonly modules: Set<string>;
  readonly dead: boolean;
  send(message: ToWorker): void;
  kill(): void;
  close(): Promise<void>;
};

/** Starts a worker; `onDeath` is called once, whatever ended it. */
export function spawnWorker(handlers: { onMessage(message: FromWorker): void; onDeath(): void }): WorkerProcess {
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
  let dead = false;
  let announce: () => void = () => {};
  let refuse: (error: Error) => void = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    announce = resolve;
    refuse = reject;
  });
  ready.catch(() => {});
  const gone = new Promise<void>((resolve) => {
    const die = (): void => {
      if (dead) return;
      dead = true;
      refuse(new Error("the worker ended before it was ready"));
      handlers.onDeath();
      resolve();
    };
    child.on("exit", die);
    child.on("error", die);
  });
  const receive = readFrames<FromWorker>((message) => {
    if (message.t === "ready") announce();
    else handlers.onMessage(message);
  });
  channel.on("data", (chunk) => receive(String(chunk)));
  channel.on("error", () => {});
  return {
    pid: child.pid ?? -1,
    ready,
    modules: new Set(),
    get dead() {
      return dead;
    },
    send(message) {
      if (!dead) channel.write(`${JSON.stringify(message)}\n`);
    },
    kill() {
      child.kill("SIGKILL");
    },
    async close() {
      channel.destroy();
      const patience = setTimeout(() => child.kill("SIGKILL"), 500);
      await gone;
      clearTimeout(patience);
    },
  };
}
