/** The verdict over the labelled cases of a proposal, in the words of evidence: passed, failed, inconclusive, error. */
import type { EvidenceCase, EvidenceSummary } from "./evidence.ts";
import type { Purpose } from "./proposal.ts";
import { agreeingCallsNeeded, clopperPearson } from "./statistics.ts";
import { milliseconds, percent, plural, waitFor } from "./verdict-words.ts";
import type { Label, Strategy, Verdict } from "./words.ts";

/** Chance of each one-sided bound to be wrong. */
export const ALPHA = 0.05;

export type JudgedCase = Pick<EvidenceCase, "label" | "source" | "target" | "shouldThrow"> & {
  readonly newStatus: EvidenceCase["new"]["status"];
};

export type Circumstances = {
  /** The classification; what is carried out may be lower. */
  readonly strategy: Strategy;
  readonly purpose: Purpose;
  /** Share of agreement that the lower bound must reach. */
  readonly threshold: number;
  /** One-sided lower bound of the latency gain on the same inputs, in milliseconds; null where nothing was measured. */
  readonly latencyGainMs: number | null;
  /** Good calls a day at today's traffic, to say how long waiting takes; null where there is none. */
  readonly goodCallsPerDay: number | null;
  /** Why the candidate was refused before anything ran. */
  readonly validationErrors: readonly string[];
  /** What went wrong with the machinery: never evidence against a tool. */
  readonly trouble: string | null;
};

export type Judgement = Pick<EvidenceSummary, "counts" | "agreement" | "targets" | "baseCases" | "wouldSettle"> & {
  readonly verdict: Verdict;
  readonly strategyUsed: Strategy;
  readonly headline: string;
  /** Why it did not pass, a clause each. */
  readonly reasons: readonly string[];
};

/** Whether a target is met: a right value, or a refusal that a case asks for. */
export function isMet(one: JudgedCase): boolean {
  return (
    one.label === "corrected" || one.label === "repaired" || (one.label === "handled" && one.shouldThrow !== undefined)
  );
}

/** The verdict. Cases that the candidate wrote itself are left out of everything. */
export function judge(all: readonly JudgedCase[], circumstances: Circumstances): Judgement {
  const cases = all.filter(({ source }) => source !== "candidate_case");
  const tally = takeTally(cases, circumstances);
  const { strategyUsed } = tally;
  const base = { ...summaryOf(tally), strategyUsed };
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

type Tally = {
  readonly strategyUsed: Strategy;
  readonly count: (label: Label) => number;
  readonly targets: readonly JudgedCase[];
  readonly met: number;
  /** Recorded good calls that can be compared, and how many agreed. */
  readonly comparable: number;
  readonly agreed: number;
  readonly needed: number;
  readonly bounds: { readonly lower: number; readonly upper: number };
  readonly threshold: number;
  readonly base: { readonly total: number; readonly passed: number };
  readonly stored: { readonly total: number; readonly passed: number };
  /** Base and stored cases that the new version breaks or leaves wrong, and those of them that were good before. */
  readonly brokenCases: number;
  readonly brokenGood: number;
};

const COMPARABLE: readonly Label[] = ["agrees", "slower", "changed", "regression"];
const UNCHANGED: readonly Label[] = ["agrees", "slower"];

function takeTally(cases: readonly JudgedCase[], { strategy, threshold }: Circumstances): Tally {
  const targets = cases.filter(({ target }) => target);
  const calls = cases.filter(
    ({ target, source, label }) => !target && source === "recorded" && COMPARABLE.includes(label),
  );
  const agreed = calls.filter(({ label }) => UNCHANGED.includes(label)).length;
  const needed = agreeingCallsNeeded(threshold, ALPHA);
  const suite = (source: EvidenceCase["source"]) => {
    const own = cases.filter((one) => one.source === source);
    return { total: own.length, passed: own.filter((one) => UNCHANGED.includes(one.label) || isMet(one)).length };
  };
  const ofSuite = cases.filter(({ source }) => source === "base_case" || source === "stored_case");
  const brokenGood = ofSuite.filter(({ label }) => label === "regression").length;
  const base = suite("base_case");
  const stored = suite("stored_case");
  return {
    strategyUsed: carriedOut(strategy, calls.length, needed, base.total + stored.total),
    count: (label) => cases.filter((one) => one.label === label).length,
    targets,
    met: targets.filter(isMet).length,
    comparable: calls.length,
    agreed,
    needed,
    bounds: {
      lower: calls.length === 0 ? 0 : clopperPearson(agreed, calls.length, ALPHA, "lower"),
      upper: calls.length === 0 ? 1 : clopperPearson(agreed, calls.length, ALPHA, "upper"),
    },
    threshold,
    base,
    stored,
    brokenGood,
    brokenCases: brokenGood + ofSuite.filter(({ label }) => label === "still_wrong").length,
  };
}

/**
 * What was really carried out. Live shadowing is not: its tools are replayed. A short history falls back to the cases;
 * without any, what there is of a replay stays a replay that is too short.
 */
function carriedOut(strategy: Strategy, comparable: number, needed: number, suite: number): Strategy {
  if (strategy === "manual") return "manual";
  if (strategy === "synthetic") return suite > 0 ? "synthetic" : "manual";
  if (comparable >= needed) return "replay";
  if (suite > 0) return "synthetic";
  return comparable > 0 ? "replay" : "manual";
}

function summaryOf(tally: Tally): Pick<Judgement, "counts" | "agreement" | "targets" | "baseCases"> {
  const counts: Partial<Record<Label, number>> = {};
  for (const label of LABELS) if (tally.count(label) > 0) counts[label] = tally.count(label);
  return {
    counts,
    agreement: {
      comparable: tally.comparable,
      agreed: tally.agreed,
      lowerBound: tally.bounds.lower,
      upperBound: tally.bounds.upper,
      threshold: tally.threshold,
    },
    targets: { total: tally.targets.length, met: tally.met },
    baseCases: tally.base,
  };
}

const LABELS: readonly Label[] = [
  "agrees",
  "changed",
  "regression",
  "corrected",
  "still_wrong",
  "repaired",
  "unconfirmed",
  "masked",
  "handled",
  "still_failing",
  "diverged",
  "slower",
];

/** What speaks against the candidate itself. */
function failuresOf(tally: Tally, { validationErrors }: Circumstances): string[] {
  if (validationErrors.length > 0) {
    const [first = ""] = validationErrors;
    const more = validationErrors.length > 1 ? ` (and ${validationErrors.length - 1} more)` : "";
    return [`refused before anything ran: ${first.replace(/\.$/, "")}${more}`];
  }
  const found: string[] = [];
  const { brokenCases, base, stored } = tally;
  if (brokenCases > 0) found.push(`${brokenCases} of ${plural(base.total + stored.total, "case")} broken`);
  const regressions = tally.count("regression") - tally.brokenGood;
  if (regressions > 0) found.push(`${plural(regressions, "good answer")} lost`);
  const wrong = tally.count("still_wrong") - (brokenCases - tally.brokenGood);
  if (wrong > 0) found.push(`${plural(wrong, "failure")} answered wrongly`);
  if (tally.comparable > 0 && tally.bounds.upper < tally.threshold) {
    found.push(
      `only ${tally.agreed} of ${tally.comparable} good answers unchanged (at most ${percent(tally.bounds.upper, "up")}, ${percent(tally.threshold, "down")} asked)`,
    );
  }
  return found;
}

type Doubt = { readonly reason: string; readonly settle: string };

/** What keeps a candidate that did not fail from passing, and what would settle each. */
function doubtsOf(tally: Tally, circumstances: Circumstances): Doubt[] {
  const doubts: Doubt[] = [];
  const doubt = (count: number, reason: (counted: number) => string, settle: string) => {
    if (count > 0) doubts.push({ reason: reason(count), settle });
  };
  doubts.push(...strategyDoubts(tally, circumstances));
  doubt(
    tally.count("changed"),
    (n) => `${plural(n, "good answer")} changed`,
    "Accept the changed answers as intended, which makes them cases, or ask for a fix that keeps them.",
  );
  doubt(
    tally.count("masked"),
    (n) => `${plural(n, "failure")} masked by a swallow, a default or a special case`,
    "Ask for a fix that mends the cause or refuses clearly, or say which of the masked values are right.",
  );
  doubt(
    tally.count("slower"),
    (n) => `${plural(n, "answer")} clearly slower`,
    "Run the tests again to see whether it stays slower, or ask for a faster fix.",
  );
  doubts.push(...purposeDoubts(tally, circumstances));
  return doubts;
}

function strategyDoubts(tally: Tally, { goodCallsPerDay }: Circumstances): Doubt[] {
  const { strategyUsed, base, stored, agreed, comparable, needed } = tally;
  if (strategyUsed === "manual") {
    return [
      {
        reason: "nothing can be tested here without a person",
        settle: "Add test cases to the tool, or decide with each warning acknowledged.",
      },
    ];
  }
  if (strategyUsed === "synthetic") {
    const [total, passed] = [base.total + stored.total, base.passed + stored.passed];
    if (passed === total) return [];
    return [
      {
        reason: `${passed} of ${total} cases pass`,
        settle: "Look at the cases that did not pass; a case may lack the effects that it needs.",
      },
    ];
  }
  if (comparable < needed) {
    const wait = waitFor(needed - agreed, goodCallsPerDay);
    return [
      {
        reason: `${agreed} agreeing ${agreed === 1 ? "call" : "calls"}, ${needed} needed`,
        settle: `${plural(needed - agreed, "more agreeing call")}${wait}, or test cases in the tool.`,
      },
    ];
  }
  if (tally.bounds.lower >= tally.threshold) return [];
  return [
    {
      reason: `${agreed} of ${comparable} good answers unchanged: at least ${percent(tally.bounds.lower, "down")}, ${percent(tally.threshold, "down")} asked`,
      settle: `More calls that agree, until the lower bound reaches ${percent(tally.threshold, "down")}.`,
    },
  ];
}

function purposeDoubts(tally: Tally, { purpose, latencyGainMs }: Circumstances): Doubt[] {
  const doubts: Doubt[] = [];
  const count = (label: Label) => tally.targets.filter((one) => one.label === label).length;
  const failing = count("still_failing");
  if (failing > 0) {
    doubts.push({
      reason: `${failing} of ${plural(tally.targets.length, "target")} still ${failing === 1 ? "fails" : "fail"}`,
      settle: "Ask for a fix that covers the failures that are left.",
    });
  }
  if (purpose === "slow" && !(latencyGainMs !== null && latencyGainMs > 0)) {
    doubts.push({
      reason: "no gain in latency is certain",
      settle: "More recorded calls to compare, or a fix that is clearly faster.",
    });
  }
  if (purpose === "slow" || purpose === "other") return [...doubts, ...openTargets(tally)];
  if (tally.targets.length === 0) {
    doubts.push({
      reason: "no call or case that is known to be wrong was there to repair",
      settle: "Mark a wrong output, or add a case that fails today.",
    });
  } else if (tally.met === 0) {
    const [unconfirmed, handled, diverged] = [count("unconfirmed"), count("handled"), count("diverged")];
    if (unconfirmed > 0) doubts.push(confirmDoubt(unconfirmed));
    if (handled > 0) {
      doubts.push({
        reason: `${plural(handled, "failure")} refused clearly, and no case asks for the refusal`,
        settle: "Add a case that asks for the refusal, or say what the right answer is.",
      });
    }
    if (diverged > 0) doubts.push(divergedDoubt(diverged));
  } else doubts.push(...openTargets(tally));
  return doubts;
}

/** Synthetic testing passes only when every target does; a clear refusal beside a repair does not stand in its way. */
function openTargets(tally: Tally): Doubt[] {
  if (tally.strategyUsed !== "synthetic") return [];
  const count = (label: Label) => tally.targets.filter((one) => one.label === label).length;
  const doubts: Doubt[] = [];
  if (count("unconfirmed") > 0) doubts.push(confirmDoubt(count("unconfirmed")));
  if (count("diverged") > 0) doubts.push(divergedDoubt(count("diverged")));
  return doubts;
}

function confirmDoubt(count: number): Doubt {
  return {
    reason: `${plural(count, "new value")} that nothing confirms`,
    settle:
      count === 1
        ? "Confirm this value, or give the right one."
        : `Confirm one of these ${count} values, or give the right one.`,
  };
}

function divergedDoubt(count: number): Doubt {
  return {
    reason: `${plural(count, "failure")} asked for effects that were not recorded`,
    settle: "Add a case that states the effects which the new version asks for.",
  };
}

function passedHeadline(tally: Tally, { purpose, latencyGainMs }: Circumstances): string {
  const parts: string[] = [];
  if (tally.strategyUsed === "synthetic") {
    if (tally.base.total > 0) parts.push(`${tally.base.passed} of ${tally.base.total} base cases`);
    if (tally.stored.total > 0) parts.push(`${tally.stored.passed} of ${tally.stored.total} saved cases`);
  } else {
    parts.push(
      `${tally.agreed} of ${tally.comparable} good answers unchanged (at least ${percent(tally.bounds.lower, "down")})`,
    );
    if (tally.base.total > 0) parts.push(`${tally.base.passed} of ${tally.base.total} base cases`);
  }
  parts.push(...targetClauses(tally));
  if (purpose === "slow" && latencyGainMs !== null) parts.push(`at least ${milliseconds(latencyGainMs)} faster`);
  return `Passed by ${tally.strategyUsed === "synthetic" ? "synthetic cases" : "replay"}: ${parts.join(", ")}.`;
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
