/** Which of the tried candidates is proposed, and what is said of the others. Pure. */

import { diffLines } from "diff";
import type { CandidateTrial } from "#lib/core/candidate.ts";
import type { Attempt, Origin } from "#lib/core/proposal.ts";

/** One candidate that was tried, or that never got so far. */
export type Tried = {
  readonly source: string;
  readonly rationale: string;
  readonly origin: Origin;
  /** Order in which the generator believes in it; lower first. */
  readonly cost: number;
  /** Lines added and removed. */
  readonly size: number;
  /** Null where there was nothing to try: no code in the answer, or a source that was rejected before. */
  readonly trial: CandidateTrial | null;
  /** Why there was nothing to try. */
  readonly problem?: string | undefined;
};

/** `full`: all targets met. `partial`: some met. `unconfirmed`: fitting values that nobody confirmed yet. */
export type Merit = "full" | "partial" | "unconfirmed" | "none";

/** How good a candidate is. What regresses, masks, fails or could not be judged has no merit. */
export function meritOf(trial: CandidateTrial | null): Merit {
  if (trial === null || !trial.valid || trial.regressions > 0 || trial.masked > 0) return "none";
  if (trial.verdict === "failed" || trial.verdict === "error") return "none";
  if (trial.targets.total === 0) return trial.verdict === "passed" ? "full" : "none";
  if (trial.targets.met === trial.targets.total) return "full";
  if (trial.targets.met + trial.unconfirmed === trial.targets.total && trial.unconfirmed > 0) return "unconfirmed";
  return trial.targets.met > 0 ? "partial" : "none";
}

const RANK: Readonly<Record<Merit, number>> = { full: 0, unconfirmed: 1, partial: 2, none: 3 };

/**
 * Orders candidates, best first: merit, verdict, targets met, how likely right by the rank, answers left alone, small
 * edits. The rank counts in tenths: less than that is chance, and what the generator believes tells more.
 */
export function compareTried(a: Tried, b: Tried): number {
  const passed = (tried: Tried) => (tried.trial?.verdict === "passed" ? 0 : 1);
  const tenths = (tried: Tried) => Math.round((tried.trial?.rank ?? 0) * 10);
  return (
    RANK[meritOf(a.trial)] - RANK[meritOf(b.trial)] ||
    passed(a) - passed(b) ||
    (b.trial?.targets.met ?? 0) - (a.trial?.targets.met ?? 0) ||
    tenths(b) - tenths(a) ||
    (a.trial?.changed ?? 0) - (b.trial?.changed ?? 0) ||
    (a.trial?.unconfirmed ?? 0) - (b.trial?.unconfirmed ?? 0) ||
    a.size - b.size ||
    a.cost - b.cost
  );
}

/**
 * The candidate to propose, or null.
 * @param least the least merit that is worth a reviewer's time
 */
export function choose(tried: readonly Tried[], least: Exclude<Merit, "none">): Tried | null {
  const [best] = [...tried].sort(compareTried);
  return best !== undefined && RANK[meritOf(best.trial)] <= RANK[least] ? best : null;
}

/** Lines added and removed between two sources. */
export function editSize(before: string, after: string): number {
  return diffLines(before, after).reduce((sum, part) => sum + (part.added || part.removed ? (part.count ?? 0) : 0), 0);
}

const MOST_ATTEMPTS = 24;

/**
 * The log of attempts that a proposal keeps: the best first, with what became of each. A model's answers are few and
 * paid for: they are kept before the edits of a search, those that hold no tool as well.
 */
export function attemptsOf(tried: readonly Tried[], best: Tried | null): Attempt[] {
  const inOrder = (a: Tried, b: Tried) => Number(b === best) - Number(a === best) || compareTried(a, b);
  const ofModel = (one: Tried) => one === best || one.origin.kind === "model";
  return [...tried]
    .sort((a, b) => Number(ofModel(b)) - Number(ofModel(a)) || inOrder(a, b))
    .slice(0, MOST_ATTEMPTS)
    .sort(inOrder)
    .map((one) => ({
      origin: one.origin,
      source: one.source,
      rationale: one.rationale,
      outcome: outcomeOf(one, best),
      detail: detailOf(one),
      met: one.trial?.targets.met ?? 0,
      regressions: one.trial?.regressions ?? 0,
    }));
}

function outcomeOf(one: Tried, best: Tried | null): Attempt["outcome"] {
  if (one === best) return "proposed";
  if (one.trial === null) return "invalid";
  if (!one.trial.valid) return "invalid";
  const merit = meritOf(one.trial);
  if (merit === "full" || (best !== null && merit === meritOf(best.trial))) return "kept";
  return one.trial.verdict === "failed" || one.trial.verdict === "error" ? "failed" : "not_better";
}

function detailOf({ trial, problem }: Tried): string {
  if (trial === null) return problem ?? "It was not tried.";
  if (!trial.valid) return trial.errors.slice(0, 3).join(" ");
  const { met, total } = trial.targets;
  const parts = [trial.headline];
  if (total > 0) parts.push(`${met} of ${total} targets met.`);
  if (trial.masked > 0) parts.push(`${trial.masked} masked.`);
  return parts.join(" ");
}
