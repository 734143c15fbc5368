/** What an engineer would look up first: when it began, what changed then, who and what is affected. */

import { attributeClusters, failedUpstream, loneCaller } from "#lib/core/attribution.ts";
import { saySpan } from "#lib/core/bad-calls.ts";
import { clusterKey } from "#lib/core/clusters.ts";
import type { Execution } from "#lib/core/execution.ts";
import { canonicalJson, type Json } from "#lib/core/json.ts";
import type { Cluster, Statistics } from "#lib/core/opportunity.ts";
import { type Change, stratifiedTail } from "#lib/core/statistics-change.ts";
import { suspectFinding } from "#lib/core/suspect-version.ts";
import type { KindChange } from "./find-kind-change.ts";
import { kindFindings } from "./kind-change-words.ts";
import { failuresCutOff, type ToolRecord } from "./record.ts";
import { brief, count, kindOf, sayChance, sayTime } from "./words.ts";

export type Scene = {
  readonly record: ToolRecord;
  readonly failures: readonly Execution[];
  readonly clusters: readonly Cluster[];
  readonly change:
    | (Change & { readonly at: Date; readonly earlier?: NonNullable<Statistics["change"]>["earlier"] })
    | null;
  /** Changes of the kinds of failure; null where the problem is one of them, and its sentences stand by themselves. */
  readonly kinds: readonly KindChange[] | null;
  /** Since when its calls have gone well again, where a fault of the version is not shown to be gone by that. */
  readonly wellSince: Date | null;
  readonly now: Date;
};

/** Each finding is a sentence with its evidence. */
export function investigate(scene: Scene): string[] {
  return [
    scene.kinds === null ? null : began(scene),
    ...kindFindings(scene.kinds ?? [], scene.now),
    sinceThen(scene),
    versionThen(scene),
    upstream(scene),
    callers(scene),
    ...inputs(scene),
    advice(scene),
  ].filter((finding): finding is string => finding !== null);
}

/** When the trouble began: the first failure after the change, or of the whole record. */
function beginning({ failures, change, record }: Scene): Date {
  const from = change?.at ?? record.firstCall;
  if (failuresCutOff(record)) return from;
  const times = failures.map(({ startedAt }) => startedAt.getTime()).filter((time) => time >= from.getTime());
  return times.length === 0 ? from : new Date(Math.min(...times));
}

function began(scene: Scene): string | null {
  if (scene.failures.length === 0) return null;
  const kinds = (scene.kinds ?? []).length === 0 ? "" : ", but their kinds have";
  const when = sayTime(beginning(scene), scene.now);
  if (scene.change === null && failuresCutOff(scene.record))
    return `The share of failures has been the same since ${when}, the first call of the record${kinds}`;
  if (scene.change === null)
    return `The first failure of the last seven days was at ${when}${scene.wellSince === null ? `; the share of failures has not changed since${kinds}` : ""}`;
  const { at, before, after, pValue, earlier } = scene.change;
  const [span, earliest] =
    earlier === undefined
      ? ["", ""]
      : [
          ` in the ${saySpan(at.getTime() - earlier.until.getTime())}`,
          `. Earlier still, ${earlier.bad.toLocaleString("en-US")} of ${count(earlier.calls, "call")} failed`,
        ];
  return `It began about ${when}: ${before.bad} of ${count(before.calls, "call")} failed${span} before, ${after.bad} of ${count(after.calls, "call")} since; the chance of an accident is ${sayChance(pValue)}${earliest}`;
}

/** Good calls after the failures are told, and what they do not show. */
function sinceThen({ record, wellSince, now }: Scene): string | null {
  if (wellSince === null) return null;
  let [calls, good] = [0, 0];
  for (const slice of record.traffic.filter(({ at }) => at >= wellSince)) {
    calls += slice.calls;
    good += slice.calls - slice.failures;
  }
  return `${good} of ${count(calls, "call")} succeeded since ${sayTime(wellSince, now)}, on the same version: others may have been asked for, so the fault counts as there until they have gone well for a day`;
}

/** A new version just before the beginning is the first suspect; none is evidence, too. */
function versionThen(scene: Scene): string | null {
  const { record, now } = scene;
  const start = beginning(scene);
  const [activation] = record.activations.filter(({ at }) => at <= start);
  if (activation === undefined) return null;
  const when = sayTime(activation.at, now);
  // What an upstream or the version before did as well, this one did not bring.
  if (attributeClusters(scene.clusters) === "upstream") return null;
  const before = failedBefore(scene, activation.at);
  if (before !== null) return `Version ${activation.version} became active at ${when}; ${before}`;
  const { calls, exact } = callsBetween(scene, activation.at, start);
  return calls < SUSPECT_CALLS
    ? suspectFinding(activation.version, when, `${exact ? "" : "about "}${count(calls, "call")}`)
    : `The version did not change then: version ${activation.version} had been active since ${when}`;
}

/** That calls failed as much before a version became active; null where they failed clearly less, or there were none. */
function failedBefore({ record, change }: Scene, at: Date): string | null {
  if (change !== null) return null;
  const [before, after] = [
    { calls: 0, bad: 0 },
    { calls: 0, bad: 0 },
  ];
  for (const slice of record.traffic) {
    const side = slice.at < at ? before : after;
    side.calls += slice.calls;
    side.bad += slice.failures;
  }
  if (before.bad === 0 || stratifiedTail([{ before, after }]) <= ACCIDENT) return null;
  return `${before.bad} of ${count(before.calls, "call")} had failed before it as well`;
}

/** Chance below which more failures after a version than before it are no accident. */
const ACCIDENT = 0.01;

/** A version that answered fewer calls before the first failure is the suspect. */
const SUSPECT_CALLS = 20;

/** Calls between two times: counted where all calls of the version were read, else by whole slices of time. */
function callsBetween({ record }: Scene, from: Date, to: Date): { calls: number; exact: boolean } {
  const within = ({ startedAt }: Execution) => startedAt > from && startedAt < to;
  const answered = record.others.filter(({ status }) => status !== "refused" && status !== "rejected");
  const { failed: _failed, timed_out: _late, ...others } = record.counts;
  const all = Object.values(others).reduce((sum, some) => sum + some, 0);
  if (record.others.length >= all && !failuresCutOff(record))
    return { calls: answered.filter(within).length + record.failures.filter(within).length, exact: true };
  // The slice that holds the first failure holds what came after it too.
  const slices = record.traffic.filter(
    ({ at }, index) => at >= from && (record.traffic[index + 1]?.at ?? record.until) <= to,
  );
  return { calls: slices.reduce((sum, slice) => sum + slice.calls, 0), exact: false };
}

/** All failures, or the newest where no more were read. */
function sayFailures({ record, failures }: Scene): string {
  return failuresCutOff(record) ? `the newest ${count(failures.length, "failure")}` : count(failures.length, "failure");
}

function upstream(scene: Scene): string | null {
  const { failures } = scene;
  const hosts = new Map<string, number>();
  for (const failure of failures) {
    const host = failedUpstream(failure);
    if (host !== null) hosts.set(host, (hosts.get(host) ?? 0) + 1);
  }
  const [worst] = [...hosts].sort(([, a], [, b]) => b - a);
  if (worst === undefined) return null;
  return `${worst[1]} of ${sayFailures(scene)} follow a failed or missing answer of ${worst[0]}`;
}

function callers(scene: Scene): string | null {
  const { record, failures } = scene;
  if (failures.length === 0) return null;
  const lone = loneCaller(failures, [...failures, ...record.others]);
  if (lone !== null && failuresCutOff(record))
    return `${sayFailures(scene).replace("the", "The")} are all of ${lone}, while others succeed`;
  if (lone !== null) return `Only ${lone} is affected: all ${sayFailures(scene)} are its own, while others succeed`;
  const affected = new Set(failures.map(({ caller }) => caller)).size;
  return affected > 1 ? `${affected} callers are affected` : null;
}

/** What sets the failing inputs of the largest clusters apart from the good ones. */
function inputs({ record, failures, clusters }: Scene): string[] {
  const marked = new Set(record.wrong.map(({ execution }) => execution.id));
  const good = record.others.filter(({ id, status }) => status === "succeeded" && !marked.has(id));
  if (good.length < 3) return [];
  return clusters.slice(0, 3).flatMap((cluster) => {
    const keys = new Set([cluster.key, ...(cluster.mergedKeys ?? [])]);
    const members = failures.filter((failure) => keys.has(clusterKey(failure)));
    if (members.length < 2) return [];
    const which = clusters.length > 1 ? ` with ${kindOf(cluster, clusters)}` : "";
    const counts = `${members.length} of ${members.length} failures${which}, and in none of ${count(good.length, "good call")}`;
    const conditions = sharedValues(members, good).slice(0, 2);
    if (conditions.length > 0) return conditions.map((condition) => `${condition} in ${counts}`);
    const shapes = new Set(members.map(({ shape }) => shape));
    const [shape] = shapes;
    const apart = shapes.size === 1 && good.every((execution) => execution.shape !== shape);
    return apart ? [`The input has the shape ${brief(shape ?? "", 160)} in ${counts}`] : [];
  });
}

/** Conditions on single members that hold in every failing input and in no good one. */
function sharedValues(failing: readonly Execution[], good: readonly Execution[]): string[] {
  const first = leaves((failing[0] as Execution).input);
  const failingLeaves = failing.map(({ input }) => leaves(input));
  const goodLeaves = good.map(({ input }) => leaves(input));
  const found: string[] = [];
  for (const [path, value] of first) {
    if (
      failingLeaves.every((other) => other.get(path) === value) &&
      goodLeaves.every((other) => other.get(path) !== value)
    ) {
      found.push(`${path} is ${brief(value, 60)}`);
    }
  }
  for (const path of new Set(goodLeaves.flatMap((other) => [...other.keys()]))) {
    if (goodLeaves.every((other) => other.has(path)) && failingLeaves.every((other) => !other.has(path))) {
      found.push(`${path} is missing`);
    }
  }
  return found;
}

/** Primitive members by JSON Pointer, as canonical text; of arrays only how many elements they have. */
function leaves(value: Json, path = "", found = new Map<string, string>()): Map<string, string> {
  if (found.size > 200) return found;
  if (Array.isArray(value)) found.set(`the length of ${path || "the input"}`, String(value.length));
  else if (value !== null && typeof value === "object") {
    for (const [name, member] of Object.entries(value))
      leaves(member, `${path}/${name.replace(/~/g, "~0").replace(/\//g, "~1")}`, found);
  } else found.set(path || "the input", canonicalJson(value));
  return found;
}

/** What to do where a change of the tool's code is not the answer. */
function advice({ clusters }: Scene): string | null {
  const [largest] = clusters;
  if (largest?.attribution === "upstream")
    return "Wait for the upstream or talk to its owners: a change of the tool would not repair it";
  if (largest?.attribution === "caller")
    return "Talk to the owners of the caller: others get good answers from the same version";
  return null;
}
