/** Definitions that are being read in workers; one that brings its worker down twice is called unreadable. */
import type { InspectResult, Module } from "#lib/ports/sandbox.ts";
import { TO_WORKER } from "./messages.ts";
import { readManifestText } from "./read-manifest-text.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

const INSPECT_MS = 8_000;

type Inspection = {
  readonly module: Module;
  readonly factory: string;
  readonly settle: (result: InspectResult) => void;
  readonly worker: WorkerProcess;
  readonly tries: number;
  readonly watchdog: NodeJS.Timeout;
};

export type Inspections = {
  inspect(module: Module, factory: string): Promise<InspectResult>;
  onInspected(id: number, json: string): void;
  onDeath(worker: WorkerProcess, closed: boolean): void;
};

export function createInspections(pool: WorkerPool): Inspections {
  const inspections = new Map<number, Inspection>();
  let lastId = 0;

  function begin(start: Pick<Inspection, "module" | "factory" | "settle" | "tries">): void {
    lastId += 1;
    const id = lastId;
    const { module, factory, settle, tries } = start;
    const worker = pool.take(tries > 1);
    const watchdog = setTimeout(() => worker.kill(), INSPECT_MS);
    inspections.set(id, { module, factory, settle, tries, worker, watchdog });
    worker.send(`${TO_WORKER.inspect} ${id} ${JSON.stringify({ name: module.name, factory })}`);
  }

  return {
    inspect: (module, factory) => new Promise((settle) => begin({ module, factory, settle, tries: 1 })),
    onInspected(id, json) {
      const one = inspections.get(id);
      if (one === undefined) return;
      inspections.delete(id);
      clearTimeout(one.watchdog);
      pool.release(one.worker);
      const { manifest, error } = JSON.parse(json) as { manifest: string | null; error: string | null };
      one.settle(
        manifest === null
          ? { ok: false, error: error ?? "The definition cannot be read" }
          : readManifestText(one.module, manifest),
      );
    },
    onDeath(worker, closed) {
      for (const [id, one] of inspections) {
        if (one.worker !== worker) continue;
        inspections.delete(id);
        clearTimeout(one.watchdog);
        if (one.tries > 1 || closed) one.settle({ ok: false, error: "Evaluating the module brings the sandbox down" });
        else begin({ ...one, tries: one.tries + 1 });
      }
    },
  };
}
