/** Everything that is tried on one corpus function, and how the gate judged each. */
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
  /** The gate's own score of how likely the candidate is right. */
  readonly rank: number | null;
};

export type Extent = { readonly calls: number; readonly mutants: number; readonly extras: boolean };

type Patch = { readonly kind: Kind; readonly family: string; readonly source: string };

/** Tries every patch on a function with so many recorded calls. */
export async function tryTask(ground: ProvingGround, task: Task, extent: Extent, seed: number): Promise<Trial[]> {
  const inputs = answeredInputs(task, extent.calls + FURTHER, seed);
  const situation = situationOf(task, task.buggy, inputs, extent.calls, seed + 1);
  const name = `${task.id}-${extent.calls}`.replace(/[^A-Za-z0-9_.-]/g, "-");
  const write = (code: string, body?: Body) => toolSource(name, task, code, body);
  const patches: Patch[] = [{ kind: "right", family: "canonical", source: write(task.canonical) }];
  for (const { source, edit } of wrongMutants(situation, extent.mutants, seed + 2)) {
    patches.push({ kind: "mutant", family: edit, source: write(source) });
  }
  for (const { family, body } of specialCasesFor(situation)) {
    patches.push({ kind: "special case", family, source: write(task.buggy, body) });
  }
  const trials: Trial[] = [];
  const version = await ground.install(name, write(task.buggy));
  await ground.record(
    version,
    situation.calls.map((call) => recorded(situation, call)),
  );
  const { failed = 0, timed_out: late = 0 } =
    (await ground.database.executions.statistics({ tool: name }))[0]?.counts ?? {};
  if (failed > 0) {
    for (const { family, body } of masksFor(task)) {
      if (family === "nullish default" && failed === late) continue;
      patches.push({ kind: "mask", family, source: write(task.buggy, body) });
    }
  }
  if (extent.extras) {
    patches.push({ kind: "identical", family: "a comment", source: `${write(task.buggy)}// the same\n` });
  }
  for (const patch of patches) trials.push(await tryPatch(ground, task, extent, version, patch));
  if (extent.extras) {
    trials.push(...(await tryOtherBug(ground, situation, inputs, extent, seed + 3)));
    trials.push(...(await tryPlanted(ground, task, inputs, extent, seed + 4)));
  }
  return trials;
}

function recorded(situation: Situation, { args, right, marked }: Situation["calls"][number]) {
  return { input: inputOf(situation.task, args), ...(marked ? { right: { result: right } } : {}) };
}

type Inputs = ReturnType<typeof answeredInputs>;

/** A tool with two bugs, and a patch that mends only the second. */
async function tryOtherBug(ground: ProvingGround, situation: Situation, inputs: Inputs, extent: Extent, seed: number) {
  const { task } = situation;
  const source = withSecondBug(situation, seed);
  if (source === null) return [];
  const two = situationOf(task, source, inputs, extent.calls, seed);
  const name = `${task.id}-two`.replace(/[^A-Za-z0-9_.-]/g, "-");
  const version = await ground.install(name, toolSource(name, task, source));
  await ground.record(
    version,
    two.calls.map((call) => recorded(two, call)),
  );
  const patch = { kind: "other bug", family: "other bug", source: toolSource(name, task, situation.base) } as const;
  return [await tryPatch(ground, task, extent, version, patch)];
}

/** A right tool, and a change of one of its answers for one call in twenty and more. */
async function tryPlanted(ground: ProvingGround, task: Task, inputs: Inputs, extent: Extent, seed: number) {
  const situation = situationOf(task, task.canonical, inputs, extent.calls, seed);
  const name = `${task.id}-right`.replace(/[^A-Za-z0-9_.-]/g, "-");
  const version = await ground.install(name, toolSource(name, task, task.canonical));
  await ground.record(
    version,
    situation.calls.map((call) => recorded(situation, call)),
  );
  const changed: Body = (call) =>
    `const result = ${call};\n    return { result: JSON.stringify(input).length % 10 === ${seed % 10} ? (typeof result === "number" ? result + 1 : typeof result === "boolean" ? !result : typeof result === "string" ? result + "." : Array.isArray(result) ? [...result, ...result.slice(0, 1)] : result) : result };`;
  const planted = toolSource(name, task, task.canonical, changed);
  // Where no call is touched, nothing was planted.
  const touched = situation.calls.some(
    ({ args, right }) =>
      JSON.stringify(inputOf(task, args)).length % 10 === seed % 10 && right !== null && canonicalJson(right) !== "[]",
  );
  if (!touched) return [];
  return [await tryPatch(ground, task, extent, version, { kind: "planted", family: "planted", source: planted })];
}

async function tryPatch(
  ground: ProvingGround,
  task: Task,
  extent: Extent,
  version: Awaited<ReturnType<ProvingGround["install"]>>,
  patch: Patch,
): Promise<Trial> {
  const { evidence, seconds } = await ground.prove(version, patch.source, "incorrect");
  const { verdict, headline, summary } = evidence;
  return {
    task: task.id,
    calls: extent.calls,
    kind: patch.kind,
    family: patch.family,
    verdict,
    headline,
    counts: summary.counts,
    warned: summary.warnings.map(({ id }) => id),
    agreement: summary.agreement,
    seconds,
    rank: null,
  };
}
