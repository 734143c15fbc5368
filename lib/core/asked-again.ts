/**
 * Answers that callers ask for again at once with a slightly changed input: the trace that a wrong value leaves when
 * nobody says so. Ordinary work (lists, pages, sweeps, polling) looks alike, so what counts is a rise against the same
 * callers' earlier calls, never a share. It is a suspicion: nothing here proves an answer wrong.
 */
import type { Execution } from "./execution.ts";
import { canonicalJson, type Json } from "./json.ts";

export type RecordedCall = Pick<
  Execution,
  "id" | "version" | "startedAt" | "latencyMs" | "status" | "caller" | "shape" | "input" | "output"
>;

/** A good answer, and what its caller asked at once in its place; null where it was content. */
export type Answer = { readonly first: RecordedCall; readonly next: RecordedCall | null };

/** A minute from the answer: a model reads and asks again in seconds; later it is more likely on to something else. */
export const WITHIN_MS = 60_000;
/** Two inputs are nearly the same when at least half of what tells them apart from the tool's other inputs is equal. */
const NEARLY = 0.5;
/** A quarter makes them parts of one piece of work: lists vary more than doubts do. */
const RELATED = 0.25;
/** An answer that is doubted is asked for once or twice more. Whoever sends more variants works through a list. */
const MOST_VARIANTS = 3;
/** Sessions that share one key are interleaved: so many are told apart. */
const MOST_OPEN = 16;
/** Starts are recorded to the millisecond. */
const CLOCK_MS = 1;

type Read = { readonly call: RecordedCall; readonly text: string; readonly parts: ReadonlySet<string> };
type Episode = { readonly calls: Read[]; series: boolean };

/**
 * The good answers among the calls, oldest first, one for each thing that a caller wanted. Polling with the same input is
 * one answer. What was part of a series is left out altogether: more variants than a doubt has, calls side by side, a number
 * that counts on, values taken from the answer before (a cursor, an id that was found).
 * @param right ids of executions whose answers somebody called right
 */
export function pairAnswers(calls: readonly RecordedCall[], right: ReadonlySet<string> = new Set()): Answer[] {
  const reads = calls
    .map((call) => ({ call, text: canonicalJson(call.input), parts: partsOf(call.input) }))
    .sort((a, b) => a.call.startedAt.getTime() - b.call.startedAt.getTime() || (a.call.id < b.call.id ? -1 : 1));
  const weights = weigh(reads);
  const episodes: Episode[] = [];
  for (const own of Map.groupBy(reads, ({ call }) => call.caller).values()) episodes.push(...episodesOf(own, weights));
  return episodes
    .filter(({ calls: [first], series }) => !series && first?.call.status === "succeeded")
    .map(({ calls: [first, ...later] }) => {
      const { call, text } = first as Read;
      const again = later.find((other) => other.text !== text && isNear(first as Read, other, weights, NEARLY));
      return { first: call, next: right.has(call.id) ? null : (again?.call ?? null) };
    })
    .sort((a, b) => a.first.startedAt.getTime() - b.first.startedAt.getTime());
}

function episodesOf(calls: readonly Read[], weights: ReadonlyMap<string, number>): Episode[] {
  const all: Episode[] = [];
  let open: Episode[] = [];
  for (const read of calls) {
    const at = read.call.startedAt.getTime();
    open = open.filter(({ calls: of }) => at <= endOf(of.at(-1) as Read) + WITHIN_MS).slice(-MOST_OPEN);
    const known = open.findLast(({ calls: of }) =>
      of.slice(-MOST_VARIANTS).some((one) => isNear(one, read, weights, RELATED)),
    );
    if (known === undefined) {
      const begun = { calls: [read], series: false };
      all.push(begun);
      open.push(begun);
      continue;
    }
    const before = known.calls.at(-1) as Read;
    known.calls.push(read);
    if (new Set(known.calls.map(({ text }) => text)).size > MOST_VARIANTS) known.series = true;
    if (before.text !== read.text && (at + CLOCK_MS < endOf(before) || goesOn(before.call, read.call)))
      known.series = true;
    open = [...open.filter((one) => one !== known), known];
  }
  return all;
}

function endOf({ call }: Read): number {
  return call.startedAt.getTime() + call.latencyMs;
}

/** The same input, or one of which most stayed: what every input holds alike weighs nothing. */
function isNear(a: Read, b: Read, weights: ReadonlyMap<string, number>, share: number): boolean {
  if (a.text === b.text) return true;
  const sum = (parts: readonly string[]) => parts.reduce((total, part) => total + (weights.get(part) ?? 0), 0);
  const [left, right] = [[...a.parts], [...b.parts]];
  return sum(left.filter((part) => b.parts.has(part))) >= share * Math.max(sum(left), sum(right));
}

/** How much each part tells of an input, in bits: inverse document frequency (Spärck Jones, J. Documentation 28, 1972). */
function weigh(reads: readonly Read[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { parts } of reads) for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
  return new Map([...counts].map(([part, count]) => [part, Math.log2((reads.length + 1) / count)]));
}

/** Whether the second input goes on from the first: one number counts up, or a new value stands in the first's answer. */
function goesOn(before: RecordedCall, after: RecordedCall): boolean {
  const [old, now] = [new Map(leavesOf(before.input)), new Map(leavesOf(after.input))];
  const changed = [...now].filter(([path, value]) => old.get(path) !== value);
  const [one] = changed;
  if (one !== undefined && changed.length === 1 && old.size === now.size) {
    const [was, is] = [old.get(one[0]), one[1]];
    if (Number.isInteger(was) && Number.isInteger(is) && (is as number) > (was as number)) return true;
  }
  const answered = new Set([...leavesOf(before.output ?? null)].map(([, value]) => value));
  return changed.some(([, value]) => isTelling(value) && answered.has(value));
}

/** Not a value that two places hold by accident. */
function isTelling(value: Leaf): boolean {
  return typeof value === "string" ? value.length >= 3 : typeof value === "number" && Math.abs(value) >= 100;
}

/** Stands for a list or an object without members. */
export const EMPTY = Symbol("empty");
export type Leaf = string | number | boolean | null | typeof EMPTY;
const MOST_LEAVES = 200;

/** Primitive and empty members by their path. */
export function* leavesOf(
  value: Json,
  path = "",
  budget = { left: MOST_LEAVES },
): Generator<[path: string, value: Leaf]> {
  if (value === null || typeof value !== "object") {
    budget.left -= 1;
    if (budget.left >= 0) yield [path, value];
    return;
  }
  const members = Object.entries(value);
  if (members.length === 0) yield [path, EMPTY];
  for (const [name, member] of members) {
    if (budget.left <= 0) return;
    yield* leavesOf(member, `${path}/${name.replace(/~/g, "~0").replace(/\//g, "~1")}`, budget);
  }
}

const TEXT_SCANNED = 2_000;

/** What an input is made of: its values with where they stand, of texts the words. */
function partsOf(input: Json): Set<string> {
  const parts = new Set<string>();
  for (const [path, value] of leavesOf(input)) {
    const place = path.replace(/\/\d+(?=\/|$)/g, "/*");
    if (typeof value !== "string") parts.add(`${place} ${String(value)}`);
    else
      for (const word of value
        .slice(0, TEXT_SCANNED)
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [""])
        parts.add(`${place} "${word}`);
  }
  return parts;
}
