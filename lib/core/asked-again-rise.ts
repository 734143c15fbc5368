/** Whether good answers have come to be asked for again: a rise against the same callers' own earlier calls, or nothing. */
import { type Answer, EMPTY, leavesOf, type RecordedCall } from "./asked-again.ts";
import type { Json } from "./json.ts";
import type { Tally } from "./sequential.ts";
import { currentStretch, findChange, type Stratum, stratifiedTail } from "./statistics-change.ts";

export type AskedAgain = {
  /** What the answers have in common, as the end of "answers where …"; null where it concerns all. */
  readonly kind: string | null;
  readonly since: Date;
  readonly now: Tally;
  readonly before: Tally;
  /** The other answers of the same time; null where it concerns all. */
  readonly others: Tally | null;
  /** How many callers ask again now. */
  readonly callers: number;
  readonly pValue: number;
  /** The answers in question, newest first. */
  readonly asked: readonly { readonly first: RecordedCall; readonly next: RecordedCall }[];
};

/** Chance of taking an accident for a rise at one look, over all kinds of answers together: as for a change of success. */
export const RISE_ERROR = 0.001;
/** Error of the guards, which only ever hold back. */
const GUARD_ERROR = 0.01;
/** Less is not worth a person's time. */
const LEAST_ASKED = 5;
const LEAST_RISE = 0.1;
/** Into how many parts a series is cut: few enough for each to hold some, so that what comes in bursts is seen as that. */
const SLICES = 24;
const LEAST_OF_KIND = 10;
const MOST_KINDS = 60;
const MOST_SAID = 40;
/** Where numbers are told apart by their size. */
const EDGES = [0, 1, 10, 100, 1_000, 10_000].map((edge) => ({ edge, said: edge.toLocaleString("en") }));
const DAY_MS = 24 * 3_600_000;

/**
 * The clearest rise, up to now, of how often the active version's answers are asked for again; null where none is certain.
 * Found and tested as a change of success is: exact, corrected for the splits and kinds that were possible, bursts counting
 * for less. Then it has to stand with each caller held against its own earlier calls, and without the caller that shows it
 * most (one caller's habit is not the tool's fault).
 * @param answers of all versions, oldest first
 */
export function findAskedAgain(answers: readonly Answer[], version: number): AskedAgain | null {
  if (tallyOf(answers.filter(({ first }) => first.version === version)).bad < LEAST_ASKED) return null;
  const kinds = kindsOf(answers);
  // Half of the error is for all answers together: that one is always looked at.
  const error = RISE_ERROR / 2;
  const found = [judge(null, answers, answers, version, error)];
  for (const [kind, members] of kinds) found.push(judge(kind, members, answers, version, error / kinds.size));
  return found.filter((one) => one !== null).sort((a, b) => a.pValue - b.pValue)[0] ?? null;
}

function judge(
  kind: string | null,
  members: readonly Answer[],
  all: readonly Answer[],
  version: number,
  error: number,
): AskedAgain | null {
  const width = Math.max(1, members.length / SLICES);
  const slices = Array.from({ length: Math.min(SLICES, members.length) }, (_, slice) =>
    members.slice(Math.round(slice * width), Math.round((slice + 1) * width)),
  );
  const tallies = slices.map(tallyOf);
  const { start, change } = currentStretch(tallies, error);
  // A version that became active within a slice is where the change is, to the call.
  const [cut, born] = [Math.round(start * width), members.findIndex(({ first }) => first.version === version)];
  const from = Math.abs(born - cut) <= width ? Math.max(born, 0) : cut;
  const since = members[from]?.first.startedAt;
  if (change?.direction !== "worse" || since === undefined) return null;
  // To be over takes less than to have begun.
  if (findChange(tallies.slice(start), GUARD_ERROR)?.direction === "better") return null;
  const stretch = members.slice(cut - change.before.calls, from);
  const current = members.slice(from).filter(({ first }) => first.version === version);
  const [before, now] = [tallyOf(stretch), tallyOf(current)];
  if (now.bad < LEAST_ASKED || now.bad / now.calls - before.bad / before.calls < LEAST_RISE) return null;
  if (!isComparable(stretch, since, version)) return null;

  const strata = stratify(stretch, current);
  const tail = 2 * (SLICES - 1) * stratifiedTail(strata);
  const strongest = strata.reduce((most, one) => (excess(one) > excess(most) ? one : most), strata[0] as Stratum);
  if (tail > error || stratifiedTail(strata.filter((one) => one !== strongest)) > GUARD_ERROR) return null;
  const ofKind = new Set(members);
  const others = all.filter(
    (answer) => !ofKind.has(answer) && answer.first.startedAt >= since && answer.first.version === version,
  );
  // What rose in everything alike is no matter of this kind.
  if (kind !== null && stratifiedTail(stratify(others, current)) > GUARD_ERROR) return null;
  return {
    kind,
    since,
    now,
    before,
    others: kind === null ? null : tallyOf(others),
    callers: strata.filter(({ after }) => after.bad > 0).length,
    pValue: Math.min(1, (Math.max(tail, change.pValue) * RISE_ERROR) / error),
    asked: current.flatMap(({ first, next }) => (next === null ? [] : [{ first, next }])).reverse(),
  };
}

/**
 * Whether what was before can be held against what is now: it reaches over a day and a night, or another version gave it.
 * Else callers whose work has its hours would look like a rise.
 */
function isComparable(before: readonly Answer[], since: Date, version: number): boolean {
  const oldest = before[0]?.first.startedAt ?? since;
  return since.getTime() - oldest.getTime() >= DAY_MS || before.every(({ first }) => first.version !== version);
}

/** How many answers, and how many of them were asked for again. */
export function tallyOf(answers: readonly Answer[]): Tally {
  return { calls: answers.length, bad: answers.filter(({ next }) => next !== null).length };
}

function stratify(before: readonly Answer[], after: readonly Answer[]): Stratum[] {
  const byCaller = ({ first }: Answer) => first.caller;
  const [then, now] = [Map.groupBy(before, byCaller), Map.groupBy(after, byCaller)];
  return [...now].map(([caller, own]) => ({ before: tallyOf(then.get(caller) ?? []), after: tallyOf(own) }));
}

/** Answers asked for again beyond what the whole stratum's share makes of as many calls. */
function excess({ before, after }: Stratum): number {
  return after.bad - (after.calls * (before.bad + after.bad)) / (before.calls + after.calls);
}

/** Kinds that many answers are of, and many are not: chosen by how frequent they are, whatever was asked again. */
function kindsOf(answers: readonly Answer[]): Map<string, Answer[]> {
  const kinds = new Map<string, Answer[]>();
  for (const answer of answers) {
    for (const kind of kindsIn(answer.first)) {
      const known = kinds.get(kind);
      if (known === undefined) kinds.set(kind, [answer]);
      else known.push(answer);
    }
  }
  const frequent = [...kinds].filter(
    ([, { length }]) => length >= LEAST_OF_KIND && answers.length - length >= LEAST_OF_KIND,
  );
  return new Map(frequent.sort(([, a], [, b]) => b.length - a.length).slice(0, MOST_KINDS));
}

/** Whether an answer is of a kind that was named once. */
export function isOfKind({ first }: Answer, kind: string | null): boolean {
  return kind === null || kindsIn(first).has(kind);
}

/** What sets an answer apart: single values of input and output, and the shape of the input. */
function kindsIn({ input, output, shape }: RecordedCall): Set<string> {
  const kinds = new Set([`the input has the shape ${shape}`]);
  for (const said of valuesIn(input, "the input")) kinds.add(said);
  if (output !== undefined)
    for (const said of valuesIn(output, "the answer"))
      kinds.add(`${said}${said.startsWith("the answer") ? "" : " in the answer"}`);
  return kinds;
}

function valuesIn(value: Json, whole: string): string[] {
  return [...leavesOf(value)]
    .filter(([path]) => !/\/\d+(?:\/|$)/.test(path))
    .flatMap(([path, leaf]) => {
      const place = path === "" ? whole : path;
      const said = leaf === EMPTY ? "empty" : JSON.stringify(leaf);
      const kinds = said.length > MOST_SAID ? [] : [`${place} is ${said}`];
      if (typeof leaf === "number")
        for (const { edge, said: name } of EDGES)
          kinds.push(`${place} is ${leaf < edge ? "below" : "at least"} ${name}`);
      if (typeof leaf === "number" && !Number.isInteger(leaf)) kinds.push(`${place} is no whole number`);
      return kinds;
    });
}
