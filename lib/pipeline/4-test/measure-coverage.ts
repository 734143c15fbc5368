/** Which lines the cases passed through, in the version that runs and in the proposed one. */
import type { EvidenceCase, EvidenceSummary, SideResult } from "#lib/core/evidence.ts";
import { countLines, type Instrumented, instrument, type LineCounts, unexecuted } from "#lib/core/line-coverage.ts";
import { plural } from "#lib/core/verdict-words.ts";
import { DEFAULT_LIMITS, type Sandbox } from "#lib/ports/sandbox.ts";
import { WIDTH } from "./baseline.ts";
import { inParallel } from "./in-parallel.ts";
import { type Runnable, runCase, runnable } from "./run-case.ts";

export type Coverage = NonNullable<EvidenceSummary["coverage"]>;

/** Cases that are always run, those that say most first. */
const FIRST = 100;
/** Where lines are left that none of them passed, this many in all. */
const MOST = 600;
const MOST_RANGES = 4;
const NOTING_TIMES = 5;
/** One in so many runs may be cut off before the counts say nothing. */
const MOST_CUT_OFF = 4;

/**
 * Runs cases once more on both versions, or on the candidate alone, each answered by the effects that it had there.
 * @throws MachineryLost where the sandbox could not run them
 */
export async function measureCoverage(
  sandbox: Sandbox,
  what: { readonly base: Runnable | null; readonly candidate: Runnable; readonly cases: readonly EvidenceCase[] },
  options: Limits & {
    /** How many runs are done of those that are meant, on both versions together. */
    readonly onDone?: ((done: number, of: number) => Promise<void>) | undefined;
  },
): Promise<Coverage> {
  const cases = [...what.cases].sort((a, b) => Number(a.label === "agrees") - Number(b.label === "agrees"));
  let [done, meant] = [0, 0];
  const counting: Looking = {
    ...options,
    means: (runs) => {
      meant += runs;
      return options.onDone?.(done, meant);
    },
    ran: () => {
      done += 1;
      return options.onDone?.(done, meant);
    },
  };
  const [base, candidate] = await Promise.all([
    what.base === null ? null : passThrough(sandbox, what.base, cases, ({ old }) => old, counting),
    passThrough(sandbox, what.candidate, cases, (one) => one.new, counting),
  ]);
  return {
    cases: Math.min(cases.length, Math.max(base?.looked ?? 0, candidate?.looked ?? 0)),
    all: cases.length,
    base: base?.counts ?? null,
    candidate: candidate?.counts ?? null,
  };
}

type Limits = { readonly signal: AbortSignal; readonly timeMs: number };
/** Told before some are run, and after each. */
type Looking = Limits & {
  readonly means: (runs: number) => Promise<void> | undefined;
  readonly ran: () => Promise<void> | undefined;
};
type Passed = { readonly counts: LineCounts; readonly looked: number };

/** Counts of one version; null where its source cannot be rewritten. */
async function passThrough(
  sandbox: Sandbox,
  version: Runnable,
  cases: readonly EvidenceCase[],
  sideOf: (one: EvidenceCase) => SideResult,
  options: Looking,
): Promise<Passed | null> {
  const { name, source } = version.module;
  const made = instrument(source);
  if (made === null) return null;
  const manifest = { ...version.manifest, outputSchema: {}, postconditions: [] };
  const noting = runnable(name, made.source, manifest);
  const runs: unknown[] = [];
  // Noting the lines takes a call longer than it took.
  const timeMs = Math.min(DEFAULT_LIMITS.timeMs, options.timeMs * NOTING_TIMES);
  let [looked, cutOff] = [0, 0];
  while (looked < cases.length && looked < MOST && (looked < FIRST || hasGaps(source, made, runs))) {
    const some = cases.slice(looked, looked + FIRST);
    looked += some.length;
    await options.means(some.length);
    runs.push(
      ...(await inParallel(some, WIDTH, async (one) => {
        const side = sideOf(one);
        // It would run over its time again, and then tells of no line.
        const endless = side.status === "timed_out" || side.status === "rejected";
        const planned = { input: one.input, answers: { journal: side.effects } };
        const ran = endless ? null : (await runCase(sandbox, noting, planned, options.signal, timeMs)).side;
        if (ran?.status === "timed_out") cutOff += 1;
        await options.ran();
        return ran?.output ?? null;
      })),
    );
  }
  // Of which lines a run that was cut off passed nobody knows: where many were, no line is called unexecuted.
  if (cutOff > 0 && cutOff * MOST_CUT_OFF >= looked) return null;
  return { counts: countLines(source, made, runs), looked: looked - cutOff };
}

function hasGaps(source: string, made: Instrumented, runs: readonly unknown[]): boolean {
  return unexecuted(countLines(source, made, runs)).length > 0;
}

/** The sentence for the line NOT TESTED; nothing where every line was executed. */
export function describeUnexecuted({ candidate, cases, all }: Coverage): string[] {
  if (candidate === null || cases === 0) return [];
  const ranges = unexecuted(candidate);
  if (ranges.length === 0) return [];
  const named = ranges.slice(0, MOST_RANGES).map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  const more = ranges.length > named.length ? ` and ${plural(ranges.length - named.length, "more place")}` : "";
  const single = ranges.length === 1 && ranges[0]?.from === ranges[0]?.to;
  const looked = cases < all ? `none of the ${cases} cases looked at` : "no case";
  return [`${single ? "Line" : "Lines"} ${named.join(", ")}${more} of the proposed source: executed by ${looked}.`];
}
