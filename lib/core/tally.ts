/** The count over labelled cases that every part of the verdict reads. */
import type { ByHeart } from "./by-heart.ts";
import type { EvidenceCase, EvidenceSummary } from "./evidence.ts";
import { type Explanation, explainChanges } from "./explained.ts";
import type { Purpose } from "./proposal.ts";
import { agreeingCallsNeeded, clopperPearson } from "./statistics.ts";
import { Label, type Strategy } from "./words.ts";

/** Chance of each one-sided bound to be wrong. */
export const ALPHA = 0.05;

export type JudgedCase = Pick<EvidenceCase, "label" | "source" | "target" | "aside" | "shouldThrow"> & {
  readonly newStatus: EvidenceCase["new"]["status"];
  readonly executionId?: string;
  /** The kind of change of an answer that the old version gave too; absent where there was none or it stayed. */
  readonly change?: string;
  /** What the old version's failure was, by its name and what it said; absent where it answered. */
  readonly failure?: string;
  /** It is set aside, was answered before, and is answered otherwise now, or not at all. */
  readonly moved?: boolean;
  /** The new version alone asked for an effect that was not recorded: what it answers then nobody knows. */
  readonly strayed?: boolean;
};

/** What running old and new on inputs that nobody sent showed. */
export type Explored = {
  /** Inputs that the old version answered, and on how many of them the new one fails or answers otherwise. */
  readonly answered: number;
  readonly failed: number;
  readonly differ: number;
  /** Inputs made from those whose wrong answers were corrected, and how many of them changed. */
  readonly near: number;
  readonly nearChanged: number;
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
  /** Absent where nothing was generated. */
  readonly explored?: Explored;
  /** What the candidate has written down of the known cases; absent where none is known. */
  readonly byHeart?: ByHeart;
  /** Lines whose change makes no difference to any case; empty where every part of the change is needed. */
  readonly unneeded?: readonly number[];
  /** Executions that the change was tried on live. */
  readonly live?: ReadonlySet<string>;
  /** Characters that the candidate changes. */
  readonly editSize?: number;
  /** Share of the changed lines that no case executed; absent where nobody looked. */
  readonly unexecuted?: number;
};

/** Whether a target is met: a right value, or a refusal that a case asks for. */
export function isMet(one: JudgedCase): boolean {
  return (
    one.label === "corrected" || one.label === "repaired" || (one.label === "handled" && one.shouldThrow !== undefined)
  );
}

/** What the change is judged for: neither what it is not for, nor what its own author or nobody sent. */
export function targetsOf<Case extends Pick<JudgedCase, "target" | "aside" | "source">>(
  cases: readonly Case[],
): Case[] {
  return cases.filter(({ target, aside, source }) => target && aside !== true && isCounted({ source }));
}

/** Cases that the candidate wrote are left out; generated ones count as inputs that nobody sent. */
export function isCounted({ source }: Pick<JudgedCase, "source">): boolean {
  return source !== "candidate_case" && source !== "generated";
}

/** Failures that the change is not for, and that it hides. */
export function maskedAside({ aside }: Pick<Tally, "aside">): number {
  return aside.filter(({ label }) => label === "masked").length;
}

/** Answers known to be wrong that the change is not for, and that it changes to what nobody says is right. */
export function spoiltAside({ aside }: Pick<Tally, "aside">): number {
  return aside.filter(({ moved, label }) => moved === true && SPOILT.includes(label)).length;
}

/** What was counted. */
export type Tally = {
  readonly strategyUsed: Strategy;
  readonly count: (label: Label) => number;
  /** Failures, and answers known to be wrong, that the change is not for. */
  readonly aside: readonly JudgedCase[];
  readonly targets: readonly JudgedCase[];
  readonly met: number;
  /** Recorded good calls that can be compared, and how many agreed. */
  readonly comparable: number;
  readonly agreed: number;
  /** Recorded good calls that changed and are left out of `comparable`, since confirmed changes explain them. */
  readonly changed: number;
  readonly needed: number;
  /** Recorded good calls that cannot be compared since the new version asked for something else. */
  readonly strayed: number;
  readonly bounds: { readonly lower: number; readonly upper: number };
  readonly threshold: number;
  readonly base: { readonly total: number; readonly passed: number };
  readonly stored: { readonly total: number; readonly passed: number };
  /** Base and stored cases that the new version breaks or leaves wrong, and those of them that were good before. */
  readonly brokenCases: number;
  readonly brokenGood: number;
  /** What the recorded calls say of the answers that the old version did not give. */
  readonly changes: Explanation;
  /** A case of the base version or of a person, good before, is answered otherwise. */
  readonly suiteChanged: boolean;
  /** A call known to be wrong was answered, and is answered otherwise now: then good answers may have been wrong too without anybody saying so. */
  readonly silent: boolean;
};

const COMPARABLE: readonly Label[] = ["agrees", "slower", "changed", "regression"];
const UNCHANGED: readonly Label[] = ["agrees", "slower"];
/** Answers that the old version did not give, and those of them that are known to be right. */
const NEW_ANSWERS: readonly Label[] = ["changed", "corrected", "repaired", "unconfirmed"];
const CONFIRMED: readonly Label[] = ["corrected", "repaired"];
/** A value that nothing confirms is asked about as such, and a mask is told as one. */
const SPOILT: readonly Label[] = ["still_wrong", "still_failing", "handled"];

/** Counts; which strategy was carried out follows from the counts. */
export function takeTally(cases: readonly JudgedCase[], { strategy, threshold, live = NONE }: Circumstances): Tally {
  const aside = cases.filter((one) => one.aside === true);
  const targets = targetsOf(cases);
  // Failures set aside are no answers; answers set aside that change, to what is right or not, are.
  const isAnswer = (one: JudgedCase) => one.aside !== true || one.change !== undefined;
  const changes = explainChanges(
    cases
      .filter((one) => one.source === "recorded" && NEW_ANSWERS.includes(one.label) && isAnswer(one))
      .map(({ label, change = "no answer before" }) => ({ confirmed: CONFIRMED.includes(label), kind: change })),
  );
  // A confirmed change is judged by its answers, and says nothing for or against agreement.
  const comparable = changes.explained ? COMPARABLE.filter((label) => label !== "changed") : COMPARABLE;
  const calls = cases.filter(
    ({ target, source, label }) => !target && source === "recorded" && comparable.includes(label),
  );
  const changed = cases.filter((one) => !one.target && one.source === "recorded" && one.label === "changed").length;
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
    strategyUsed: carriedOut(strategy, {
      live: calls.filter(({ executionId }) => executionId !== undefined && live.has(executionId)).length,
      comparable: calls.length,
      needed,
      suite: base.total + stored.total,
    }),
    count: (label) => cases.filter((one) => one.label === label && one.aside !== true).length,
    aside,
    targets,
    met: targets.filter(isMet).length,
    comparable: calls.length,
    agreed,
    changed: changes.explained ? changed : 0,
    needed,
    strayed: cases.filter(({ target, source, strayed }) => !target && source === "recorded" && strayed).length,
    bounds: {
      lower: calls.length === 0 ? 0 : clopperPearson(agreed, calls.length, ALPHA, "lower"),
      upper: calls.length === 0 ? 1 : clopperPearson(agreed, calls.length, ALPHA, "upper"),
    },
    threshold,
    base,
    stored,
    brokenGood,
    changes,
    suiteChanged: ofSuite.some(({ label }) => label === "changed"),
    silent: [...targets, ...aside].some(({ change }) => change !== undefined),
    brokenCases: brokenGood + ofSuite.filter(({ label }) => label === "still_wrong").length,
  };
}

const NONE: ReadonlySet<string> = new Set();

/**
 * What was really carried out. Shadow takes as many live calls as replay takes recorded ones. A short history falls back
 * to the cases; without any, what there is of a replay stays a replay that is too short.
 */
function carriedOut(
  strategy: Strategy,
  calls: { readonly live: number; readonly comparable: number; readonly needed: number; readonly suite: number },
): Strategy {
  const { live, comparable, needed, suite } = calls;
  if (strategy === "manual") return "manual";
  if (strategy === "synthetic") return suite > 0 ? "synthetic" : "manual";
  if (strategy === "shadow" && live >= needed) return "shadow";
  if (comparable >= needed) return "replay";
  if (suite > 0) return "synthetic";
  return comparable > 0 ? "replay" : "manual";
}

/** The counts as the evidence shows them. */
export function summaryOf(tally: Tally): Pick<EvidenceSummary, "counts" | "agreement" | "targets" | "baseCases"> {
  const counts: Partial<Record<Label, number>> = {};
  for (const label of Label.options) if (tally.count(label) > 0) counts[label] = tally.count(label);
  return {
    counts,
    agreement: {
      comparable: tally.comparable,
      agreed: tally.agreed,
      ...(tally.changed === 0 ? {} : { changed: tally.changed }),
      lowerBound: tally.bounds.lower,
      upperBound: tally.bounds.upper,
      threshold: tally.threshold,
    },
    targets: { total: tally.targets.length, met: tally.met },
    baseCases: tally.base,
  };
}
