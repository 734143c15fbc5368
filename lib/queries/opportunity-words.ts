/** What a page says of an opportunity: of one that is resolved in the past. */
import type { Opportunity } from "#lib/core/opportunity.ts";

type Told = Pick<Opportunity, "tool" | "kind" | "state" | "reason">;

/** What follows the name of the tool. */
export function standsAs({ kind, state }: Pick<Told, "kind" | "state">): string {
  return `${state === "resolved" ? "was" : "is"} ${kind}`;
}

/** Its reason, which detection wrote while the problem was there. */
export function reasonOf({ kind, state, reason }: Omit<Told, "tool">): string {
  if (state !== "resolved") return reason;
  if (kind === "slow") return reason.replaceAll(" is ", " was ");
  return reason.replace(/^Fails /, "Failed ");
}
