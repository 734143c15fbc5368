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

/** Whether it is about calls that failed. Late, wrong and suspected answers did not: a success rate says nothing of them. */
export function isOfFailures({ kind }: Pick<Told, "kind">): boolean {
  return kind === "failing" || kind === "degrading";
}

/** What is bad of what was looked at. */
export function badOf({ statistics }: Pick<Opportunity, "statistics">): string {
  const { failures, calls, latency, askedAgain, wrong, risen: [kind] = [] } = statistics;
  if (kind !== undefined) return `${kind.after.bad} of ${kind.after.calls} failed with ${kind.name}`;
  if (askedAgain !== undefined) return `${askedAgain.asked} of ${askedAgain.of} asked again`;
  if (wrong !== undefined) return wrong.marked > 0 ? `${wrong.marked} marked wrong` : `${wrong.cases} of its cases`;
  return latency === undefined ? `${failures} of ${calls} failed` : `${latency.late} of ${latency.of} late`;
}

/** The interval of its success rate, in percent; null where it is not about failures. */
export function rateOf({ kind, statistics }: Pick<Opportunity, "kind" | "statistics">): string | null {
  const percent = (share: number): string => (share * 100).toFixed(1);
  return isOfFailures({ kind }) ? `${percent(statistics.lowerBound)}–${percent(statistics.upperBound)} %` : null;
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
