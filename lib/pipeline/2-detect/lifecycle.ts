/** What becomes of the one opportunity of a tool and kind, from what it was and what was found now. */
import { clusterKey } from "#lib/core/clusters.ts";
import { isBelowTarget } from "#lib/core/health.ts";
import { isPursued, type Opportunity } from "#lib/core/opportunity.ts";
import { clopperPearson } from "#lib/core/statistics.ts";
import type { ProposalState } from "#lib/core/words.ts";
import type { Examination, Problem } from "./decide.ts";
import { inTimeAgain } from "./find-slow.ts";
import { answersSince } from "./find-suspected.ts";
import type { ToolRecord } from "./record.ts";

export type Step =
  | { readonly do: "open"; readonly problem: Problem }
  | { readonly do: "reopen"; readonly problem: Problem; readonly note: string }
  | { readonly do: "update"; readonly problem: Problem; readonly state?: "open"; readonly note?: string }
  | { readonly do: "resolve"; readonly note: string }
  | { readonly do: "leave" };

export type Situation = {
  /** The opportunity that is not resolved, or else the newest resolved one of the kind. */
  readonly known: Opportunity | null;
  readonly problem: Problem | null;
  /** For a dismissed one: the problem that is left without the clusters it was dismissed with. */
  readonly beyondDismissed: Problem | null;
  readonly examination: Examination;
  readonly record: ToolRecord;
  readonly proposals: readonly { readonly state: ProposalState }[];
  readonly now: Date;
};

/** The next step of the opportunity's life. */
export function nextStep(situation: Situation): Step {
  const { known, problem, beyondDismissed, proposals, now } = situation;
  if (known === null) return problem === null ? { do: "leave" } : { do: "open", problem };
  switch (known.state) {
    case "resolved":
      return problem === null ? { do: "leave" } : { do: "reopen", problem, note: "It came back after it was resolved" };
    case "dismissed":
      return beyondDismissed === null
        ? { do: "leave" }
        : {
            do: "reopen",
            problem: beyondDismissed,
            note:
              known.kind === "incorrect"
                ? "An answer is known to be wrong by now"
                : "Other failures than those that were dismissed",
          };
    case "snoozed": {
      if (problem === null) return recovered(situation, known);
      const awake = known.snoozedUntil === undefined || known.snoozedUntil <= now;
      return awake ? { do: "update", problem, state: "open", note: "Its snooze ended" } : { do: "update", problem };
    }
    case "in_progress": {
      if (problem === null) return recovered(situation, known);
      return isPursued(proposals) ? { do: "update", problem } : { do: "update", problem, state: "open" };
    }
    case "open":
      return problem === null ? recovered(situation, known) : { do: "update", problem };
  }
}

const CONFIDENCE_ERROR = 0.05;

/**
 * Not being caught is not being healthy: a problem is resolved when the calls since show that it is gone. After one call
 * in two failed, five good calls show it; after one in twenty, 59.
 */
function recovered({ examination, record }: Situation, known: Opportunity): Step {
  const { current } = examination;
  const good = current.calls - current.bad;
  const otherVersion = record.version !== known.statistics.version;
  switch (known.kind) {
    case "failing":
    case "degrading": {
      if (known.kind === "degrading" && examination.problems.some(({ kind }) => kind === "failing"))
        return { do: "resolve", note: "It is failing by now, and told as that" };
      if (known.statistics.risen !== undefined) return rarer(record, known.statistics.risen, otherVersion);
      if (current.calls === 0 || isBelowTarget(current.calls, current.bad, record.target)) return { do: "leave" };
      if (record.target < known.statistics.target)
        return {
          do: "resolve",
          note: `The target is ${record.target * 100} % now, and ${good} of ${current.calls} calls succeeded`,
        };
      const proven = clopperPearson(good, current.calls, CONFIDENCE_ERROR, "lower");
      if (proven <= known.statistics.successRate) return { do: "leave" };
      const said = `${good} of ${current.calls}`;
      // Of another version the calls from before the problem count as well: it is another source.
      const note = otherVersion
        ? `Version ${record.version} answers now, and ${said} of its calls succeeded`
        : `${said} calls of version ${record.version} succeeded since`;
      return { do: "resolve", note };
    }
    case "incorrect":
      if (known.statistics.askedAgain !== undefined)
        return undoubted(examination, known, known.statistics.askedAgain, record.version);
      if (!otherVersion)
        return { do: "resolve", note: "Nothing that this version answered is known to be wrong any more" };
      if (good === 0) return { do: "leave" };
      return {
        do: "resolve",
        note: `Version ${record.version} answers now, and none of its ${good} answers is marked wrong`,
      };
    case "slow": {
      const { latency } = known.statistics;
      const note = latency === undefined ? null : inTimeAgain(record, latency);
      return note === null ? { do: "leave" } : { do: "resolve", note };
    }
  }
}

/** A suspicion is gone when the same kind of answers is clearly less often asked for again than while it was there. */
function undoubted(
  { answers }: Examination,
  { statistics }: Opportunity,
  { asked, of }: NonNullable<Opportunity["statistics"]["askedAgain"]>,
  version: number,
): Step {
  const { calls, bad } = answersSince(answers, statistics, version);
  if (calls === 0 || clopperPearson(bad, calls, CONFIDENCE_ERROR, "upper") >= asked / of) return { do: "leave" };
  return {
    do: "resolve",
    note: `Callers asked again after ${bad} of ${calls} such answers of version ${version} since`,
  };
}

const DAY_MS = 24 * 3_600_000;

/** A kind of failure is gone when, over a day at the least, it is clearly less frequent than while it was there. */
function rarer(
  record: ToolRecord,
  risen: NonNullable<Opportunity["statistics"]["risen"]>,
  otherVersion: boolean,
): Step {
  const { failures, until, traffic, version } = record;
  const said: string[] = [];
  for (const { keys, name, after } of risen) {
    const own = failures.filter((failure) => keys.includes(clusterKey(failure))).map(({ startedAt }) => startedAt);
    const yesterday = new Date(until.getTime() - DAY_MS);
    // What another version did is no part of it; of one that is gone all calls since count.
    const last = own[0] ?? record.firstCall;
    const from = otherVersion ? record.firstCall : last < yesterday ? last : yesterday;
    const bad = own.filter((at) => at > from).length;
    const calls = otherVersion
      ? (record.counts.succeeded ?? 0) + (record.counts.failed ?? 0) + (record.counts.timed_out ?? 0)
      : traffic.filter(({ at }) => at > from).reduce((sum, slice) => sum + slice.calls, 0);
    if (
      calls === 0 ||
      clopperPearson(Math.min(bad, calls), calls, CONFIDENCE_ERROR, "upper") >= after.bad / after.calls
    )
      return { do: "leave" };
    said.push(`${bad} of ${calls} calls of version ${version} failed with ${name} since`);
  }
  return { do: "resolve", note: said.join("; ") };
}
