/** The worker processes: as many as asked for, and a warm spare that takes the place of one that was lost. */
import type { Launcher } from "./jail.ts";
import { spawnWorker, type WorkerProcess } from "./worker-process.ts";

export type WorkerPool = {
  readonly size: number;
  /** The worker with the least to do; or one that has nothing to do and gets nothing else. */
  take(alone: boolean): WorkerProcess;
  /** Gives back what `take` gave. */
  release(worker: WorkerProcess): void;
  /** Replaces a worker that has nothing to do by the spare. */
  recycle(worker: WorkerProcess): void;
  /** All that serve at this moment, without the spare. */
  serving(): readonly WorkerProcess[];
  close(): Promise<void>;
};

/** Starts the workers and waits until they are ready. */
export async function createWorkerPool(
  size: number,
  launcher: Launcher,
  handlers: { onLine(worker: WorkerProcess, line: string): void; onDeath(worker: WorkerProcess): void },
): Promise<WorkerPool> {
  const workers: WorkerProcess[] = [];
  const retired = new Set<WorkerProcess>();
  let spare: WorkerProcess | null = null;
  let closed = false;

  function start(): WorkerProcess {
    return spawnWorker(launcher.launch(), launcher.jailed, { onLine: handlers.onLine, onDeath });
  }

  /** The spare serves from now on; the next one is started for the next loss. */
  function addWorker(): WorkerProcess {
    const worker = spare ?? start();
    spare = null;
    workers.push(worker);
    if (!closed) {
      const next = start();
      spare = next;
    }
    return worker;
  }

  function onDeath(worker: WorkerProcess): void {
    if (retired.delete(worker)) return;
    // A spare that dies is not replaced at once: what ended it might end each of its successors too.
    if (worker === spare) {
      spare = null;
      return;
    }
    const index = workers.indexOf(worker);
    if (index !== -1) workers.splice(index, 1);
    if (!closed && workers.length < size) addWorker();
    handlers.onDeath(worker);
  }

  const first = Array.from({ length: size }, start);
  workers.push(...first);
  await Promise.all(first.map(({ ready }) => ready));
  spare = start();

  return {
    size,
    take(alone) {
      const free = workers.filter((worker) => !worker.alone && (!alone || worker.load === 0));
      let best = free[0] ?? addWorker();
      for (const worker of free) if (worker.load < best.load) best = worker;
      best.alone = alone;
      best.load += 1;
      best.rested = false;
      return best;
    },
    release(worker) {
      worker.load -= 1;
      if (worker.load > 0) return;
      worker.alone = false;
      if (workers.length <= size || !workers.includes(worker)) return;
      workers.splice(workers.indexOf(worker), 1);
      retired.add(worker);
      worker.kill();
    },
    recycle(worker) {
      const index = workers.indexOf(worker);
      if (index === -1 || worker.load > 0) return;
      workers.splice(index, 1);
      addWorker();
      retired.add(worker);
      worker.kill();
    },
    serving: () => workers,
    async close() {
      closed = true;
      const all = [...workers, ...retired, ...(spare === null ? [] : [spare])];
      await Promise.all(all.map((worker) => worker.close()));
      launcher.close();
    },
  };
}
