/** The queue port over pg-boss: it delivers, the `Job` row is the truth that people see. */
import { PgBoss } from "pg-boss";
import { isProblem, Problem } from "#lib/core/problem.ts";
import type { Job } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { JobHandler, Queue } from "#lib/ports/queue.ts";
import { createJobLocks } from "./job-locks.ts";

const QUEUE = "work";
const AT_ONCE = 4;
/** A job that keeps failing is given up after this many attempts. */
const MOST_ATTEMPTS = 4;
/** How often jobs are looked for whose process died. */
const RECLAIM_MS = 5_000;
const PROGRESS_MS = 200;

/** The job is another process's now: what becomes of it is no longer ours to write. */
class TakenOver extends Error {}

/** @param options.url the database that `database` is open on */
export async function createQueue(options: { url: string; database: Database; clock: Clock }): Promise<Queue> {
  const { url, database, clock } = options;
  const boss = new PgBoss({ connectionString: url, useListenNotify: true });
  boss.on("error", (error: unknown) => process.stderr.write(`whetstone: queue: ${String(error)}\n`));
  await boss.start();
  await boss.createQueue(QUEUE, { notify: true, retryLimit: 0, expireInSeconds: 6 * 3_600 });
  const running = new Map<string, AbortController>();
  const locks = await createJobLocks(url, (id) =>
    running.get(id)?.abort(new TakenOver("another process took the job over")),
  );
  const delayed = new Set<NodeJS.Timeout>();
  let reclaiming: NodeJS.Timeout | null = null;
  let closing = false;

  async function tell(job: Job): Promise<void> {
    await database.publish({ kind: "job", id: job.id, ...(job.tool === null ? {} : { tool: job.tool }) });
  }

  // A delay is waited for here: a queue that is woken by NOTIFY looks for delayed work only now and then. Should this
  // process die meanwhile, the next start delivers every queued job.
  async function deliver(id: string, delaySeconds: number): Promise<void> {
    if (closing) return;
    if (delaySeconds <= 0) {
      await boss.send(QUEUE, { id });
      return;
    }
    const timer = setTimeout(() => {
      delayed.delete(timer);
      void deliver(id, 0).catch((error: unknown) => process.stderr.write(`whetstone: queue: ${String(error)}\n`));
    }, delaySeconds * 1_000);
    delayed.add(timer);
  }

  async function change(id: string, to: Parameters<Database["jobs"]["update"]>[1]): Promise<Job> {
    const job = await database.jobs.update(id, to);
    await tell(job);
    return job;
  }

  async function work(id: string, handlers: Partial<Record<Job["kind"], JobHandler>>): Promise<void> {
    if (closing || running.has(id)) return;
    const stop = new AbortController();
    running.set(id, stop);
    try {
      if (!(await locks.take(id))) return;
      try {
        await carryOut(id, handlers, stop);
      } finally {
        await locks.release(id);
      }
    } finally {
      running.delete(id);
    }
  }

  async function carryOut(
    id: string,
    handlers: Partial<Record<Job["kind"], JobHandler>>,
    stop: AbortController,
  ): Promise<void> {
    const found = await database.jobs.find(id);
    if (found === null || (found.state !== "queued" && found.state !== "running")) return;
    if (found.cancelRequested) {
      await change(id, { state: "cancelled", finishedAt: clock.now() });
      return;
    }
    const handler = handlers[found.kind];
    if (handler === undefined) return;
    const job = await change(id, {
      state: "running",
      startedAt: found.startedAt ?? clock.now(),
      attempts: found.attempts + 1,
    });
    let told = 0;
    const progress = async (stage: string, share: number): Promise<void> => {
      const now = performance.now();
      if (share < 1 && now - told < PROGRESS_MS) return;
      told = now;
      await change(id, { stage, progress: Math.min(Math.max(share, 0), 1) });
    };
    try {
      const result = await handler({ job, signal: stop.signal, progress });
      await change(id, {
        state: "succeeded",
        progress: 1,
        result: JSON.parse(JSON.stringify(result)),
        error: null,
        finishedAt: clock.now(),
      });
    } catch (error) {
      await settleFailure(job, stop, error);
    }
  }

  async function settleFailure(job: Job, stop: AbortController, error: unknown): Promise<void> {
    if (stop.signal.reason instanceof TakenOver) return;
    const message = error instanceof Error ? error.message : String(error);
    const now = await database.jobs.find(job.id);
    if (now?.cancelRequested === true) {
      await change(job.id, { state: "cancelled", error: null, finishedAt: clock.now() });
    } else if (closing && stop.signal.aborted) {
      // The program stops: the next one takes the job up where its records say it stands.
      await change(job.id, { state: "queued", attempts: Math.max(0, job.attempts - 1) });
    } else if (isProblem(error) || job.attempts >= MOST_ATTEMPTS) {
      await change(job.id, { state: "failed", error: message, finishedAt: clock.now() });
    } else {
      await change(job.id, { state: "queued", stage: `Trying again: ${message}` });
      await deliver(job.id, 2 ** (job.attempts - 1));
    }
  }

  /** Delivers jobs again that a dead process left running, or that were queued when it died. */
  async function reclaim(first: boolean): Promise<void> {
    const left = await database.jobs.list({ state: "running" }, { limit: 200 });
    for (const job of left.items) if (!running.has(job.id) && (await locks.isFree(job.id))) await deliver(job.id, 0);
    if (!first) return;
    const queued = await database.jobs.list({ state: "queued" }, { limit: 200 });
    for (const job of queued.items) await deliver(job.id, 0);
  }

  const unsubscribe = database.subscribe((event) => {
    const stop = event.kind === "job" ? running.get(event.id) : undefined;
    if (stop === undefined) return;
    void database.jobs
      .find(event.id)
      .then((job) => {
        if (job?.cancelRequested === true) stop.abort(new Problem("conflict", "The job was stopped."));
      })
      .catch(() => {});
  });

  return {
    async enqueue(request) {
      const { job, created } = await database.jobs.create(request);
      if (created) {
        await deliver(job.id, request.delaySeconds ?? 0);
        await tell(job);
      }
      return job;
    },
    async cancel(id) {
      const job = await database.jobs.find(id);
      if (job === null) throw new Problem("not_found", `There is no job "${id}".`);
      if (job.state !== "queued" && job.state !== "running") return job;
      if (job.state === "queued")
        return change(id, { cancelRequested: true, state: "cancelled", finishedAt: clock.now() });
      const asked = await change(id, { cancelRequested: true });
      running.get(id)?.abort(new Problem("conflict", "The job was stopped."));
      return asked;
    },
    async start(handlers) {
      await boss.work<{ id: string }>(
        QUEUE,
        { batchSize: 1, localConcurrency: AT_ONCE, pollingIntervalSeconds: 2 },
        async (jobs) => {
          for (const { data } of jobs) await work(data.id, handlers);
        },
      );
      await reclaim(true);
      reclaiming = setInterval(() => void reclaim(false).catch(() => {}), RECLAIM_MS);
    },
    async close() {
      closing = true;
      if (reclaiming !== null) clearInterval(reclaiming);
      for (const timer of delayed) clearTimeout(timer);
      unsubscribe();
      for (const stop of running.values()) stop.abort(new Error("the program stops"));
      await boss.stop({ graceful: true, timeout: 3_000 }).catch(() => {});
      await locks.close();
    },
  };
}
