/** Everything that is tried on one corpus function, and how the gate judged each. */
import { isFailure } from "#lib/core/execution.ts";
import { canonicalJson } from "#lib/core/json.ts";
import type { Verdict } from "#lib/core/words.ts";
import type { ProvingGround } from "./proving-ground.ts";
import { answeredInputs, FURTHER, type Situation, situationOf, withSecondBug, wrongMutants } from "./situation.ts";
import type { Task } from "./task.ts";
import { type Body, inputOf, toolSource } from "./tool-source.ts";
import { masksFor, specialCasesFor } from "./wrong-patches.ts";

export type Kind = "right" | "mutant" | "mask" | "special case" | "other bug" | "identical" | "planted";

export type Trial = {
  readonly task: string;
  readonly calls: number;
  readonly kind: Kind;
  readonly family: string;
  readonly verdict: Verdict;
  readonly headline: string;
  /** Labels with their counts. */
  readonly counts: Readonly<Record<string, number>>;
  readonly warned: readonly string[];
  readonly agreement: { readonly comparable: number; readonly agreed: number };
  readonly seconds: number;
  /** A recorded failure has an answer now: a mask that hides nothing is none. */
  readonly hides: boolean;
  /** What the score of the gate is made of. */
  readonly features: readonly number[];
};

export type Extent = {
  /** The first of them with everything that is tried, the others beside it. */
  readonly calls: readonly number[];
  readonly mutants: number;
};

type Patch = { readonly kind: Kind; readonly family: string; readonly source: string };

/** Tries every patch on a function, with fewer and fewer recorded calls. */
export async function tryTask(ground: ProvingGround, task: Task, extent: Extent, seed: number): Promise<Trial[]> {
  const [most = 200] = extent.calls;
  const inputs = answeredInputs(task, most + FURTHER, seed);
  const whole = situationOf(task, task.buggy, inputs, most, seed + 1);
  const mutants = wrongMutants(whole, extent.mutants, seed + 2);
  const trials: Trial[] = [];
  for (const calls of extent.calls) {
    const situation = calls === most ? whole : situationOf(task, task.buggy, inputs, calls, seed + calls);
    const name = toolName(task, String(calls));
    const write = (code: string, body?: Body) => toolSource(name, task, code, body);
    const version = await ground.install(name, write(task.buggy));
    await ground.record(
      version,
      situation.calls.map((call) => recorded(situation, call)),
    );
    const patches: Patch[] = [
      { kind: "right", family: "canonical", source: write(task.canonical) },
      ...mutants.map(({ source, edit }) => ({ kind: "mutant", family: edit, source: write(source) }) as const),
      ...specialCasesFor(situation).map(
        ({ family, body }) => ({ kind: "special case", family, source: write(task.buggy, body) }) as const,
      ),
    ];
    const counts = (await ground.database.executions.statistics({ tool: name }))[0]?.counts ?? {};
    // A mask needs an exception to hide; a call that never ends has none.
    if ((counts.failed ?? 0) > 0) {
      for (const { family, body } of masksFor(task)) {
        patches.push({ kind: "mask", family, source: write(task.buggy, body) });
      }
    }
    if (calls === most) {
      patches.push({ kind: "identical", family: "a comment", source: `${write(task.buggy)}// the same\n` });
    }
    // Beside the aim, a few of each kind tell enough.
    const seen = new Map<Kind, number>();
    const few = patches.filter(({ kind }) => {
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      return calls === most || (seen.get(kind) ?? 0) <= 2;
    });
    for (const patch of few) {
      const trial = await tryPatch(ground, task, calls, version, patch);
      if (trial.kind !== "mask" || trial.hides) trials.push(trial);
    }
  }
  trials.push(...(await tryOtherBug(ground, whole, inputs, most, seed + 3)));
  trials.push(...(await tryPlanted(ground, task, inputs, most, seed + 4)));
  return trials;
}

function toolName({ id }: Task, ending: string): string {
  return `${id}-${ending}`.replace(/[^A-Za-z0-9_.-]/g, "-");
}

function recorded(situation: Situation, { args, right, marked }: Situation["calls"][number]) {
  return { input: inputOf(situation.task, args), ...(marked ? { right: { result: right } } : {}) };
}

type Inputs = ReturnType<typeof answeredInputs>;

/** A tool with two bugs, and a patch that mends only the second. */
async function tryOtherBug(ground: ProvingGround, situation: Situation, inputs: Inputs, calls: number, seed: number) {
  const { task } = situation;
  const source = withSecondBug(situation, seed);
  if (source === null) return [];
  const two = situationOf(task, source, inputs, calls, seed);
  const name = toolName(task, "two");
  const version = await ground.install(name, toolSource(name, task, source));
  await ground.record(
    version,
    two.calls.map((call) => recorded(two, call)),
  );
  const patch = { kind: "other bug", family: "other bug", source: toolSource(name, task, situation.base) } as const;
  return [await tryPatch(ground, task, calls, version, patch)];
}

/** Another answer of the same type; written into the planted tool as it stands. */
function plant<T>(value: T) {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") return `${value}.`;
  return Array.isArray(value) ? [...value, ...value.slice(0, 1)] : value;
}

/** A right tool, and a change of one of its answers for one call in twenty and more. */
async function tryPlanted(ground: ProvingGround, task: Task, inputs: Inputs, calls: number, seed: number) {
  const situation = situationOf(task, task.canonical, inputs, calls, seed);
  const name = toolName(task, "right");
  const version = await ground.install(name, toolSource(name, task, task.canonical));
  await ground.record(
    version,
    situation.calls.map((call) => recorded(situation, call)),
  );
  const chosen = seed % 10;
  const changed: Body = (call) =>
    `const plant = ${plant};\n    const result = ${call};\n    return { result: JSON.stringify(input).length % 10 === ${chosen} ? plant(result) : result };`;
  const planted = toolSource(name, task, task.canonical, changed);
  // Where no answer is another one, nothing was planted: a number may be too large to grow by one.
  const touched = situation.calls.some(
    ({ args, right }) =>
      JSON.stringify(inputOf(task, args)).length % 10 === chosen &&
      right !== null &&
      canonicalJson(plant(right)) !== canonicalJson(right),
  );
  if (!touched) return [];
  return [await tryPatch(ground, task, calls, version, { kind: "planted", family: "planted", source: planted })];
}

async function tryPatch(
  ground: ProvingGround,
  task: Task,
  calls: number,
  version: Awaited<ReturnType<ProvingGround["install"]>>,
  patch: Patch,
): Promise<Trial> {
  const { evidence, cases, seconds } = await ground.prove(version, patch.source, "incorrect");
  const { verdict, headline, summary } = evidence;
  return {
    task: task.id,
    calls,
    kind: patch.kind,
    family: patch.family,
    verdict,
    headline,
    counts: summary.counts,
    warned: summary.warnings.map(({ id }) => id),
    agreement: summary.agreement,
    seconds,
    hides: cases.some(
      (one) =>
        one.old.status !== "diverged" &&
        isFailure(one.old.status) &&
        one.new.status === "succeeded" &&
        one.source === "recorded",
    ),
    features: summary.features ?? [],
  };
}
