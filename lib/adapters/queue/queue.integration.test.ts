import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { Problem } from "#lib/core/problem.ts";
import type { JobHandler, Queue } from "#lib/ports/queue.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { createQueue } from "./create-queue.ts";

let on: TestDatabase;
const queues: Queue[] = [];

async function open(): Promise<Queue> {
  const queue = await createQueue({ url: on.url, database: on.database, clock: systemClock });
  queues.push(queue);
  return queue;
}

beforeEach(async () => {
  on = await createTestDatabase();
});
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.close();
  await on.close();
});

const request = { kind: "detect" as const, input: { n: 1 }, tool: null, key: "k" };

async function stateOf(id: string): Promise<string | undefined> {
  return (await on.database.jobs.find(id))?.state;
}

test("a job is carried out once, with its progress and result on its row", async () => {
  const queue = await open();
  let runs = 0;
  await queue.start({
    detect: async ({ job, progress }) => {
      runs++;
      await progress("half way", 0.5);
      return { seen: job.input };
    },
  });
  const job = await queue.enqueue(request);
  await expect.poll(() => stateOf(job.id)).toBe("succeeded");
  expect(await on.database.jobs.find(job.id)).toMatchObject({
    stage: "half way",
    progress: 1,
    result: { seen: { n: 1 } },
    attempts: 1,
  });
  expect(runs).toBe(1);
});

test("two requests of one key are one job while it lives", async () => {
  const queue = await open();
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  await queue.start({ detect: () => gate.then(() => ({})) });
  const [first, second] = [await queue.enqueue(request), await queue.enqueue(request)];
  expect(second.id).toBe(first.id);
  release();
  await expect.poll(() => stateOf(first.id)).toBe("succeeded");
});

test("a stopped job ends cancelled, a queued one never starts", async () => {
  const queue = await open();
  const begun: string[] = [];
  const untilStopped: JobHandler = ({ job, signal }) =>
    new Promise((_, reject) => {
      begun.push(job.id);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const waiting = await queue.enqueue({ ...request, key: "later", delaySeconds: 60 });
  expect((await queue.cancel(waiting.id)).state).toBe("cancelled");
  await queue.start({ detect: untilStopped });
  const job = await queue.enqueue(request);
  await expect.poll(() => begun).toEqual([job.id]);
  await queue.cancel(job.id);
  await expect.poll(() => stateOf(job.id)).toBe("cancelled");
  expect(begun).toEqual([job.id]);
});

test("trouble is tried again, a refusal is not", async () => {
  const queue = await open();
  let tries = 0;
  await queue.start({
    detect: async () => {
      tries++;
      if (tries === 1) throw new Error("the network was away");
      return { tries };
    },
    test: async () => {
      throw new Problem("conflict", "It is stale.");
    },
  });
  const troubled = await queue.enqueue(request);
  const refused = await queue.enqueue({ ...request, kind: "test", key: "t" });
  await expect.poll(() => stateOf(troubled.id), { timeout: 15_000 }).toBe("succeeded");
  await expect.poll(() => stateOf(refused.id)).toBe("failed");
  expect((await on.database.jobs.find(refused.id))?.error).toBe("It is stale.");
});

test("what a dead process left running is taken up by the next", async () => {
  const { job } = await on.database.jobs.create(request);
  await on.database.jobs.update(job.id, { state: "running", startedAt: new Date(), attempts: 1 });
  const queue = await open();
  await queue.start({ detect: async () => ({ again: true }) });
  await expect.poll(() => stateOf(job.id), { timeout: 15_000 }).toBe("succeeded");
});

test("a job that another process works on is left alone", async () => {
  const first = await open();
  let release: () => void = () => {};
  let runs = 0;
  const handler: JobHandler = async () => {
    runs++;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return {};
  };
  await first.start({ detect: handler });
  const job = await first.enqueue(request);
  await expect.poll(() => runs).toBe(1);
  const second = await open();
  await second.start({ detect: handler });
  release();
  await expect.poll(() => stateOf(job.id)).toBe("succeeded");
  expect(runs).toBe(1);
});
