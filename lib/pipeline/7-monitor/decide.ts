/** Whether a fresh deployment got worse: a sequential test that may be looked at after every call. Pure. */
import type { MonitorState } from "#lib/core/deployment.ts";
import { riseEvidence } from "#lib/core/sequential.ts";

export type VersionRecord = { readonly calls: number; readonly failures: number; readonly refused: number };

/** The chance of a rollback without cause, split over what is watched. */
const ERROR = 0.01;
const SHARE = { success: 0.5, refused: 0.5 };

export type MonitorFacts = {
  readonly now: VersionRecord;
  readonly before: VersionRecord;
  readonly hours: number;
  readonly limits: { readonly calls: number; readonly hours: number };
  /** Whether the version still answers the calls. */
  readonly active: boolean;
};

/** @returns the verdict of this look with its reason in words */
export function decide(facts: MonitorFacts): Pick<MonitorState, "verdict" | "detail"> {
  const { now, before, hours, limits } = facts;
  if (!facts.active) return { verdict: "stopped", detail: "Another version answers the calls." };
  const failing = riseEvidence({ calls: before.calls, bad: before.failures }, { calls: now.calls, bad: now.failures });
  if (failing > Math.log(1 / (ERROR * SHARE.success)))
    return {
      verdict: "regressed",
      detail: `${now.failures} of ${now.calls} calls failed; before, ${before.failures} of ${before.calls} did.`,
    };
  const all = (record: VersionRecord): number => record.calls + record.refused;
  const refusing = riseEvidence(
    { calls: all(before), bad: before.refused + before.failures },
    { calls: all(now), bad: now.refused + now.failures },
  );
  if (refusing > Math.log(1 / (ERROR * SHARE.refused)))
    return {
      verdict: "regressed",
      detail: `${now.refused} of ${all(now)} calls were refused; before, ${before.refused} of ${all(before)} were.`,
    };
  if (all(now) >= limits.calls)
    return { verdict: "healthy", detail: `${all(now)} calls without a sign of anything worse.` };
  if (hours >= limits.hours)
    return all(now) === 0
      ? { verdict: "inconclusive", detail: `Nothing called it within ${limits.hours} hours.` }
      : { verdict: "healthy", detail: `${all(now)} calls in ${limits.hours} hours without a sign of anything worse.` };
  return { verdict: "watching", detail: `${all(now)} of ${limits.calls} calls watched.` };
}
