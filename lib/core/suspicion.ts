import type { Opportunity } from "./opportunity.ts";

/** Whether nothing is known to be wrong yet: callers only act as if it were. */
export function isSuspicion({ statistics }: Pick<Opportunity, "statistics">): boolean {
  return statistics.askedAgain !== undefined;
}
