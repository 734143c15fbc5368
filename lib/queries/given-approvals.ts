/** Whose word a deployment rests on, for whoever is asked before it. */
import type { Deployment } from "#lib/core/deployment.ts";
import type { DecisionRecord } from "#lib/core/proposal.ts";

export type GivenApprovals = {
  /** Those that count, oldest first. */
  readonly by: readonly { readonly id: string; readonly name: string; readonly at: Date }[];
  /** What became of it in simulated mode; null where nothing was simulated since. */
  readonly simulated: {
    readonly by: string;
    readonly at: Date;
    /** Whether the approval itself was given in that mode: there it ends with the plan at once. */
    readonly approving: boolean;
  } | null;
};

/** The plan of an approval is made in the same breath; a later one was asked for. */
const SAME_BREATH_MS = 60_000;

/** @param deployment the newest one of the proposal */
export function givenApprovals(
  approvals: readonly Pick<DecisionRecord, "id" | "actor" | "at">[],
  deployment: Pick<Deployment, "state" | "actor" | "startedAt"> | null,
): GivenApprovals {
  const by = approvals
    .map(({ id, actor, at }) => ({ id, name: actor.name, at }))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const last = by.at(-1);
  if (last === undefined || deployment?.state !== "simulated" || deployment.startedAt < last.at)
    return { by, simulated: null };
  const { actor, startedAt } = deployment;
  const approving = actor.name === last.name && startedAt.getTime() - last.at.getTime() < SAME_BREATH_MS;
  return { by, simulated: { by: actor.name, at: startedAt, approving } };
}
