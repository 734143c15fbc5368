/** At every start: deployments that a killed process left are finished or undone. */
import type { Deployment } from "#lib/core/deployment.ts";
import type { DeployParts } from "./make-active.ts";
import { settle } from "./settle.ts";

/** Answers those that it brought to an end; one that another live process is working on is left to it. */
export async function recover(parts: DeployParts): Promise<Deployment[]> {
  const { database } = parts;
  const settled: Deployment[] = [];
  for (;;) {
    const { items } = await database.deployments.list({ state: "running" }, { limit: 50 });
    const torn = items.filter(({ id }) => !settled.some((known) => known.id === id));
    if (torn.length === 0) return settled;
    for (const { id, tool } of torn) {
      // Waits for a live owner, who holds the lock until its deployment has ended.
      const deployment = await database.transaction(async (lock) => {
        await lock.tools.lock(tool);
        return settle(parts, id, null);
      });
      settled.push(deployment);
    }
  }
}
