/** Tries the enumerated repairs, likeliest first, within a budget. */
import type { Candidate, CandidateTrial, TryCandidate } from "#lib/core/candidate.ts";
import { sha256 } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import { plural } from "#lib/core/verdict-words.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Work } from "../rooms.ts";
import { choose, editSize, meritOf, type Tried } from "./decide.ts";
import { enumerate } from "./templates/enumerate.ts";
import type { Hints, Repair } from "./templates/repair.ts";
import { untangleRegex } from "./templates/untangle-regex.ts";

export type SearchBudget = {
  readonly tries: number;
  readonly seconds: number;
  readonly atOnce: number;
  /** After a full fix, how much dearer a repair may be and still be tried for comparison. */
  readonly slack: number;
};
export const SEARCH_BUDGET: SearchBudget = { tries: 120, seconds: 180, atOnce: 2, slack: 0.6 };

export type SearchResult = {
  readonly tried: Tried[];
  readonly enumerated: number;
  readonly ranOut: "none" | "tries" | "time";
  /** For how long it might search. */
  readonly seconds: number;
};

/**
 * Searches one repair that meets the targets.
 * @param seen hashes of sources that are not to be proposed again
 */
export async function searchTemplates(
  options: {
    candidate: Omit<Candidate, "source">;
    source: string;
    hints: Hints;
    seen: ReadonlySet<string>;
    tryCandidate: TryCandidate;
    clock: Clock;
    budget?: SearchBudget;
  },
  work: Work,
): Promise<SearchResult> {
  const { candidate, source, hints, seen, tryCandidate, clock, budget = SEARCH_BUDGET } = options;
  const repairs = enumerate(source, hints).filter((repair) => !seen.has(sha256(repair.source)));
  const queue = repairs.slice(0, budget.tries);
  const { seconds } = budget;
  const deadline = clock.now().getTime() + seconds * 1000;
  const tried: Tried[] = [];
  let troubles = 0;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let at = 0; at < queue.length; at += budget.atOnce) {
    work.signal.throwIfAborted();
    const batch = queue.slice(at, at + budget.atOnce).filter(({ cost }) => cost <= bestCost + budget.slack);
    if (batch.length === 0) break;
    if (clock.now().getTime() > deadline) return { tried, enumerated: repairs.length, ranOut: "time", seconds };
    await work.progress(`Trying repairs: ${tried.length} of at most ${queue.length} tried`, at / queue.length);
    const trials = await Promise.all(
      batch.map((repair) => tryCandidate({ ...candidate, source: repair.source }, work.signal)),
    );
    for (const [index, trial] of trials.entries()) {
      const repair = batch[index] as Repair;
      tried.push(recordOf(source, repair, trial));
      if (isEnough(repair.template, trial)) bestCost = Math.min(bestCost, repair.cost);
      troubles = trial.verdict === "error" ? troubles + 1 : 0;
      if (troubles >= 3) throw new Problem("unavailable", `Candidates cannot be tested now: ${trial.headline}`);
    }
  }
  const ranOut = bestCost === Number.POSITIVE_INFINITY && repairs.length > queue.length ? "tries" : "none";
  return { tried, enumerated: repairs.length, ranOut, seconds };
}

/** A full fix; or an edit that keeps every answer and gives those that the old version never got to. */
function isEnough(template: string, trial: CandidateTrial): boolean {
  const merit = meritOf(trial);
  return merit === "full" || (merit === "unconfirmed" && template === untangleRegex.name);
}

/**
 * The repair to propose, or null. An edit whose values nobody confirms is a guess, and one in five guesses that pass is
 * wrong; a guard that mends some of the failures is worth a look, where other partial edits are chance.
 */
export function chooseRepair(tried: readonly Tried[]): Tried | null {
  const named = (test: (name: string) => boolean) => tried.filter(({ origin }) => test(origin.name));
  return (
    choose(tried, "full") ??
    choose(
      named((name) => name === untangleRegex.name),
      "unconfirmed",
    ) ??
    choose(
      named((name) => name.startsWith("guard ")).filter(({ trial }) => trial?.unconfirmed === 0),
      "partial",
    )
  );
}

function recordOf(source: string, repair: Repair, trial: CandidateTrial): Tried {
  return {
    source: repair.source,
    rationale: repair.rationale,
    origin: { kind: "templates", name: repair.template },
    cost: repair.cost,
    size: editSize(source, repair.source),
    trial,
  };
}

/** That its time was up before it was through, with a space before it; empty where it was not. */
export function cutOff({ tried, enumerated, ranOut, seconds }: SearchResult): string {
  if (ranOut !== "time") return "";
  return ` It stopped at its limit of ${seconds} s with ${plural(tried.length, "candidate")} tried, of ${enumerated}.`;
}

/** What a search without a result says: how much was tried, of which kinds, and how near it came. */
export function explainSearch(result: SearchResult): string {
  const { tried, enumerated, ranOut } = result;
  if (tried.length === 0 && ranOut === "time") return `The template repairer got to no candidate.${cutOff(result)}`;
  if (tried.length === 0)
    return "The template repairer found no place in this source that one of its patterns fits, so nothing was tried.";
  const families = new Map<string, number>();
  for (const { origin } of tried) families.set(origin.name, (families.get(origin.name) ?? 0) + 1);
  const list = [...families].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} (${count})`);
  const nearest = tried.reduce((most, { trial }) => Math.max(most, trial?.valid ? trial.targets.met : 0), 0);
  const total = Math.max(...tried.map(({ trial }) => trial?.targets.total ?? 0));
  const near = total > 0 ? ` The nearest met ${nearest} of ${total} targets.` : "";
  const limit = ranOut === "tries" ? ` ${enumerated - tried.length} less likely edits were left.` : cutOff(result);
  return `The template repairer tried ${tried.length} edits and none was good: ${list.join(", ")}.${near}${limit}`;
}
