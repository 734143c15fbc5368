/** How many wrong patches the gate stops, and how many right ones it lets through: the real room 4 on real bugs. */
import { type BenchResult, type Figure, figure } from "./figure.ts";
import { openProvingGround } from "./gate/proving-ground.ts";
import { readTasks } from "./gate/task.ts";
import { type Kind, type Trial, tryTask } from "./gate/trials.ts";
import { WITHHELD } from "./gate/wrong-patches.ts";

const SEED = 20261123;
/** The first is what is aimed at; the others are printed beside it. */
const CALLS = process.env.GATE_CALLS ? [200] : [200, 50, 10];
const WRONG: readonly Kind[] = ["mutant", "mask", "special case", "other bug"];

export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  const all = await readTasks();
  // Every seventh function, from both ends of the corpora.
  const tasks = quick ? all.filter((_, index) => index % 7 === 3) : all;
  const ground = await openProvingGround();
  const trials: Trial[] = [];
  try {
    for (const [at, task] of tasks.entries()) {
      const began = performance.now();
      const found = await tryTask(ground, task, { calls: CALLS, mutants: quick ? 3 : 6 }, SEED + at * 100);
      trials.push(...found);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stderr.write(
        `${at + 1}/${tasks.length} ${task.id}: ${sayTrials(found.filter(({ calls }) => calls === 200))} (${seconds} s)\n`,
      );
      if (process.env.WHETSTONE_BENCH_VERBOSE) for (const one of found) process.stderr.write(`    ${sayTrial(one)}\n`);
    }
  } finally {
    await ground.close();
  }
  const figures = figuresOf(trials);
  for (const [name, one] of Object.entries(figures)) process.stderr.write(`${name}: ${sayFigure(one)}\n`);
  return { bench: "gate", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
}

function figuresOf(trials: readonly Trial[]): Record<string, Figure> {
  const of = (calls: number, kinds: readonly Kind[]) =>
    trials.filter((one) => one.calls === calls && kinds.includes(one.kind));
  const wrong = of(200, WRONG);
  const right = of(200, ["right"]);
  const masks = of(200, ["mask"]);
  const figures: Record<string, Figure> = {
    wrong_stopped: figure(percent(wrong, isStopped), "%", { atLeast: 95 }),
    right_passed: figure(percent(right, isPassed), "%", { atLeast: 70 }),
    right_failed: figure(percent(right, isFailed), "%", { atMost: 5 }),
    masked_recall: figure(percent(masks, isMasked), "%", { atLeast: 98 }),
    masked_false: figure(percent(right, isMasked), "%", { atMost: 1 }),
    identical_agrees: figure(percent(of(200, ["identical"]), agreesWholly), "%", { atLeast: 100 }),
    planted_found: figure(percent(of(200, ["planted"]), differs), "%", { atLeast: 100 }),
    withheld_masks_flagged: figure(
      percent(
        masks.filter(({ family }) => family === WITHHELD),
        isMasked,
      ),
      "%",
    ),
    right_patches: figure(right.length, "patches"),
    wrong_patches: figure(wrong.length, "patches"),
  };
  for (const kind of WRONG)
    figures[`${kind.replace(" ", "_")}_stopped`] = figure(percent(of(200, [kind]), isStopped), "%");
  for (const calls of [50, 10]) {
    figures[`wrong_stopped_at_${calls}`] = figure(percent(of(calls, WRONG), isStopped), "%");
    figures[`right_passed_at_${calls}`] = figure(percent(of(calls, ["right"]), isPassed), "%");
    figures[`right_failed_at_${calls}`] = figure(percent(of(calls, ["right"]), isFailed), "%");
  }
  return figures;
}

const isPassed = ({ verdict }: Trial) => verdict === "passed";
const isStopped = ({ verdict }: Trial) => verdict !== "passed";
const isFailed = ({ verdict }: Trial) => verdict === "failed";
const isMasked = ({ warned }: Trial) => warned.includes("masked");
const agreesWholly = ({ agreement, counts }: Trial) =>
  agreement.comparable === agreement.agreed && (counts.changed ?? 0) + (counts.regression ?? 0) === 0;
const differs = ({ counts }: Trial) => (counts.changed ?? 0) + (counts.regression ?? 0) > 0;

function percent(trials: readonly Trial[], holds: (trial: Trial) => boolean): number {
  if (trials.length === 0) return Number.NaN;
  return Math.round((trials.filter(holds).length / trials.length) * 1000) / 10;
}

function sayTrials(trials: readonly Trial[]): string {
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
