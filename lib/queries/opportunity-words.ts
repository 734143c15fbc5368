/** What a page says of an opportunity: of one that is resolved in the past. */
import type { Opportunity } from "#lib/core/opportunity.ts";

type Told = Pick<Opportunity, "tool" | "kind" | "state" | "reason">;

/** What follows the name of the tool. */
export function standsAs({ kind, state }: Pick<Told, "kind" | "state">): string {
  return `${state === "resolved" ? "was" : "is"} ${kind}`;
}

/**
 * Its reason, which detection wrote while the problem was there.
 * @param over whether that is past: it is resolved, or another version than the one whose calls showed it answers by now
 */
export function reasonOf({ kind, state, reason }: Omit<Told, "tool">, over = state === "resolved"): string {
  if (!over) return reason;
  if (kind === "slow") return reason.replaceAll(" is ", " was ");
  return reason.replace(/^Fails /, "Failed ");
}

/** What its investigation found. */
export function findingsOf({ state, findings }: Pick<Opportunity, "state" | "findings">): string[] {
  if (state !== "resolved") return findings;
  return findings.map((one) =>
    one.replace(/^(Only .*) is affected/, "$1 was affected").replace(/^(\d+ callers) are/, "$1 were"),
  );
}
