/** Runs the base version on every planned case: what it still answers, what it gets wrong, and what of it is noise. */
import { compare, noisePaths } from "#lib/core/comparison.ts";
import type { Json } from "#lib/core/json.ts";
import { hasExpectation, isBad, meetsExpectation, type TargetReason } from "#lib/core/labels.ts";
import { maskSensitive, type Schemas } from "#lib/core/sensitive.ts";
import { plural } from "#lib/core/verdict-words.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { inParallel } from "./in-parallel.ts";
import type { PlannedCase } from "./planned-case.ts";
import { type CaseRun, type Runnable, runCase } from "./run-case.ts";
import { createPatience } from "./time-budget.ts";

/** Cases in flight at once: enough to keep the workers busy, few enough not to spoil the latencies. */
export const WIDTH = 4;

export type BaselineCase = {
  readonly planned: PlannedCase;
  /** Null for a good case. */
  readonly target: TargetReason | null;
  readonly old: CaseRun;
  /** Shortest and longest time that the old version took. */
  readonly fastestMs: number;
  readonly slowestMs: number;
};

export type Baseline = {
  readonly cases: readonly BaselineCase[];
  readonly noise: readonly string[];
  /** What could not be used, in plain words. */
  readonly notTested: readonly string[];
};

/** Runs the base version twice on every good call, once on all others. */
export async function runBaseline(
  sandbox: Sandbox,
  base: Runnable & { readonly number: number },
  planned: readonly PlannedCase[],
  options: { readonly signal: AbortSignal; readonly timeMs: number; readonly onDone?: (done: number) => Promise<void> },
): Promise<Baseline> {
  let done = 0;
  const patience = createPatience(options.timeMs);
  const runs = await inParallel(planned, WIDTH, async (one) => {
    const first =
      patience.spent() && one.recorded?.status === "timed_out" && one.recorded.version === base.number
        ? endlessAsRecorded(options.timeMs)
        : await runCase(sandbox, base, one, options.signal, patience.budget());
    patience.tell(first.side.status);
    const again = one.source === "recorded" && one.wrong === undefined && first.side.status === "succeeded";
    const second = again ? await runCase(sandbox, base, one, options.signal, options.timeMs) : null;
    done += 1;
    await options.onDone?.(done);
    return { planned: one, first, second };
  });
  return settle({ version: base.number, schemas: base.manifest }, runs);
}

/** A few endless recordings were endless again: the others are believed, or testing would take for ever. */
function endlessAsRecorded(timeMs: number): CaseRun {
  const error = { name: "TimedOut", message: "The recorded call ran over its time budget", stack: "" };
  return { side: { status: "timed_out", error, latencyMs: timeMs, effects: [] }, brokePostcondition: false };
}

type Runs = { readonly planned: PlannedCase; readonly first: CaseRun; readonly second: CaseRun | null };

/** What the runs of the old version say. Pure. */
export function settle(base: { readonly version: number; readonly schemas: Schemas }, runs: readonly Runs[]): Baseline {
  const noise = new Set<string>();
  const cases: BaselineCase[] = [];
  let [unsteady, notRepeated, otherwise, unlike] = [0, 0, 0, 0];
  for (const { planned, first, second } of runs) {
    const own = noiseOf(planned, first, second);
    for (const path of own) if (path !== "") noise.add(path);
    const target = targetOf(planned, first);
    if (own.includes("") || (second !== null && second.side.status !== first.side.status)) unsteady += 1;
    else if (target === "not_repeated") notRepeated += 1;
    else if (target === "otherwise") otherwise += 1;
    else if (target === null && !isAsRecorded(base, planned, first, own)) unlike += 1;
    else {
      const times = [first.side.latencyMs, ...(second === null ? [] : [second.side.latencyMs])];
      cases.push({ planned, target, old: first, fastestMs: Math.min(...times), slowestMs: Math.max(...times) });
    }
  }
  const notTested = [
    ...(unsteady > 0 ? [`${plural(unsteady, "recorded call")} whose whole answer differs from run to run.`] : []),
    ...(notRepeated > 0 ? [`${plural(notRepeated, "recorded failure")} that did not fail again in replay.`] : []),
    ...(otherwise > 0 ? [`${plural(otherwise, "recorded good call")} that the current version fails in replay.`] : []),
    ...(unlike > 0
      ? [
          `${plural(unlike, "recorded call")} whose recorded answer is not the one that the same version gives in replay.`,
        ]
      : []),
  ];
  return { cases, noise: [...noise].sort(), notTested };
}

/** Old against old: only the version itself shows what of its answers is noise. */
function noiseOf(planned: PlannedCase, first: CaseRun, second: CaseRun | null): string[] {
  if (planned.source !== "recorded" || planned.wrong !== undefined) return [];
  if (first.side.status !== "succeeded" || second?.side.status !== "succeeded") return [];
  return noisePaths([first.side.output], [second.side.output]);
}

/**
 * Whether a version answers in replay what is on record of it. A record that it cannot repeat (one that was imported, or
 * the work of something outside) is no yardstick, and must not teach what may be ignored. What is masked on record differs.
 */
function isAsRecorded(
  { version, schemas }: { readonly version: number; readonly schemas: Schemas },
  { source, recorded, wrong }: PlannedCase,
  { side }: CaseRun,
  noise: readonly string[],
): boolean {
  if (source !== "recorded" || wrong !== undefined || recorded?.version !== version) return true;
  if (recorded.status !== "succeeded" || side.status !== "succeeded") return true;
  const masked = (output: Json | undefined) => maskSensitive(output, schemas.outputSchema, new Set());
  return compare(masked(recorded.output), masked(side.output), noise).length === 0;
}

/** Why a case is a target, null for a good one, or why it can be neither. */
function targetOf(
  planned: PlannedCase,
  { side, brokePostcondition }: CaseRun,
): TargetReason | null | "not_repeated" | "otherwise" {
  if (side.status === "diverged") return planned.wrong === undefined ? null : planned.wrong;
  const failed = brokePostcondition ? "postcondition" : "failed";
  switch (planned.wrong) {
    case "failed":
      return isBad(side) ? failed : "not_repeated";
    case "known_answer":
      return meetsExpectation(side, planned) ? null : "known_answer";
    case "marked_wrong":
      // A later version may have mended it already.
      return compare(planned.recorded?.output, side.output).length === 0 ? "marked_wrong" : "not_repeated";
  }
  if (hasExpectation(planned)) return meetsExpectation(side, planned) ? null : "known_answer";
  if (!isBad(side)) return null;
  return planned.source === "recorded" ? "otherwise" : failed;
}
