/** After a start: work that a proposal or deployment waits for, but that no job stands for any more. */
import type { Machinery } from "#lib/commands/command.ts";
import { enqueueGenerate, enqueueMonitor, enqueueTest } from "#lib/commands/proposal-jobs.ts";

/**
 * Enqueues what is missing; a job that still stands has the same key and is not doubled.
 * @returns how many pieces of work were looked after
 */
export async function resumeUnfinished({ database, queue }: Machinery): Promise<number> {
  let count = 0;
  for (const state of ["generating", "testing"] as const) {
    const { items } = await database.proposals.list({ state }, { limit: 200 });
    for (const proposal of items) {
      await (state === "generating" ? enqueueGenerate(queue, proposal) : enqueueTest(queue, proposal));
      count++;
    }
  }
  const { items: deployments } = await database.deployments.list({ state: "done" }, { limit: 200 });
  for (const deployment of deployments) {
    if (deployment.monitor?.verdict !== "watching") continue;
    // Looks of an earlier process have other numbers; one more look does no harm.
    await enqueueMonitor(queue, deployment, Math.floor(deployment.monitor.updatedAt.getTime() / 1000), 1);
    count++;
  }
  return count;
}
