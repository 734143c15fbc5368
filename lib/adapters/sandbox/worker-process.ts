/** A worker process as the parent sees it: spawned, spoken to, weighed, killed. */
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { createFrames, type Frames } from "./frames.ts";
import { FROM_WORKER, readLines } from "./messages.ts";
import type { RunningCall } from "./running-call.ts";

export type WorkerProcess = {
  readonly pid: number;
  readonly ready: Promise<void>;
  /** Numbers of the modules that were sent to it. */
  readonly modules: Set<number>;
  /** Short calls for it: its main thread owes a word for each frame that was sent. */
  readonly frames: Frames;
  /** When it last said something, or began to owe an answer. */
  heardAt: number;
  /** Calls and inspections that it has in hand. */
  load: number;
  /** Serves one call that may have brought a worker down before, and no other. */
  alone: boolean;
  /** Memory that it held when it last had nothing to do, in megabytes. */
  restingMb: number;
  /** It was weighed since it last had something to do. */
  rested: boolean;
  /** It has said that it is there: before, no guest can have held it up. */
  isReady: boolean;
  /** It ended by what no guest can have done: killed by somebody else than this sandbox, or before it was ready. */
  isLostToOthers: boolean;
  /** What one turn of the event loop has for it goes out together. */
  send(line: string): void;
  /** Adds a start or an answer of a short call, which has so long left. */
  addToFrame(call: RunningCall, text: string, timeMs: number): void;
  /** Memory that it holds, in megabytes; null where the machine does not tell. */
  memoryMb(): number | null;
  /** Time that it has computed, in milliseconds; null where the machine does not tell. */
  computedMs(): number | null;
  kill(): void;
  close(): Promise<void>;
};

/** Speaks to a worker that was launched; `onDeath` is called once, whatever ended it. */
export function spawnWorker(
  child: ChildProcess,
  jailed: boolean,
  handlers: {
    onLine(worker: WorkerProcess, line: string): void;
    onDeath(worker: WorkerProcess): void;
  },
): WorkerProcess {
  const channel = child.stdio[3] as Duplex;
  channel.setEncoding("utf8");
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => {});
  const gone = Promise.withResolvers<void>();
  let dead = false;
  let killedHere = false;
  let outgoing = "";
  let flushing = false;
  const flush = (): void => {
    flushing = false;
    if (dead) return;
    if (worker.frames.owed === 0) worker.heardAt = performance.now();
    channel.write(outgoing + worker.frames.take());
    outgoing = "";
  };
  const flushSoon = (): void => {
    if (flushing) return;
    flushing = true;
    setImmediate(flush);
  };
  let inside: number | undefined;
  const guestsPid = (): number | undefined => {
    // In a jail the guests' process is the grandchild: bubblewrap, the first process of its namespace, Node.
    if (jailed) inside ??= onlyChildOf(onlyChildOf(child.pid));
    return jailed ? inside : child.pid;
  };
  const worker: WorkerProcess = {
    pid: child.pid ?? -1,
    ready: ready.promise,
    modules: new Set(),
    load: 0,
    alone: false,
    restingMb: 0,
    rested: false,
    isReady: false,
    isLostToOthers: false,
    frames: createFrames(),
    heardAt: 0,
    send(line) {
      outgoing += `${line}\n`;
      flushSoon();
    },
    addToFrame(call, text, timeMs) {
      worker.frames.add(call, text, timeMs);
      flushSoon();
    },
    memoryMb: () => residentMb(guestsPid()),
    computedMs: () => computedMs(guestsPid()),
    kill() {
      killedHere = true;
      child.kill("SIGKILL");
    },
    async close() {
      worker.kill();
      await gone.promise;
    },
  };
  const die = (status: number | null, signal: NodeJS.Signals | null): void => {
    if (dead) return;
    dead = true;
    worker.isLostToOthers = !worker.isReady || (!killedHere && isSentByOthers(status, signal));
    channel.destroy();
    ready.reject(new Error("A sandbox worker ended before it was ready"));
    gone.resolve();
    handlers.onDeath(worker);
  };
  child.on("exit", die);
  child.on("error", () => die(null, null));
  channel.on("error", () => {});
  const receive = readLines((line) => {
    if (dead) return;
    if (line === FROM_WORKER.ready) {
      worker.isReady = true;
      ready.resolve();
    } else handlers.onLine(worker, line);
  });
  channel.on("data", (chunk) => {
    worker.heardAt = performance.now();
    receive(String(chunk));
  });
  return worker;
}

/** Signals that processes send each other. What a guest can do ends its worker by others: V8 aborts or traps, memory faults. */
const SENT: readonly NodeJS.Signals[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"];

/** Inside a jail bubblewrap answers for the worker: with 128 and the number of the signal. */
function isSentByOthers(status: number | null, signal: NodeJS.Signals | null): boolean {
  return SENT.some((sent) => signal === sent || status === 128 + constants.signals[sent]);
}

function onlyChildOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return /^\d+$/.test(children) ? Number(children) : undefined;
  } catch {
    return undefined;
  }
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

/** Time of all threads, as Linux counts it: in hundredths of a second. */
function computedMs(pid: number | undefined): number | null {
  if (process.platform !== "linux" || pid === undefined) return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}
