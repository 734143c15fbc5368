/** The finding that a version began a problem, as it is written and read again: the two stand and change together. */
import type { Opportunity } from "./opportunity.ts";

/** @param when time of its activation, in words; `calls` how many came before the first failure, in words */
export function suspectFinding(version: number, when: string, calls: string): string {
  return `Version ${version} became active at ${when}, ${calls} before the first failure: rolling it back is the quickest way out`;
}

const SUSPECT = /^Version (\d+) became active at .*: rolling it back is the quickest way out$/;

/** The version that an investigation calls what changed, and that going back from is the way out; null where it names none. */
export function suspectOf({ findings }: Pick<Opportunity, "findings">): number | null {
  const named = findings.flatMap((one) => SUSPECT.exec(one)?.[1] ?? []);
  return named[0] === undefined ? null : Number(named[0]);
}
