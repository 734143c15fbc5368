/** Definitions that are being read in workers; one that brings its worker down twice is called unreadable. */
import type { InspectResult, Module } from "#lib/ports/sandbox.ts";
import { OUTAGE_MS } from "./calls.ts";
import { TO_WORKER } from "./messages.ts";
import { readManifestText } from "./read-manifest-text.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

const INSPECT_MS = 8_000;
const MOST_OUTAGES = 3;
/** Evaluated where a module brought two workers down: if this brings the next one down too, it was not the module. */
const HARMLESS = "const{defineTool}=__w;__e.d=defineTool({run(){}});";

type Inspection = {
  readonly module: Module;
  readonly factory: string;
  readonly settle: (result: InspectResult) => void;
  /** The machinery was lost: that says nothing about the module. */
  readonly lose: (why: Error) => void;
  readonly worker: WorkerProcess;
  readonly tries: number;
  /** Workers that were killed from outside while they read it. */
  readonly outages: number;
  readonly watchdog: NodeJS.Timeout;
};

export type Inspections = {
  inspect(module: Module, factory: string): Promise<InspectResult>;
  onInspected(id: number, json: string): void;
  onDeath(worker: WorkerProcess): void;
};

export function createInspections(pool: WorkerPool, isClosed: () => boolean): Inspections {
  const inspections = new Map<number, Inspection>();
  let lastId = 0;

  function begin(start: Omit<Inspection, "worker" | "watchdog">): void {
    lastId += 1;
    const id = lastId;
    const { module, factory, tries } = start;
    const worker = pool.take(tries > 1);
    const watchdog = setTimeout(() => worker.kill(), INSPECT_MS);
    inspections.set(id, { ...start, worker, watchdog });
    worker.send(`${TO_WORKER.inspect} ${id} ${JSON.stringify({ name: module.name, factory })}`);
  }

  /** That a worker was killed from outside says nothing about the module. */
  function afterOutage(one: Inspection): void {
    const outages = one.outages + 1;
    if (outages > MOST_OUTAGES) one.lose(new Error("Workers end before they have read anything"));
    else
      setTimeout(() => {
        if (isClosed()) one.lose(new Error("The sandbox is closed"));
        else begin({ ...one, outages });
      }, OUTAGE_MS);
  }

  /** Twice the module's own code, then the harmless one. */
  function afterLoss(one: Inspection): void {
    const tries = one.tries + 1;
    if (tries === 2) begin({ ...one, tries });
    else if (tries > 3) one.lose(new Error("Workers end before they have read anything"));
    else {
      const settle = () => one.settle({ ok: false, error: "Evaluating the module brings the sandbox down" });
      begin({ ...one, factory: HARMLESS, settle, tries });
    }
  }

  return {
    inspect: (module, factory) =>
      new Promise((settle, lose) => begin({ module, factory, settle, lose, tries: 1, outages: 0 })),
    onInspected(id, json) {
      const one = inspections.get(id);
      if (one === undefined) return;
      inspections.delete(id);
      clearTimeout(one.watchdog);
      pool.release(one.worker);
      const { manifest, error } = JSON.parse(json) as { manifest: string | null; error: string | null };
      one.settle(
        manifest === null
          ? { ok: false, error: error ?? "The definition cannot be read", ...pathIn(error) }
          : readManifestText(one.module, manifest),
      );
    },
    onDeath(worker) {
      for (const [id, one] of inspections) {
        if (one.worker !== worker) continue;
        inspections.delete(id);
        clearTimeout(one.watchdog);
        if (isClosed()) one.lose(new Error("The sandbox is closed"));
        else if (worker.isLostToOthers) afterOutage(one);
        else afterLoss(one);
      }
    },
  };
}

/** What is not JSON in a definition is named by its pointer. */
function pathIn(error: string | null): { path?: string[] } {
  const pointer = /^\/(\S+) is /.exec(error ?? "")?.[1];
  if (pointer === undefined) return {};
  return { path: pointer.split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~")) };
}
