/** Runs old and new on inputs that nobody sent: where they part, and what the smallest input is that shows it. */
import fc from "fast-check";
import { compare } from "#lib/core/comparison.ts";
import { changedInputs, type GeneratedInput, inputsOfSchema } from "#lib/core/generated-inputs.ts";
import { canonicalJson, type Json } from "#lib/core/json.ts";
import { isBad } from "#lib/core/labels.ts";
import type { Explored } from "#lib/core/tally.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { type Baseline, type BaselineCase, WIDTH } from "./baseline.ts";
import { inParallel } from "./in-parallel.ts";
import type { Answers, PlannedCase } from "./planned-case.ts";
import { type CaseRun, type Runnable, runCase } from "./run-case.ts";
import { createPatience, type Patience } from "./time-budget.ts";

export type Exploration = {
  readonly explored: Explored;
  /** The smallest inputs found that the new version fails, or answers otherwise; kept with the evidence. */
  readonly counterexamples: readonly { readonly base: BaselineCase; readonly new: CaseRun }[];
};

export type ToExplore = {
  readonly base: Runnable;
  readonly candidate: Runnable;
  readonly baseline: Baseline;
  /** Recorded calls and cases whose wrong answers the candidate corrected. */
  readonly corrected: readonly PlannedCase[];
};

export type ExploreOptions = { readonly signal: AbortSignal; readonly timeMs: number; readonly runs: number };

/** How many inputs are tried for a proposal; a fixed seed, so that the same test finds the same. */
export const RUNS = 150;
const SEED = 20_261_123;
/** Runs that shrinking may take for one counterexample, and time for all of it. */
const MOST_SHRINKS = 80;
/** Made-up inputs often lead astray: what does not end soon is left. */
const LONGEST_MS = 300;
/** Time for all of it: what was not tried by then is not tried. */
const MOST_MS = 4_000;
const SHRINK_MS = 1_500;

type Both = { readonly planned: PlannedCase; readonly old: CaseRun; readonly new: CaseRun };

/** Explores with generated inputs; never touches the world: effects are answered from the recording that was changed. */
export async function explore(sandbox: Sandbox, what: ToExplore, options: ExploreOptions): Promise<Exploration> {
  const seeds = bySize(what.baseline.cases.filter(isUsable).map(({ planned }) => planned));
  const corrected = bySize(what.corrected.filter((planned) => !("stated" in planned.answers)));
  const patience = createPatience(Math.min(options.timeMs, LONGEST_MS));
  const until = performance.now() + MOST_MS;
  const run = (planned: PlannedCase): Promise<Both> =>
    patience.over() || performance.now() > until
      ? Promise.resolve({ planned, old: LEFT_OUT, new: LEFT_OUT })
      : runBoth(sandbox, what, planned, options, patience);
  const wide = await tryAll(sourcesOf(what.base, seeds), options.runs, run);
  const near = await tryAll(changesOf(corrected), Math.ceil(options.runs / 2), run);
  const { noise } = what.baseline;
  const answered = wide.filter(({ old }) => old.side.status === "succeeded");
  const comparable = answered.filter((both) => both.new.side.status !== "diverged");
  const fails = (both: Both) => both.old.side.status === "succeeded" && isBad(both.new.side);
  const differs = (both: Both) => both.new.side.status === "succeeded" && isChanged(both, noise);
  const nearComparable = near.filter(
    ({ old, new: next }) => old.side.status !== "diverged" && next.side.status !== "diverged",
  );
  const counterexamples: Both[] = [];
  for (const holds of [fails, differs]) {
    if (!answered.some(holds)) continue;
    counterexamples.push(await smallest(sourcesOf(what.base, seeds), answered.filter(holds), holds, run, options));
  }
  return {
    explored: {
      answered: comparable.length,
      failed: comparable.filter(fails).length,
      differ: comparable.filter(differs).length,
      near: nearComparable.length,
      nearChanged: nearComparable.filter((both) => isChanged(both, noise)).length,
    },
    counterexamples: counterexamples.map((both) => ({
      base: {
        planned: both.planned,
        target: null,
        old: both.old,
        fastestMs: both.old.side.latencyMs,
        slowestMs: both.old.side.latencyMs,
      },
      new: both.new,
    })),
  };
}

/** Recordings and cases that both versions can be run on again. */
function isUsable({ planned, old }: BaselineCase): boolean {
  return old.side.status === "succeeded" && !("stated" in planned.answers && planned.answers.stated.length > 0);
}

function bySize(planned: readonly PlannedCase[]): PlannedCase[] {
  const sized = planned.map((one) => ({ one, size: canonicalJson(one.input).length }));
  return sized.sort((a, b) => a.size - b.size).map(({ one }) => one);
}

type Source = { readonly inputs: fc.Arbitrary<GeneratedInput>; readonly like: readonly PlannedCase[] };

/** Changed recordings; half of the inputs from the schema where the tool touches nothing outside. */
function sourcesOf({ manifest }: Runnable, like: readonly PlannedCase[]): Source | null {
  const changed = changesOf(like);
  const { network, kv } = manifest.permissions;
  const fresh =
    network.length === 0 && kv === "none" && like.every(touchesNothing) ? inputsOfSchema(manifest.inputSchema) : null;
  if (fresh === null) return changed;
  return { like, inputs: changed === null ? fresh : fc.oneof({ weight: 3, arbitrary: changed.inputs }, fresh) };
}

function changesOf(like: readonly PlannedCase[]): Source | null {
  return like.length === 0 ? null : { like, inputs: changedInputs(like.map(({ input }) => input)) };
}

function touchesNothing({ answers }: PlannedCase): boolean {
  return !("journal" in answers) || answers.journal.every(({ kind }) => kind === "log");
}

async function tryAll(
  source: Source | null,
  runs: number,
  run: (planned: PlannedCase) => Promise<Both>,
): Promise<Both[]> {
  if (source === null) return [];
  const seen = new Set(source.like.map(({ input }) => canonicalJson(input)));
  const fresh: PlannedCase[] = [];
  for (const generated of fc.sample(source.inputs, { seed: SEED, numRuns: runs * 2 })) {
    const key = canonicalJson(generated.input);
    if (seen.has(key) || fresh.length >= runs) continue;
    seen.add(key);
    fresh.push(plannedOf(source, generated));
  }
  return inParallel(fresh, WIDTH, run);
}

function plannedOf({ like }: Source, generated: GeneratedInput): PlannedCase {
  const from = generated.like === null ? undefined : like[generated.like];
  const made = from === undefined ? "made from the input schema" : "a recorded input, changed";
  return { source: "generated", description: made, input: generated.input, answers: from?.answers ?? NOTHING };
}

const NOTHING: Answers = { journal: [] };

async function runBoth(
  sandbox: Sandbox,
  { base, candidate }: ToExplore,
  planned: PlannedCase,
  { signal, timeMs }: ExploreOptions,
  patience: Patience,
): Promise<Both> {
  const old = await runCase(sandbox, base, planned, signal, patience.budget());
  patience.tell(old.side.status);
  // What the old version refuses to take or never answers says nothing about the new one.
  if (old.side.status === "rejected" || old.side.status === "timed_out") return { planned, old, new: LEFT_OUT };
  let next = await runCase(sandbox, candidate, planned, signal, patience.budget());
  if (next.side.status === "timed_out") {
    // Cut off by the short time of made-up inputs it says nothing, and gets what a recorded call gets.
    if (patience.spent()) return { planned, old, new: LEFT_OUT };
    next = await runCase(sandbox, candidate, planned, signal, timeMs);
  }
  patience.tell(next.side.status);
  return { planned, old, new: next };
}

/** Stands for a run that was not made: neither agreement nor difference. */
const LEFT_OUT: CaseRun = { side: { status: "diverged", latencyMs: 0, effects: [] }, brokePostcondition: false };

function isChanged({ old, new: next }: Both, noise: readonly string[]): boolean {
  if (old.side.status !== next.side.status) return true;
  return old.side.status === "succeeded" && compare(old.side.output, next.side.output, noise).length > 0;
}

/** The smallest input that shows the same: shrunk by fast-check from the first that it meets, or the smallest seen. */
async function smallest(
  source: Source | null,
  found: readonly Both[],
  holds: (both: Both) => boolean,
  run: (planned: PlannedCase) => Promise<Both>,
  { signal }: ExploreOptions,
): Promise<Both> {
  let best = found.reduce((a, b) => (sizeOf(b.planned.input) < sizeOf(a.planned.input) ? b : a));
  let shrinks = 0;
  const until = performance.now() + SHRINK_MS;
  const property = fc.asyncProperty((source as Source).inputs, async (generated) => {
    signal.throwIfAborted();
    if (shrinks >= MOST_SHRINKS || performance.now() > until) return true;
    const both = await run(plannedOf(source as Source, generated));
    const hit = both.old.side.status === "succeeded" && holds(both);
    if (hit || shrinks > 0) shrinks += 1;
    if (hit && sizeOf(both.planned.input) < sizeOf(best.planned.input)) best = both;
    return !hit;
  });
  await fc.check(property, { seed: SEED, numRuns: RUNS });
  return best;
}

function sizeOf(input: Json): number {
  return canonicalJson(input).length;
}
