/** How many wrong patches the gate stops, and how many right ones it lets through: the real room 4 on real bugs. */
import { availableParallelism } from "node:os";
import { correctnessRank, FEATURES } from "#lib/core/correctness-rank.ts";
import { inParallel } from "#lib/pipeline/4-test/in-parallel.ts";
import { type BenchOptions, type BenchResult, type Figure, figure } from "./figure.ts";
import { calibrationError, rightOnTop } from "./gate/calibration.ts";
import { type EffectTrial, tryEffectTools } from "./gate/effect-tools.ts";
import { evidenceSeconds } from "./gate/evidence-time.ts";
import { type Example, type Fit, fitRank, scoresLeftOut } from "./gate/fit-rank.ts";
import { keepTrials } from "./gate/keep-trials.ts";
import { openProvingGround } from "./gate/proving-ground.ts";
import { readTasks, type Task } from "./gate/task.ts";
import { type Kind, type Trial, tryTask } from "./gate/trials.ts";
import { typeCheckTime } from "./gate/type-check-time.ts";
import { WITHHELD } from "./gate/wrong-patches.ts";

const SEED = 20261123;
/** The first is what is aimed at; the others are printed beside it. */
const AIM = 200;
const CALLS = [AIM, 50, 10];
/** Functions in hand at once: one is prepared here while the sandbox runs the other. */
const LANES = Math.min(2, availableParallelism());
const WRONG: readonly Kind[] = ["mutant", "mask", "special case", "other bug"];

/** Time is taken in the sandbox as it is by default. */
async function timed(task: Task): Promise<number> {
  const ground = await openProvingGround({ jitless: true });
  try {
    return await evidenceSeconds(ground, task, SEED);
  } finally {
    await ground.close();
  }
}

export async function run({ quick, resume }: BenchOptions): Promise<BenchResult> {
  const all = await readTasks();
  // Every seventh function, from both corpora.
  const tasks = quick ? all.filter((_, index) => index % 7 === 3) : all;
  const kept = await keepTrials(resume);
  const ground = await openProvingGround({ jitless: false });
  try {
    let done = 0;
    const tried = await inParallel(tasks, LANES, async (task) => {
      const began = performance.now();
      const seed = SEED + all.indexOf(task) * 100;
      const known = kept.of(task.id);
      const found = known ?? (await tryTask(ground, task, { calls: CALLS, mutants: quick ? 3 : 6 }, seed));
      if (known === null) await kept.keep(task.id, found);
      done += 1;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stderr.write(`${done}/${tasks.length} ${task.id}: ${sayTrials(found)} (${seconds} s)\n`);
      for (const one of found.filter(isRemarkable)) process.stderr.write(`    ${sayTrial(one)}\n`);
      return found;
    });
    const effects = await tryEffectTools(ground, SEED, quick);
    const typical = tasks.find(({ id }) => id.includes("hep")) ?? (tasks[0] as Task);
    const typeCheck = await typeCheckTime(SEED);
    const figures = {
      ...figuresOf(tried.flat()),
      ...effectFigures(effects),
      evidence_seconds: figure(round(await timed(typical)), "s", { atMost: 3 }),
      type_check_ms: figure(round(typeCheck.p50Ms), "ms", { atMost: 20 }),
      type_check_p95_ms: figure(round(typeCheck.p95Ms), "ms"),
      type_checked: figure(typeCheck.candidates, "candidates"),
    };
    for (const [name, one] of Object.entries(figures)) process.stderr.write(`${name}: ${sayFigure(one)}\n`);
    return { bench: "gate", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
  } finally {
    await ground.close();
  }
}

function figuresOf(trials: readonly Trial[]): Record<string, Figure> {
  const of = (calls: number, kinds: readonly Kind[]) =>
    trials.filter((one) => one.calls === calls && kinds.includes(one.kind));
  const wrong = of(AIM, WRONG);
  const right = of(AIM, ["right"]);
  const masks = of(AIM, ["mask"]);
  const withheld = masks.filter(({ family }) => family === WITHHELD);
  const examples = [...right, ...wrong].map(exampleOf);
  const scores = examples.map(({ features }) => correctnessRank(features));
  const leftOut = scoresLeftOut(examples);
  process.stderr.write(`${sayFit(fitRank(examples), examples)}\n`);
  const figures: Record<string, Figure> = {
    wrong_stopped: figure(percent(wrong, isStopped), "%", { atLeast: 95 }),
    right_passed: figure(percent(right, isPassed), "%", { atLeast: 70 }),
    right_failed: figure(percent(right, isFailed), "%", { atMost: 5 }),
    masked_recall: figure(percent(masks, isMasked), "%", { atLeast: 98 }),
    masked_false: figure(percent(right, isMasked), "%", { atMost: 1 }),
    calibration_error: figure(calibrationError(examples, scores), "points"),
    calibration_error_left_out: figure(calibrationError(examples, leftOut), "points"),
    identical_agrees: figure(percent(of(AIM, ["identical"]), agreesWholly), "%", { atLeast: 100 }),
    planted_found: figure(percent(of(AIM, ["planted"]), differs), "%", { atLeast: 100 }),
    right_on_top: figure(rightOnTop(examples, scores), "%"),
    right_on_top_left_out: figure(rightOnTop(examples, leftOut), "%"),
    functions: figure(new Set(right.map(({ task }) => task)).size, "functions"),
    right_patches: figure(right.length, "patches"),
    wrong_patches: figure(wrong.length, "patches"),
    masks: figure(masks.length, "patches"),
    withheld_masks: figure(withheld.length, "patches"),
    ...(withheld.length > 0 ? { withheld_masks_flagged: figure(percent(withheld, isMasked), "%") } : {}),
  };
  for (const kind of WRONG) {
    const own = of(AIM, [kind]);
    if (own.length > 0) figures[`${kind.replace(" ", "_")}_stopped`] = figure(percent(own, isStopped), "%");
  }
  for (const calls of CALLS.filter((one) => one !== AIM)) {
    figures[`wrong_stopped_at_${calls}`] = figure(percent(of(calls, WRONG), isStopped), "%");
    figures[`right_passed_at_${calls}`] = figure(percent(of(calls, ["right"]), isPassed), "%");
    figures[`right_failed_at_${calls}`] = figure(percent(of(calls, ["right"]), isFailed), "%");
  }
  return figures;
}

/** The tools with effects, measured apart. */
function effectFigures(trials: readonly EffectTrial[]): Record<string, Figure> {
  const right = trials.filter((one) => one.right);
  const wrong = trials.filter((one) => !one.right);
  const share = (some: readonly EffectTrial[], holds: (one: EffectTrial) => boolean) =>
    round((some.filter(holds).length / Math.max(1, some.length)) * 100);
  return {
    effects_wrong_stopped: figure(
      share(wrong, ({ verdict }) => verdict !== "passed"),
      "%",
    ),
    effects_right_passed: figure(
      share(right, ({ verdict }) => verdict === "passed"),
      "%",
    ),
    effects_right_failed: figure(
      share(right, ({ verdict }) => verdict === "failed"),
      "%",
    ),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const exampleOf = ({ task, features, kind }: Trial): Example => ({ task, features, right: kind === "right" });

/** What would stand in core/correctness-rank, fitted on the patches of this run, and how many of them have each feature. */
function sayFit({ bias, weights }: Fit, examples: readonly Example[]): string {
  const having = (at: number) => examples.filter(({ features }) => (features[at] ?? 0) !== 0).length;
  const lines = FEATURES.map((name, at) => `  ${weights[at]?.toFixed(2).padStart(6)}  ${name} (${having(at)} patches)`);
  return `rank fitted on this run of ${examples.length} patches: bias ${bias.toFixed(2)}\n${lines.join("\n")}`;
}

const isPassed = ({ verdict }: Trial) => verdict === "passed";
const isStopped = ({ verdict }: Trial) => verdict !== "passed";
const isFailed = ({ verdict }: Trial) => verdict === "failed";
const isMasked = ({ warned }: Trial) => warned.includes("masked");
const agreesWholly = ({ agreement, counts }: Trial) =>
  agreement.comparable === agreement.agreed && (counts.changed ?? 0) + (counts.regression ?? 0) === 0;
const differs = ({ counts }: Trial) => (counts.changed ?? 0) + (counts.regression ?? 0) > 0;

/** What a reader of the log wants to see: right patches that do not pass, wrong ones that do, what was not found. */
const isRemarkable = (one: Trial) =>
  one.calls === AIM &&
  (one.kind === "right"
    ? !isPassed(one)
    : one.kind === "planted"
      ? !differs(one)
      : WRONG.includes(one.kind) && isPassed(one));

function percent(trials: readonly Trial[], holds: (trial: Trial) => boolean): number {
  return round((trials.filter(holds).length / Math.max(1, trials.length)) * 100);
}

function sayTrials(all: readonly Trial[]): string {
  const trials = all.filter(({ calls }) => calls === AIM);
  const right = trials.find(({ kind }) => kind === "right");
  const wrong = trials.filter(({ kind }) => WRONG.includes(kind));
  return `right ${right?.verdict ?? "?"}, ${wrong.filter(isStopped).length} of ${wrong.length} wrong stopped`;
}

function sayTrial({ calls, kind, family, verdict, headline, seconds }: Trial): string {
  return `${calls} ${kind} (${family}): ${verdict} in ${seconds.toFixed(2)} s: ${headline}`;
}

function sayFigure({ value, unit, target, ok }: Figure): string {
  return `${value} ${unit}${target === undefined ? "" : ` (aim ${target}, ${ok ? "met" : "missed"})`}`;
}
