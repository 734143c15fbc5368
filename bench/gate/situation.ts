/** A tool with its traffic: which calls are made, which of their answers are wrong, and which of those somebody marked. */
import { canonicalJson, type Json } from "#lib/core/json.ts";
import { seededRandom } from "#lib/core/random.ts";
import { load, type Ran, sameAnswer } from "./in-process.ts";
import { inputMaker } from "./inputs.ts";
import { mutantsOf } from "./mutants.ts";
import type { Task } from "./task.ts";

export type Call = {
  readonly args: readonly Json[];
  /** What the canonical source answers. */
  readonly right: Json;
  readonly wrong: boolean;
  /** Somebody said that the answer was wrong, and what is right. */
  readonly marked: boolean;
};

export type Situation = {
  readonly task: Task;
  /** The active version's function. */
  readonly base: string;
  readonly calls: readonly Call[];
  /** Inputs that the canonical source answers, beyond the calls; to tell equal mutants from wrong ones. */
  readonly further: readonly { readonly args: readonly Json[]; readonly right: Ran }[];
};

export const FURTHER = 2_000;
const LONGEST_MS = 2_000;
/** Calls that fail slowly are few, in traffic as here. */
const MOST_ENDLESS = 12;
const SLOW_MS = 5;
const ENDLESS_MS = 40;
const DRAWN_AT_ONCE = 60;

type Args = readonly Json[];
type Labelled = { readonly args: Args; readonly right: Ran & { readonly value: string } };

/** Inputs that the canonical source answers, no two alike. */
export function answeredInputs(task: Task, count: number, seed: number): Labelled[] {
  const canonical = load(task.canonical, task.entry);
  const make = inputMaker(
    [...task.visible, ...task.hidden].map(({ input }) => input),
    seed,
  );
  const found: Labelled[] = [];
  const seen = new Set<string>();
  const until = performance.now() + LONGEST_MS;
  for (let tries = 0; canonical !== null && found.length < count && tries < count * 6; tries += DRAWN_AT_ONCE) {
    if (performance.now() > until) break;
    const fresh = Array.from({ length: DRAWN_AT_ONCE }, make).filter((args) => {
      const key = canonicalJson(args);
      return !seen.has(key) && seen.add(key);
    });
    for (const [at, { ran, ms }] of [...canonical(fresh, soon)].entries()) {
      // Traffic of a tool does not consist of its slowest inputs.
      if ("value" in ran && ms < SLOW_MS) found.push({ args: fresh[at] as Args, right: ran });
    }
  }
  return found.slice(0, count);
}

/** The situation of a base source: calls drawn from the inputs, half of the wrong answers marked. */
export function situationOf(
  task: Task,
  base: string,
  inputs: readonly Labelled[],
  count: number,
  seed: number,
): Situation {
  const random = seededRandom(seed);
  const run = load(base, task.entry);
  const drawn: { args: readonly Json[]; right: Labelled["right"]; ran: Ran }[] = [];
  let endless = 0;
  // A tool with few inputs is called with the same ones again.
  const tried = Array.from({ length: inputs.length === 0 ? 0 : count * 3 }, (_, at) => {
    return inputs[at < inputs.length ? at : Math.floor(random() * inputs.length)] as Labelled;
  });
  const all = tried.map(({ args }) => args);
  // Once there are enough of them, a call that is slow is left out, however long it would take.
  const longestMs = () => (endless < MOST_ENDLESS ? ENDLESS_MS : SLOW_MS + 1);
  let at = 0;
  for (const { ran, ms } of run === null ? [] : run(all, longestMs)) {
    const late = ms > SLOW_MS;
    if (late) endless += 1;
    if (!late || endless <= MOST_ENDLESS) drawn.push({ ...(tried[at] as Labelled), ran });
    at += 1;
    if (drawn.length === count) break;
  }
  const wrong = drawn.filter(({ ran, right }) => !sameAnswer(ran, right));
  const shuffled = wrong.map((one) => ({ one, at: random() })).sort((a, b) => a.at - b.at);
  const marked = new Set(shuffled.slice(0, Math.ceil(wrong.length / 2)).map(({ one }) => one));
  return {
    task,
    base,
    calls: drawn.map((one) => ({
      args: one.args,
      right: JSON.parse(one.right.value) as Json,
      wrong: wrong.includes(one),
      marked: marked.has(one),
    })),
    further: inputs.slice(count, count + FURTHER),
  };
}

/** Whether a source answers as the author's own cases say. */
export function passesVisible(task: Task, source: string): boolean {
  const run = load(source, task.entry);
  if (run === null) return false;
  const expected = task.visible.map((one) => canonicalJson(one.expected));
  let at = 0;
  for (const { ran } of run(task.visible.map(({ input }) => input))) {
    if (!("value" in ran) || ran.value !== expected[at]) return false;
    at += 1;
  }
  return true;
}

/** Whether a source answers otherwise than the canonical one on the calls or any further input. */
export function isWrong(situation: Situation, source: string): boolean {
  const { task, calls, further } = situation;
  const run = load(source, task.entry);
  if (run === null) return true;
  const all = [...calls.map(({ args, right }) => ({ args, right: { value: canonicalJson(right) } })), ...further];
  let at = 0;
  for (const { ran } of run(all.map(({ args }) => args))) {
    const { args, right } = all[at] as (typeof all)[number];
    if (!sameAnswer(ran, right) && !closeEnough(task, args, ran, right)) return true;
    at += 1;
  }
  return false;
}

/** Where several answers are right, one as near as the call itself allows counts as equal. */
function closeEnough(task: Task, args: readonly Json[], a: Ran, b: Ran): boolean {
  if (task.compare === "exact" || !("value" in a) || !("value" in b)) return false;
  const [x, y, allowed] = [Number(a.value), Number(b.value), Number(args.at(-1))];
  return Math.abs(x - y) <= allowed;
}

/** Single-edit mutants of the base and of the canonical source that pass the visible cases and are wrong all the same. */
export function wrongMutants(situation: Situation, most: number, seed: number): { source: string; edit: string }[] {
  const { task, base } = situation;
  const random = seededRandom(seed);
  const all = [...mutantsOf(base), ...mutantsOf(task.canonical)]
    .map((one) => ({ ...one, at: random() }))
    .sort((a, b) => a.at - b.at);
  const found: { source: string; edit: string }[] = [];
  const until = performance.now() + LONGEST_MS;
  for (const { source, edit } of all) {
    if (found.length === most || performance.now() > until) break;
    if (source === base || source === task.canonical) continue;
    if (passesVisible(task, source) && isWrong(situation, source)) found.push({ source, edit });
  }
  return found;
}

const soon = () => SLOW_MS + 1;

/** A base with a second bug in it: what a patch for the other bug is tried on. */
export function withSecondBug(situation: Situation, seed: number): string | null {
  const { task, base, calls } = situation;
  const random = seededRandom(seed);
  const probe = calls.slice(0, 60).map(({ args }) => args);
  const before = [...(load(base, task.entry)?.(probe, soon) ?? [])];
  const until = performance.now() + LONGEST_MS / 2;
  const mutants = mutantsOf(base).map((one) => ({ ...one, at: random() }));
  for (const { source } of mutants.sort((a, b) => a.at - b.at)) {
    if (performance.now() > until) return null;
    const run = load(source, task.entry);
    if (run === null || source === task.canonical) continue;
    let [at, other, endless] = [0, 0, false];
    for (const { ran } of run(probe, soon)) {
      if (performance.now() > until) return null;
      const isOther = !sameAnswer(ran, before[at]?.ran ?? ran);
      if (isOther) other += 1;
      endless = isOther && "failure" in ran;
      if (endless) break;
      at += 1;
    }
    // It shows in some calls and not in all.
    if (!endless && other >= 5 && other <= 45) return source;
  }
  return null;
}
