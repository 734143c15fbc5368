/** What a page says of an opportunity: of one that is resolved in the past. */
import type { Opportunity } from "#lib/core/opportunity.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";

type Told = Pick<Opportunity, "tool" | "kind" | "state" | "reason">;

/** What follows the name of the tool; of one that is only suspected no more than that. */
export function standsAs({
  kind,
  state,
  statistics,
}: Pick<Told, "kind" | "state"> & Partial<Pick<Opportunity, "statistics">>): string {
  if (statistics !== undefined && isSuspicion({ statistics }))
    return `${state === "resolved" ? "may have been" : "may be"} ${kind}`;
  return `${state === "resolved" ? "was" : "is"} ${kind}`;
}

/**
 * Its reason, which detection wrote while the problem was there.
 * @param over whether that is past: it is resolved, or another version than the one whose calls showed it answers by now
 */
export function reasonOf({ kind, state, reason }: Omit<Told, "tool">, over = state === "resolved"): string {
  if (!over) return reason;
  if (kind === "slow") return reason.replaceAll(" is ", " was ");
  if (kind === "incorrect")
    return reason
      .replace(/^Callers ask again /, "Callers asked again ")
      .replace(/they may be wrong$/, "they may have been wrong");
  return reason.replace(/^Fails /, "Failed ");
}

/** What its investigation found. */
export function findingsOf({ state, findings }: Pick<Opportunity, "state" | "findings">): string[] {
  if (state !== "resolved") return findings;
  return findings.map((one) =>
    one.replace(/^(Only .*) is affected/, "$1 was affected").replace(/^(\d+ callers) are/, "$1 were"),
  );
}
