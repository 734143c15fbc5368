/** Whose fault a failure is: the tool's, its caller's or an upstream's. Only the first gets a code fix by itself. */
import { countsInRate, type Execution, isFailure } from "./execution.ts";
import type { Json } from "./json.ts";
import type { Effect } from "./tool.ts";
import type { Attribution } from "./words.ts";

/** Chance below which "only this caller fails" is no accident of who calls most. */
const ACCIDENT = 0.01;
/** Good calls that each of two other callers must have before one caller alone is blamed. */
const GOOD_CALLS_OF_OTHERS = 2;
/** Share of failures that must follow an upstream's failure for the whole cluster to be the upstream's. */
const UPSTREAM_SHARE = 0.5;

/** Whose fault one execution is, by what it recorded itself. */
export function attributeExecution(execution: Execution): Attribution {
  if (execution.status === "rejected" || execution.status === "refused") return "caller";
  if (!isFailure(execution.status)) return "unknown";
  return failedUpstream(execution) === null ? "tool" : "upstream";
}

/**
 * The host whose failure precedes the failure of an execution, or null. A later success of the same request clears an
 * earlier failure: the tool did get its answer.
 */
export function failedUpstream(execution: Execution): string | null {
  const last = new Map<string, Effect>();
  for (const effect of execution.effects) {
    if (effect.kind === "fetch") last.set(requestKey(effect.request), effect);
  }
  for (const effect of last.values()) {
    if (isUpstreamFailure(effect)) return hostOf(effect.request) ?? "an upstream";
  }
  // Out of time, most of it spent waiting for one answer.
  if (execution.status === "timed_out") {
    for (const effect of last.values()) {
      if (effect.endedMs - effect.startedMs > execution.latencyMs / 2) return hostOf(effect.request) ?? "an upstream";
    }
  }
  return null;
}

/** A fetch that got no answer, or one that says that the server is at fault (500 and up) or takes no more (429). */
function isUpstreamFailure(effect: Effect): boolean {
  // A fetch that the permissions do not grant never left the house.
  if (effect.error) return !/permission|denied|forbidden|not[ _]?allowed|undeclared/i.test(describeError(effect));
  const status = memberOf(effect.response, "status");
  return typeof status === "number" && (status >= 500 || status === 429);
}

function describeError(effect: Effect): string {
  return `${effect.error?.name ?? ""} ${effect.error?.message ?? ""}`;
}

/**
 * Whose fault a cluster of failures is, against the background of all executions of the tool: the upstream's where
 * most of its failures follow one, the caller's where one caller alone fails while two others succeed, else the tool's.
 */
export function attributeCluster(failures: readonly Execution[], all: readonly Execution[]): Attribution {
  if (failures.length === 0) return "unknown";
  if (failures.every((execution) => !isFailure(execution.status))) return "caller";
  // An upstream that fails in the good calls just as well is not what tells them from the bad ones.
  const good = all.filter(({ status }) => status === "succeeded");
  if (upstreamShare(failures) > UPSTREAM_SHARE && upstreamShare(good) <= UPSTREAM_SHARE) return "upstream";
  return loneCaller(failures, all) === null ? "tool" : "caller";
}

function upstreamShare(executions: readonly Execution[]): number {
  const after = executions.filter((execution) => failedUpstream(execution) !== null).length;
  return executions.length === 0 ? 0 : after / executions.length;
}

/** The one caller that all failures come from, where that is no accident and two others succeed; or null. */
export function loneCaller(failures: readonly Execution[], all: readonly Execution[]): string | null {
  const callers = new Set(failures.map((execution) => execution.caller));
  if (callers.size !== 1) return null;
  const [caller] = callers as Set<string>;
  const counted = all.filter((execution) => countsInRate(execution.status));
  const good = new Map<string, number>();
  let own = 0;
  for (const execution of counted) {
    if (execution.caller === caller) own += 1;
    else if (execution.status === "succeeded") good.set(execution.caller, (good.get(execution.caller) ?? 0) + 1);
  }
  const others = [...good.values()].filter((calls) => calls >= GOOD_CALLS_OF_OTHERS).length;
  if (others < 2) return null;
  // Were every caller equally at risk, all failures would fall on this one with at most this chance.
  const chance = (own / counted.length) ** failures.length;
  return chance <= ACCIDENT ? (caller as string) : null;
}

/** The attribution of a whole opportunity: that of most of its bad calls; the tool's where they are split evenly. */
export function attributeClusters(
  clusters: readonly { readonly count: number; readonly attribution: Attribution }[],
): Attribution {
  if (clusters.length === 0) return "unknown";
  const counts = new Map<Attribution, number>();
  for (const cluster of clusters)
    counts.set(cluster.attribution, (counts.get(cluster.attribution) ?? 0) + cluster.count);
  const rank: Attribution[] = ["tool", "upstream", "caller", "unknown"];
  return rank.reduce((best, next) => ((counts.get(next) ?? 0) > (counts.get(best) ?? 0) ? next : best), rank[0]!);
}

function requestKey(request: Json): string {
  return JSON.stringify([memberOf(request, "method") ?? "GET", memberOf(request, "url") ?? request]);
}

function hostOf(request: Json): string | null {
  const url = memberOf(request, "url");
  if (typeof url !== "string") return null;
  return /^[a-z]+:\/\/(?:[^/@]*@)?([^/?#]+)/i.exec(url)?.[1] ?? null;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value[name] : undefined;
}
