/** After a start: work that a proposal or deployment waits for, but that no job stands for any more. */
import type { Machinery } from "#lib/commands/command.ts";
import { enqueueGenerate, enqueueMonitor, enqueueTest } from "#lib/commands/proposal-jobs.ts";
import { isWatched } from "#lib/core/deployment.ts";

/**
 * Enqueues what is missing; a job that still stands has the same key and is not doubled.
 * @returns how many pieces of work were looked after
 */
export async function resumeUnfinished({ database, queue, clock }: Machinery): Promise<number> {
  let count = 0;
  for (const state of ["generating", "testing"] as const) {
    const { items } = await database.proposals.list({ state }, { limit: 200 });
    for (const proposal of items) {
      await (state === "generating" ? enqueueGenerate(queue, proposal) : enqueueTest(queue, proposal));
      count++;
    }
  }
  const { items: deployments } = await database.deployments.list({ state: "done" }, { limit: 200 });
  const active = new Map((await database.tools.list()).map(({ name, activeVersion }) => [name, activeVersion]));
  for (const deployment of deployments) {
    const { mode, tool, toVersion, monitor } = deployment;
    if (!isWatched(deployment) || mode !== "real" || active.get(tool) !== toVersion) continue;
    // One that regressed and still answers was cut off before its rollback.
    if (monitor !== undefined && monitor.verdict !== "watching" && monitor.verdict !== "regressed") continue;
    // Numbered by time, since looks of an earlier process have small numbers; one look more does no harm.
    await enqueueMonitor(queue, deployment, clock.now().getTime(), 1);
    count++;
  }
  return count;
}
