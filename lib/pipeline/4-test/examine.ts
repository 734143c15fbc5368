/** Runs a validated candidate on everything that the base version was run on, and judges what came of it. */

import { abResult } from "#lib/core/ab.ts";
import { type KnownCase, writtenByHeart } from "#lib/core/by-heart.ts";
import { editSizeOf } from "#lib/core/correctness-rank.ts";
import type { AbResult, EvidenceCase } from "#lib/core/evidence.ts";
import { canonicalJson } from "#lib/core/json.ts";
import { unexecutedShare } from "#lib/core/line-coverage.ts";
import type { Mask } from "#lib/core/masking.ts";
import type { Purpose } from "#lib/core/proposal.ts";
import type { Circumstances } from "#lib/core/tally.ts";
import { type Judgement, judge } from "#lib/core/verdict.ts";
import type { Label } from "#lib/core/words.ts";
import { DEFAULT_LIMITS, type Sandbox } from "#lib/ports/sandbox.ts";
import { type Baseline, type BaselineCase, runBaseline, WIDTH } from "./baseline.ts";
import { compareVersions, gainOf, judged, type LabelledCase, labelPairs, looksSlower, type RunPair } from "./decide.ts";
import { missingCases } from "./describe-changes.ts";
import { explore, RUNS } from "./explore.ts";
import { inParallel } from "./in-parallel.ts";
import { type Coverage, measureCoverage } from "./measure-coverage.ts";
import type { PlannedCase } from "./planned-case.ts";
import { type Runnable, runCase } from "./run-case.ts";
import { createPatience } from "./time-budget.ts";
import { unneededParts } from "./unneeded-parts.ts";

export type Examination = {
  readonly judgement: Judgement;
  readonly cases: readonly EvidenceCase[];
  readonly ab: AbResult;
  readonly masks: ReadonlyMap<number, Mask>;
  /** Absent where nothing was run, or a trial had lost already. */
  readonly coverage?: Coverage;
};

export type ToExamine = {
  readonly base: Runnable & { readonly number: number };
  readonly candidate: Runnable;
  readonly baseline: Baseline;
  readonly circumstances: Omit<
    Circumstances,
    "latencyGainMs" | "validationErrors" | "trouble" | "explored" | "byHeart" | "editSize" | "unneeded" | "unexecuted"
  >;
};

export type ExamineOptions = {
  readonly signal: AbortSignal;
  readonly timeMs: number;
  /** How many generated inputs are tried. */
  readonly runs: number;
  readonly onDone?: (done: number) => Promise<void>;
  /** While it looks which lines were executed. */
  readonly onCoverage?: (done: number, of: number) => Promise<void>;
};

/** Runs, labels and judges a candidate. */
export async function examine(sandbox: Sandbox, what: ToExamine, options: ExamineOptions): Promise<Examination> {
  const { base, candidate, baseline, circumstances } = what;
  const own = await candidatesOwn(sandbox, what, options);
  let done = 0;
  const patience = createPatience(options.timeMs);
  const pairs = await inParallel([...baseline.cases, ...own], WIDTH, async (one) => {
    // A good answer gets its whole time; what was endless before may be so again.
    const timeMs = one.target === null ? options.timeMs : patience.budget();
    let pair = await runPair(sandbox, what, one, { ...options, timeMs });
    // Before a good answer or a case is called lost to time, it gets all that a live call gets.
    const counts = one.target === null || one.planned.source !== "recorded";
    if (counts && pair.new.side.status === "timed_out" && !patience.spent()) {
      pair = await runPair(sandbox, what, one, { ...options, timeMs: DEFAULT_LIMITS.timeMs });
    }
    patience.tell(pair.new.side.status);
    done += 1;
    await options.onDone?.(done);
    return pair;
  });
  const { name } = base.module;
  const sources = { tool: name, base: base.module.source, candidate: candidate.module.source };
  const first = labelPairs(pairs, baseline.noise, sources);
  const exploration = await explore(
    sandbox,
    { base, candidate, baseline, corrected: correctedOf(pairs, first) },
    options,
  );
  // A faster version answers as before, and a trial has no time.
  const whole = options.runs >= RUNS;
  const mends = MENDS.includes(circumstances.purpose) && whole;
  const unneeded = mends ? await unneededParts(sandbox, { base, candidate }, pairs, options) : [];
  const found = exploration.counterexamples.map((one) => ({
    ...one,
    fastestMs: one.new.side.latencyMs,
    slower: false,
  }));
  const labelled = found.length === 0 ? first : labelPairs([...pairs, ...found], baseline.noise, sources);
  const cases = labelled.map(({ kept }) => kept);
  const lost = cases.some(
    ({ label, source, aside }) => LOST.includes(label) && source !== "candidate_case" && aside !== true,
  );
  const coverage =
    lost && !whole
      ? undefined
      : await measureCoverage(
          sandbox,
          { base: whole ? base : null, candidate, cases },
          { ...options, onDone: options.onCoverage },
        );
  const latencyGainMs = gainOf(pairs.filter(({ base: { planned } }) => planned.source !== "candidate_case"));
  return {
    judgement: judge(cases.map(judged), {
      ...circumstances,
      latencyGainMs,
      validationErrors: [],
      trouble: null,
      explored: exploration.explored,
      unneeded,
      editSize: editSizeOf(sources.base, sources.candidate),
      unexecuted: unexecutedShare(sources.base, sources.candidate, coverage?.candidate ?? []),
      byHeart: writtenByHeart(sources.base, sources.candidate, knownCasesOf(first)),
    }),
    cases,
    ...(coverage === undefined ? {} : { coverage }),
    ab: compareVersions(cases),
    masks: new Map(labelled.flatMap(({ kept, mask }) => (mask === null ? [] : [[kept.index, mask]]))),
  };
}

/** What a candidate of a search is passed over for. */
const LOST: readonly Label[] = ["regression", "still_wrong"];
const MENDS: readonly Purpose[] = ["failing", "incorrect", "degrading"];

/** What was answered wrongly and is now answered as it is known to be right: the inputs near it should change too. */
function correctedOf(pairs: readonly RunPair[], labelled: readonly LabelledCase[]): PlannedCase[] {
  const inputs = new Set(
    labelled
      .filter(({ kept }) => kept.label === "corrected" && kept.old.status === "succeeded")
      .map(({ kept }) => canonicalJson(kept.input)),
  );
  const own = pairs.map(({ base }) => base.planned).filter(({ source }) => source !== "candidate_case");
  return own.filter(({ input }) => inputs.has(canonicalJson(input)));
}

/** Cases whose right answer a candidate could have been told. */
function knownCasesOf(labelled: readonly LabelledCase[]): KnownCase[] {
  return labelled.flatMap(({ kept: { target, source, input, expectedOutput } }) =>
    target && source !== "candidate_case" && expectedOutput !== undefined ? [{ input, right: expectedOutput }] : [],
  );
}

/** The judgement of a candidate that never ran, or could not be. */
export function judgeUnrun(
  circumstances: ToExamine["circumstances"],
  why: { readonly validationErrors?: readonly string[]; readonly trouble?: string },
): Examination {
  const { validationErrors = [], trouble = null } = why;
  const judgement = judge([], { ...circumstances, latencyGainMs: null, validationErrors, trouble });
  return { judgement, cases: [], ab: abResult([]), masks: new Map() };
}

/** Cases that the candidate adds or changes: run and shown, never counted. */
async function candidatesOwn(
  sandbox: Sandbox,
  what: ToExamine,
  options: ExamineOptions,
): Promise<readonly BaselineCase[]> {
  const written = missingCases(what.candidate.manifest.testCases, what.base.manifest.testCases);
  const planned = written.map(
    (one): PlannedCase => ({
      source: "candidate_case",
      description: one.description,
      input: one.input,
      ...(one.expectedOutput === undefined ? {} : { expectedOutput: one.expectedOutput }),
      ...(one.shouldThrow === undefined ? {} : { shouldThrow: one.shouldThrow }),
      answers: { stated: one.effects ?? [] },
    }),
  );
  const { signal, timeMs } = options;
  return (await runBaseline(sandbox, what.base, planned, { signal, timeMs })).cases;
}

async function runPair(
  sandbox: Sandbox,
  what: ToExamine,
  one: BaselineCase,
  options: ExamineOptions,
): Promise<RunPair> {
  const { signal, timeMs } = options;
  const runNew = () => runCase(sandbox, what.candidate, one.planned, signal, timeMs);
  const first = await runNew();
  let fastestMs = first.side.latencyMs;
  let slowestOldMs = one.slowestMs;
  const answered = one.old.side.status === "succeeded" && first.side.status === "succeeded";
  let slower = answered && looksSlower(slowestOldMs, fastestMs);
  // A pause of the machine looks like slowness once, not three times on both sides.
  for (let look = 0; slower && look < 3; look += 1) {
    const again = await runNew();
    const oldAgain = await runCase(sandbox, what.base, one.planned, signal, timeMs);
    fastestMs = Math.min(fastestMs, again.side.latencyMs);
    slowestOldMs = Math.max(slowestOldMs, oldAgain.side.latencyMs);
    slower = looksSlower(slowestOldMs, fastestMs);
  }
  return { base: one, new: first, fastestMs, slower };
}
