/** Puts together what a snapshot of evidence says, with the warnings that an approver must acknowledge. */
import type { AbResult, EvidenceSummary, Warning } from "./evidence.ts";
import type { Judgement } from "./verdict.ts";
import { plural } from "./verdict-words.ts";
import type { Strategy } from "./words.ts";

export type SummaryFacts = {
  readonly strategy: Strategy;
  readonly ab: AbResult;
  readonly noisePaths: readonly string[];
  readonly notTested: readonly string[];
  readonly changes: EvidenceSummary["changes"];
  readonly validationErrors: readonly string[];
  /** Answers that the syntax shows to be made up, known to be wrong or not. */
  readonly madeUp?: number;
  readonly coverage?: EvidenceSummary["coverage"];
};

/** Nothing changed besides code. */
export const NO_CHANGES: EvidenceSummary["changes"] = {
  permissions: [],
  schemas: [],
  characteristics: [],
  testCases: [],
  widened: false,
};

/** The summary of a snapshot. */
export function summarise(judgement: Judgement, facts: SummaryFacts): EvidenceSummary {
  return {
    counts: judgement.counts,
    agreement: judgement.agreement,
    targets: judgement.targets,
    baseCases: judgement.baseCases,
    ab: facts.ab,
    noisePaths: [...facts.noisePaths],
    notTested: [...facts.notTested],
    wouldSettle: judgement.wouldSettle,
    warnings: warningsOf(judgement, facts),
    changes: facts.changes,
    validationErrors: [...facts.validationErrors],
    features: [...judgement.features],
    ...(facts.coverage === undefined ? {} : { coverage: facts.coverage }),
  };
}

/** Warnings with ids that stay the same from one snapshot to the next. */
export function warningsOf(
  judgement: Judgement,
  { strategy, changes, noisePaths, madeUp = 0 }: SummaryFacts,
): Warning[] {
  const warnings: Warning[] = [];
  const warn = (id: string, mustAcknowledge: boolean, text: string) => warnings.push({ id, text, mustAcknowledge });
  const count = (label: keyof Judgement["counts"]) => judgement.counts[label] ?? 0;
  if (changes.widened) {
    warn(
      "permissions-widened",
      true,
      `The change asks for more than the tool may do today: ${changes.permissions.join("; ")}.`,
    );
  }
  if (judgement.verdict === "inconclusive") {
    warn("inconclusive", true, `The tests do not say enough: ${judgement.reasons.join("; ")}.`);
  }
  if (strategy === "manual") {
    warn(
      "manual-risk",
      true,
      "This tool can be tested neither by replay nor by cases: only your reading stands between the change and its users.",
    );
  }
  if (count("changed") > 0) {
    warn("changed-outputs", true, `${plural(count("changed"), "good answer")} would change for callers.`);
  }
  const hidden = Math.max(count("masked") + judgement.maskedAside, madeUp);
  if (hidden > 0) {
    warn("masked", true, `${plural(hidden, "failure")} would be hidden behind a made-up answer.`);
  }
  if (count("still_failing") > 0) {
    warn("still-failing", true, `${plural(count("still_failing"), "call")} would fail as before.`);
  }
  if (count("slower") > 0) warn("slower", true, `${plural(count("slower"), "answer")} would come clearly later.`);
  const passed = judgement.verdict === "passed";
  if (count("unconfirmed") > 0) {
    warn(
      "unconfirmed",
      !passed,
      `${plural(count("unconfirmed"), "new answer")} that nothing confirms: look at one before you approve.`,
    );
  }
  if (changes.characteristics.length > 0) {
    warn(
      "characteristics-changed",
      true,
      `The change says something else about the tool: ${changes.characteristics.join("; ")}.`,
    );
  }
  if (changes.testCases.some((text) => /removed|changed/.test(text))) {
    warn(
      "cases-changed",
      true,
      `The change touches test cases: ${changes.testCases.join("; ")}. The cases of today judged it.`,
    );
  }
  if (count("diverged") > 0) {
    warn(
      "diverged",
      false,
      `${plural(count("diverged"), "case")} could not be compared: an effect was asked for that was not recorded.`,
    );
  }
  if (judgement.strategyUsed !== strategy && (strategy === "shadow" || strategy === "replay")) {
    const used =
      judgement.strategyUsed === "replay"
        ? "replay of recorded calls"
        : judgement.strategyUsed === "synthetic"
          ? "its test cases"
          : "nothing";
    warn("strategy-lowered", false, `The tool may be tested by ${strategy}; this time it was tested by ${used}.`);
  }
  if (noisePaths.length > 0) {
    warn(
      "noise",
      false,
      `${plural(noisePaths.length, "place")} of the answer ${noisePaths.length === 1 ? "differs" : "differ"} between two runs of the current version and ${noisePaths.length === 1 ? "is" : "are"} left out of the comparison.`,
    );
  }
  return warnings;
}
