/** Where the time of a change of version goes, by the journal's own moments; the clock of all processes is the machine's. */
import type { Deployment, DeployStep } from "#lib/core/deployment.ts";
import { quantile } from "#lib/core/statistics.ts";

/** From the end of one moment to the end of the next, in order. */
const PARTS = {
  /** The request is read, the decision recorded, all looked at again under the lock; the sandbox has begun to try it. */
  before_intent: ["asked", "intent"],
  /** The intent is durable; then backup and staged copy are, at once. */
  intent_and_copies: ["intent", "stage"],
  /** What was left to wait for of load and probes in the sandbox. */
  verify: ["stage", "verify"],
  /** The journal so far is durable, the file is replaced, its folder flushed, the file read back. */
  journal_and_rename: ["verify", "rename"],
  /** The activation is durable, and a call was answered by the new version. */
  activate_and_serve: ["activate", "served"],
} as const;

export type Breakdown = Record<keyof typeof PARTS, number>;

type Moment = DeployStep | "asked" | "served";

/** @param asked when the change was asked for and `served` when it was first seen, both by `performance.now()` */
export function breakdownOf(asked: number, { steps }: Pick<Deployment, "steps">, served: number): Breakdown {
  const at = new Map<Moment, number>([
    ["asked", asked],
    ["served", served],
    ...steps.map(({ step, at }): [Moment, number] => [step, at.getTime() - performance.timeOrigin]),
  ]);
  const between = ([from, to]: readonly [Moment, Moment]): number =>
    (at.get(to) ?? Number.NaN) - (at.get(from) ?? Number.NaN);
  return Object.fromEntries(Object.entries(PARTS).map(([part, moments]) => [part, between(moments)])) as Breakdown;
}

/** Each part in the middle. */
export function medians(breakdowns: readonly Breakdown[]): Breakdown {
  const parts = Object.keys(PARTS) as (keyof Breakdown)[];
  return Object.fromEntries(
    parts.map((part) => [
      part,
      quantile(
        breakdowns.map((one) => one[part]),
        0.5,
      ),
    ]),
  ) as Breakdown;
}
