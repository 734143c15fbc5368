/** The verdict over the labelled cases of a proposal, in the words of evidence: passed, failed, inconclusive, error. */
import { rankFeatures } from "./correctness-rank.ts";
import { doubtsOf } from "./doubts.ts";
import type { EvidenceSummary } from "./evidence.ts";
import {
  type Circumstances,
  isCounted,
  type JudgedCase,
  maskedAside,
  summaryOf,
  type Tally,
  takeTally,
} from "./tally.ts";
import { goodAnswers, milliseconds, percent, plural } from "./verdict-words.ts";
import type { Strategy, Verdict } from "./words.ts";

export type Judgement = Pick<EvidenceSummary, "counts" | "agreement" | "targets" | "baseCases" | "wouldSettle"> & {
  readonly verdict: Verdict;
  readonly strategyUsed: Strategy;
  readonly headline: string;
  /** Why it did not pass, a clause each. */
  readonly reasons: readonly string[];
  /** What orders candidates: see correctness-rank. */
  readonly features: readonly number[];
  /** Failures that the change is not for, and that it hides. */
  readonly maskedAside: number;
};

/** The verdict. Generated cases count through `explored`. */
export function judge(all: readonly JudgedCase[], circumstances: Circumstances): Judgement {
  const cases = all.filter(isCounted);
  const tally = takeTally(cases, circumstances);
  const { strategyUsed } = tally;
  const hidden = maskedAside(tally);
  const features = rankFeatures({
    tally,
    regressions: tally.count("regression"),
    wrong: tally.count("still_wrong") + tally.count("still_failing"),
    masked: tally.count("masked") + hidden,
    explored: circumstances.explored,
    byHeart: circumstances.byHeart,
    unneeded: circumstances.unneeded?.length ?? 0,
    editSize: circumstances.editSize ?? 0,
    unexecuted: circumstances.unexecuted ?? 0,
  });
  const base = { ...summaryOf(tally), strategyUsed, features, maskedAside: hidden };
  if (circumstances.trouble !== null) {
    const headline = `Could not be tested: ${circumstances.trouble}. This says nothing about the tool.`;
    return {
      ...base,
      verdict: "error",
      headline,
      reasons: [circumstances.trouble],
      wouldSettle: ["Run the tests again."],
    };
  }
  const failures = failuresOf(tally, circumstances);
  if (failures.length > 0) {
    return {
      ...base,
      verdict: "failed",
      headline: `Failed: ${failures.join("; ")}.`,
      reasons: failures,
      wouldSettle: [],
    };
  }
  const doubts = doubtsOf(tally, circumstances);
  if (doubts.length > 0) {
    const reasons = doubts.map(({ reason }) => reason);
    const wouldSettle = doubts.map(({ settle }) => settle);
    return {
      ...base,
      verdict: "inconclusive",
      headline: `Not enough to say: ${reasons.join("; ")}.`,
      reasons,
      wouldSettle,
    };
  }
  return { ...base, verdict: "passed", headline: passedHeadline(tally, circumstances), reasons: [], wouldSettle: [] };
}

/** What speaks against the candidate itself. */
function failuresOf(tally: Tally, { validationErrors }: Circumstances): string[] {
  if (validationErrors.length > 0) {
    const [first = ""] = validationErrors;
    const more = validationErrors.length > 1 ? ` (and ${validationErrors.length - 1} more)` : "";
    return [`refused before anything ran: ${first.replace(/\.$/, "")}${more}`];
  }
  const found: string[] = [];
  const { brokenCases, brokenGood, base, stored } = tally;
  const cases = plural(base.total + stored.total, "case");
  if (brokenGood > 0) found.push(`${brokenGood} of ${cases} broken`);
  // The active version fails these too.
  if (brokenCases > brokenGood) found.push(`${brokenCases - brokenGood} of ${cases} still wrong`);
  const regressions = tally.count("regression") - brokenGood;
  if (regressions > 0) found.push(`${plural(regressions, "good answer")} lost`);
  const wrong = tally.count("still_wrong") - (brokenCases - brokenGood);
  if (wrong > 0) found.push(`${plural(wrong, "failure")} answered wrongly`);
  // Where some of the changes are known to be right, the others may be: then it is not a failure but an open question.
  if (!(tally.silent && tally.changes.confirmed > 0) && tally.comparable > 0 && tally.bounds.upper < tally.threshold) {
    found.push(
      `only ${tally.agreed} of ${tally.comparable + tally.changed} good answers unchanged (at most ${percent(tally.bounds.upper, "up")}, ${percent(tally.threshold, "down")} asked)`,
    );
  }
  return found;
}

const BY: Record<Strategy, string> = {
  shadow: "shadow on live calls",
  replay: "replay",
  synthetic: "synthetic cases",
  manual: "a person's reading",
};

function passedHeadline(tally: Tally, { purpose, latencyGainMs }: Circumstances): string {
  const parts: string[] = [];
  if (tally.strategyUsed === "synthetic") {
    if (tally.base.total > 0) parts.push(`${tally.base.passed} of ${plural(tally.base.total, "base case")}`);
    if (tally.stored.total > 0) parts.push(`${tally.stored.passed} of ${plural(tally.stored.total, "saved case")}`);
  } else {
    parts.push(goodAnswers(tally, tally.bounds.lower, " as confirmed ones do"));
    if (tally.base.total > 0) parts.push(`${tally.base.passed} of ${plural(tally.base.total, "base case")}`);
  }
  const { confirmed, open } = tally.changes;
  if (tally.count("changed") > 0) parts.push(`${confirmed} of ${plural(confirmed + open, "new answer")} confirmed`);
  parts.push(...targetClauses(tally));
  if (purpose === "slow" && latencyGainMs !== null) parts.push(`at least ${milliseconds(latencyGainMs)} faster`);
  return `Passed by ${BY[tally.strategyUsed]}: ${parts.join(", ")}.`;
}

/** "39 of 42 failures repaired, 3 of 42 refused clearly". Cases among the targets are told with the cases. */
function targetClauses(tally: Tally): string[] {
  const targets = tally.targets.filter(({ source }) => source === "recorded" || source === "generated");
  const total = targets.length;
  const refused = targets.filter(
    ({ label, newStatus }) => newStatus === "refused" && (label === "handled" || label === "corrected"),
  ).length;
  const repaired = targets.filter(
    ({ label, newStatus }) => newStatus !== "refused" && (label === "repaired" || label === "corrected"),
  ).length;
  const other = total - refused - repaired;
  const clauses: string[] = [];
  const say = (count: number, words: string) => {
    if (count > 0)
      clauses.push(clauses.length === 0 ? `${count} of ${plural(total, "failure")} ${words}` : `${count} ${words}`);
  };
  say(repaired, "repaired");
  say(refused, "refused clearly");
  say(other, "unconfirmed or not comparable");
  return clauses;
}
