/** Whether a fresh deployment got worse: sequential judges that may be looked at after every call. Pure. */
import type { Baseline, CallTally, MonitorState } from "#lib/core/deployment.ts";
import { excessEvidence, riseEvidence, type Tally, unseenMassBound } from "#lib/core/sequential.ts";
import { clopperPearson, differenceInterval } from "#lib/core/statistics.ts";

export type MonitorFacts = {
  readonly now: CallTally;
  readonly before: Baseline;
  /** The share of calls that should succeed: stands in for a baseline of next to no calls. */
  readonly target: number;
  /** Whether the two versions take different inputs: only then does the version answer for rejected calls. */
  readonly schemaChanged: boolean;
  readonly hours: number;
  readonly limits: { readonly calls: number; readonly hours: number };
  /** Whether this deployment's version still answers the calls, and nothing was deployed or rolled back since. */
  readonly standing: boolean;
};

/** The chance of a rollback without cause over a whole watch, split over the judges. */
export const ERROR = 0.01;
const SPLIT = { failing: 0.5, turnedAway: 0.2, slow: 0.2, newClass: 0.1 };

/** A quiet watch ends as healthy only when so many points more failures than before can be ruled out, at 95 %. */
const MARGIN = 0.1;
/** Of fewer calls before, none of which failed, nobody can tell what share of them would have. */
const LEAST_BEFORE = 20;
/** Above so many clusters the baseline was cut off, and none of them is known to be new. */
const MOST_CLASSES = 500;

/** The latency from which a call is slow: clearly above nearly all earlier ones, and by more than a scheduler's whim. */
export function slowLimit(p95Ms: number): number {
  return Math.max(1.5 * p95Ms, p95Ms + 20);
}

/** @returns the verdict of this look with its reason in words */
export function decide(facts: MonitorFacts): Pick<MonitorState, "verdict" | "detail"> {
  if (!facts.standing)
    return { verdict: "stopped", detail: "Another version was made active since, so the watch ended." };
  const charges = [failing(facts), turnedAway(facts), slow(facts), newClass(facts)].filter((charge) => charge !== null);
  if (charges.length > 0) return { verdict: "regressed", detail: charges.join(" ") };
  return conclude(facts);
}

const answered = ({ succeeded, failed }: CallTally): Tally => ({ calls: succeeded + failed, bad: failed });

/** The calls that the watch is limited by and that its words count: the refused among them. */
export function watched({ now, schemaChanged }: Pick<MonitorFacts, "now" | "schemaChanged">): number {
  return unanswered(now, schemaChanged).calls;
}

/** Failures turned into refusals are no rise here: the two are counted together. */
function unanswered({ succeeded, failed, refused, rejected }: CallTally, schemaChanged: boolean): Tally {
  const bad = failed + refused + (schemaChanged ? rejected : 0);
  return { calls: succeeded + bad, bad };
}

const exceeds = (evidence: number, share: number): boolean => evidence > Math.log(1 / (ERROR * share));

function failing({ now, before, target }: MonitorFacts): string | null {
  const [then, since] = [answered(before), answered(now)];
  // What a quiet watch would have to rule out is surely there: held against the calls before, it could never be told.
  if (then.bad === 0 && then.calls < LEAST_BEFORE && exceeds(excessEvidence(1 - target + MARGIN, since), SPLIT.failing))
    return `${since.bad} of ${since.calls} calls failed; the version before it ${then.calls === 0 ? "answered no calls" : `answered only ${then.calls}`}, so they are held against the target of ${Number((target * 100).toFixed(2))} %.`;
  if (!exceeds(riseEvidence(then, since), SPLIT.failing)) return null;
  return `${since.bad} of ${since.calls} calls failed; before, ${then.bad} of ${then.calls} did.`;
}

function turnedAway({ now, before, schemaChanged }: MonitorFacts): string | null {
  const [then, since] = [unanswered(before, schemaChanged), unanswered(now, schemaChanged)];
  if (!exceeds(riseEvidence(then, since), SPLIT.turnedAway)) return null;
  return `${since.bad} of ${since.calls} calls got no answer, ${since.bad - now.failed} of them turned away; before, ${then.bad} of ${then.calls}.`;
}

/** The limit is a function of the baseline's own calls above its p95, so the share above it is one to be estimated. */
function slow({ now, before }: MonitorFacts): string | null {
  const then = { calls: before.timed, bad: before.slow };
  const since = { calls: now.timed, bad: now.slow };
  if (!exceeds(riseEvidence(then, since), SPLIT.slow)) return null;
  return `${since.bad} of ${since.calls} answers took longer than ${Math.round(before.slowMs)} ms; before, ${then.bad} of ${then.calls} did.`;
}

/** Calls in failure classes never seen before, held against what a baseline of this size may have left unseen. */
function newClass({ now, before }: MonitorFacts): string | null {
  if (before.classes.length >= MOST_CLASSES) return null;
  const seen = new Set(before.classes.map(({ cluster }) => cluster));
  const fresh = now.classes.filter(({ cluster }) => !seen.has(cluster));
  const since = { calls: answered(now).calls, bad: fresh.reduce((sum, { calls }) => sum + calls, 0) };
  const singletons = before.classes.filter(({ calls }) => calls === 1).length;
  // Half of the error for the bound, half for the judge that uses it.
  const half = SPLIT.newClass / 2;
  const unseen = unseenMassBound(answered(before).calls, singletons, ERROR * half);
  if (!exceeds(excessEvidence(unseen, since), half)) return null;
  return `${since.bad} of ${since.calls} calls failed in a way that the version before never did.`;
}

/** Nothing speaks against the version; whether enough speaks for it. */
function conclude({ now, before, target, schemaChanged, hours, limits }: MonitorFacts): ReturnType<typeof decide> {
  const { calls, bad } = unanswered(now, schemaChanged);
  const harm = Math.max(
    mostHarm(answered(before), answered(now), target),
    mostHarm(unanswered(before, schemaChanged), { calls, bad }, target),
  );
  const over = hours >= limits.hours;
  if ((calls >= limits.calls || over) && harm <= MARGIN)
    return { verdict: "healthy", detail: `${calls} calls without a sign of anything worse.` };
  const room = Math.min(100, Math.ceil(harm * 100));
  if (!over)
    return {
      verdict: "watching",
      detail:
        calls < limits.calls
          ? `${calls} of ${limits.calls} calls watched.`
          : `The limit of ${limits.calls} calls is reached, and its ${calls} calls cannot tell: up to ${room} points more may fail than before. The watch goes on until they can, at most for ${limits.hours} hours, then asks.`,
    };
  if (calls === 0) return { verdict: "inconclusive", detail: `Nothing called it within ${limits.hours} hours.` };
  return {
    verdict: "inconclusive",
    detail: `${calls} calls in ${limits.hours} hours cannot tell: up to ${room} points more may fail than before. Look at them, then decide.`,
  };
}

/** How much larger the share of bad calls may be than it was: the upper end of its interval. */
function mostHarm(then: Tally, since: Tally, target: number): number {
  if (since.calls === 0) return 1;
  if (then.calls === 0) return clopperPearson(since.bad, since.calls, 0.05, "upper") - (1 - target);
  return differenceInterval({ successes: then.bad, n: then.calls }, { successes: since.bad, n: since.calls }, 0.9)[1];
}
