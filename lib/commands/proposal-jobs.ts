/** The long work of a proposal, under keys that make asking twice one job. */
import type { Deployment } from "#lib/core/deployment.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Job } from "#lib/core/version.ts";
import type { Queue } from "#lib/ports/queue.ts";

/** Has a candidate written; the position in the log tells one round of generating from the next. */
export function enqueueGenerate(
  queue: Queue,
  proposal: Pick<Proposal, "id" | "tool" | "sequence">,
  generator?: "model" | "templates",
): Promise<Job> {
  return queue.enqueue({
    kind: "generate",
    input: { proposalId: proposal.id, ...(generator === undefined ? {} : { generator }) },
    tool: proposal.tool,
    key: `generate:${proposal.id}:${proposal.sequence}`,
  });
}

/** Has the newest revision tested. */
export function enqueueTest(queue: Queue, proposal: Pick<Proposal, "id" | "tool" | "sequence">): Promise<Job> {
  return queue.enqueue({
    kind: "test",
    input: { proposalId: proposal.id },
    tool: proposal.tool,
    key: `test:${proposal.id}:${proposal.sequence}`,
  });
}

/**
 * Looks at a fresh deployment: `look` counts the looks, since a job cannot enqueue itself under its own key. Where the watch
 * was begun again, its looks are others than those before: what was left of them ends.
 */
export function enqueueMonitor(
  queue: Queue,
  deployment: Pick<Deployment, "id" | "tool" | "monitor">,
  look: number,
  delaySeconds: number,
): Promise<Job> {
  const round = roundOf(deployment);
  return queue.enqueue({
    kind: "monitor",
    input: { deploymentId: deployment.id, look, round },
    tool: deployment.tool,
    key: `monitor:${deployment.id}:${round === 0 ? "" : `${round}:`}${look}`,
    delaySeconds,
  });
}

/** Tells one watch of a deployment from the next; 0 for the first. */
export function roundOf({ monitor }: Pick<Deployment, "monitor">): number {
  return monitor?.since?.getTime() ?? 0;
}
