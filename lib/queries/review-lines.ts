/** The lines above the diff in a review: why, verdict, what else changed, and what may be decided. Pure. */
import { isLeftAlone } from "#lib/core/aside.ts";
import { sayBadCalls } from "#lib/core/bad-calls.ts";
import type { Evidence, EvidenceCase } from "#lib/core/evidence.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";
import { goodAnswers, percent, plural } from "#lib/core/verdict-words.ts";
import type { Label, Mode } from "#lib/core/words.ts";
import { findingsOf, reasonOf } from "./opportunity-words.ts";

export type WhyLine = {
  readonly text: string;
  /** Short facts behind it: who is at fault, how much it costs. */
  readonly facts: readonly string[];
};

/** Why the proposal exists: the opportunity's reason, or who proposed it and for what. */
export function whyLine(
  proposal: Pick<Proposal, "purpose" | "createdBy">,
  opportunity: Opportunity | null,
  rationale: string,
  begun = "",
): WhyLine {
  if (opportunity === null)
    return {
      text: firstSentence(rationale) || "Proposed without a rationale.",
      facts: [`Proposed by ${proposal.createdBy.name}`, ...PURPOSES[proposal.purpose]],
    };
  const { statistics, attribution, clusters } = opportunity;
  const facts = [ATTRIBUTIONS[attribution]];
  const callers = findingsOf(opportunity).find((finding) =>
    /^(Only .* (is|was)|\d+ callers (are|were)) affected/.test(finding),
  );
  if (callers !== undefined) facts.push(callers);
  const bad = isSuspicion(opportunity) ? "suspected answers" : "bad calls";
  if (statistics.badCallsPerDay > 0) facts.push(sayBadCalls(statistics, bad));
  if (clusters.length > 0 && !isSuspicion(opportunity)) facts.push(`${plural(clusters.length, "kind")} of failure`);
  // The same opportunity, with failures that this change knows nothing of.
  if (
    clusters.length > 0 &&
    FAILED.test(begun) &&
    !clusters.some(({ message }) => begun.includes(message.slice(0, NAMED)))
  )
    return { text: begun, facts: ["The problem shows other failures by now"] };
  return { text: reasonOf(opportunity), facts };
}

/** How the reason of an opportunity tells a failure. */
const FAILED = /^Fails? \d+ of .*: /;
/** As much of a message as a reason surely holds: it cuts long ones. */
const NAMED = 40;

const PURPOSES: Record<Proposal["purpose"], readonly string[]> = {
  failing: ["meant to mend failing calls"],
  incorrect: ["meant to mend wrong answers"],
  degrading: ["meant to mend what got worse"],
  slow: ["meant to make it faster"],
  other: [],
};

const ATTRIBUTIONS: Record<Opportunity["attribution"], string> = {
  tool: "Tool fault",
  caller: "Caller fault",
  upstream: "Upstream fault",
  unknown: "Fault unknown",
};

function firstSentence(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > 240 ? `${line.slice(0, 239).toWellFormed()}…` : line;
}

/** The headline without the verdict's own word, which a badge beside it says. */
export function headlineBeside(headline: string): string {
  const rest = headline.replace(/^(Passed|Failed)[: ]\s*/, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** What would settle the verdict; calls that live traffic counts down are said there, and not twice. */
export function settleWays({ summary }: Pick<Evidence, "summary">, live: boolean): readonly string[] {
  return summary.wouldSettle.filter((way) => !live || !/^\d+ more agreeing call/.test(way));
}

export type CasesToLookAt = { readonly label: Label; readonly words: string };

/** The cases that a reviewer's word would settle an inconclusive verdict by, with what the button to them says. */
export function casesToLookAt(
  cases: readonly Pick<EvidenceCase, "label" | "aside" | "old" | "new" | "differences">[],
): CasesToLookAt | null {
  const looked = cases.filter((one) => !isLeftAlone(one));
  for (const { label, one, more } of TO_LOOK_AT) {
    const count = looked.filter((found) => found.label === label).length;
    if (count > 0) return { label, words: count === 1 ? one : more.replace("#", String(count)) };
  }
  return null;
}

const TO_LOOK_AT: readonly { label: Label; one: string; more: string }[] = [
  { label: "unconfirmed", one: "Confirm the value", more: "Confirm the # values" },
  { label: "masked", one: "Look at the masked value", more: "Look at the # masked values" },
  { label: "changed", one: "Look at the changed answer", more: "Look at the # changed answers" },
  { label: "handled", one: "Look at the refusal", more: "Look at the # refusals" },
  { label: "regression", one: "Look at the lost answer", more: "Look at the # lost answers" },
  { label: "still_failing", one: "Look at what still fails", more: "Look at the # that still fail" },
  { label: "still_wrong", one: "Look at what is still wrong", more: "Look at the # that are still wrong" },
  { label: "slower", one: "Look at the slower answer", more: "Look at the # slower answers" },
];

const SOURCES: readonly { of: readonly EvidenceCase["source"][]; noun: string }[] = [
  { of: ["recorded"], noun: "call" },
  { of: ["base_case", "stored_case"], noun: "test case" },
  { of: ["generated"], noun: "generated input" },
  { of: ["candidate_case"], noun: "case of the candidate" },
];

/** What cases are, each kind with its count: `123 calls, 3 test cases`. */
export function sourcesInWords(cases: readonly Pick<EvidenceCase, "source">[]): string {
  return SOURCES.flatMap(({ of, noun }) => {
    const count = cases.filter(({ source }) => of.includes(source)).length;
    if (count === 0) return [];
    return noun.startsWith("case") && count > 1 ? `${count} ${noun.replace("case", "cases")}` : plural(count, noun);
  }).join(", ");
}

/**
 * Both versions on the same inputs, in one line with counts, interval and winner. Test cases are among them, and not among
 * the good answers of the verdict, so what the inputs are is said; and which of the cases are not among them.
 */
export function comparisonLine(evidence: Evidence, cases: readonly Labelled[]): string {
  const { n, difference, interval, winner } = evidence.summary.ab;
  if (n === 0) return "No input ran through both versions.";
  const points = (share: number): string => `${share >= 0 ? "+" : "−"}${Math.abs(Math.round(share * 1000) / 10)}`;
  const said = winner === "none" ? "no winner" : winner === "new" ? "new is better" : "old is better";
  // As the comparison takes them; a list that was cut shorter does not say what they are.
  const left = Map.groupBy(cases, whyNotCompared);
  const compared = left.get(null) ?? [];
  const whole = compared.length === n;
  const of = whole ? ` (${sourcesInWords(compared)})` : "";
  const others = [...left].flatMap(([why, some]) => (why === null ? [] : [why(some)]));
  const beside = whole && others.length > 0 ? ` Not among them: ${others.join(", ")}.` : "";
  return `${plural(n, "same input")}${of}: ${successWords(evidence)} (${points(difference)} points, 95 %: ${points(interval[0])} to ${points(interval[1])}; ${said}).${beside}`;
}

type Labelled = Pick<EvidenceCase, "source" | "label" | "aside">;
type Told = (cases: readonly Labelled[]) => string;
const GENERATED: Told = (cases) => `${plural(cases.length, "generated input")} (${labelsOf(cases)})`;
const ASIDE: Told = (cases) => `${cases.length} that the change is not for (${labelsOf(cases)})`;
const OTHERS: Told = (cases) => `${sourcesInWords(cases)} (${labelsOf(cases)})`;

/** As the filters of the list say them: those count these cases, and the verdict does not. */
function labelsOf(cases: readonly Labelled[]): string {
  const labels = Map.groupBy(cases, ({ label }) => label);
  return [...labels]
    .map(([label, some]) => `${some.length} ${label === "handled" ? "refused clearly" : label.replace("_", " ")}`)
    .join(", ");
}

function whyNotCompared({ source, label, aside }: Labelled): Told | null {
  if (source === "generated") return GENERATED;
  if (aside === true) return ASIDE;
  return source === "candidate_case" || label === "diverged" ? OTHERS : null;
}

/** What either version did well, by the same rule: an answer not known to be wrong, or a refusal known to be right. */
export function successWords({ summary }: Pick<Evidence, "summary">): string {
  return `answered or rightly refused ${summary.ab.old.succeeded} → ${summary.ab.new.succeeded}`;
}

/** With fewer answers of each, no difference would show however large it is. */
const LEAST_PAIRS = 8;

/** Latency of both versions on the same inputs. */
export function latencyLine(evidence: Evidence): string | null {
  const { n, old, new: fresh } = evidence.summary.ab;
  if (n === 0) return null;
  const slower = (evidence.summary.counts.slower ?? 0) > 0;
  const verdict = slower ? "slower" : n < LEAST_PAIRS ? `too few to tell (${n})` : "no clear difference";
  return `p95 ${ms(old.p95Ms)} → ${ms(fresh.p95Ms)} ms, ${verdict}`;
}

function ms(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(value >= 10 ? 1 : 2)));
}

export type AlsoItem = {
  readonly subject: string;
  /** `unread`: the source was refused before it said anything of itself. */
  readonly state: "same" | "changed" | "wider" | "unread";
  /** What changed, a clause each; or a count. */
  readonly details: readonly string[];
};

/** What changed besides code, always the same subjects in the same order. */
export function alsoItems(evidence: Evidence): AlsoItem[] {
  const { changes, validationErrors } = evidence.summary;
  const { permissions, schemas, characteristics, testCases } = changes;
  const none = [permissions, schemas, characteristics, testCases].every(({ length }) => length === 0);
  const same = none && validationErrors.length > 0 ? "unread" : "same";
  const item = (subject: string, details: readonly string[], wider = false): AlsoItem => ({
    subject,
    state: details.length === 0 ? same : wider ? "wider" : "changed",
    details,
  });
  return [
    item("Permissions", permissions, changes.widened),
    item("Schemas", schemas),
    item("Characteristics", characteristics),
    item("Test cases", testCases),
  ];
}

/** Labels in the order in which a reviewer asks for them: what went wrong first. */
export const LABEL_ORDER: readonly Label[] = [
  "regression",
  "still_wrong",
  "still_failing",
  "masked",
  "changed",
  "slower",
  "unconfirmed",
  "diverged",
  "repaired",
  "corrected",
  "handled",
  "agrees",
];

/** What went wrong first, then the smallest input first: the case that opens is the shortest to read. */
export function inReadingOrder(cases: readonly EvidenceCase[]): EvidenceCase[] {
  const size = new Map(cases.map((one) => [one, JSON.stringify(one.input).length]));
  // What the change is not for and left alone is no news.
  const rank = (one: EvidenceCase) => LABEL_ORDER.indexOf(isLeftAlone(one) ? "diverged" : one.label);
  return [...cases].sort((a, b) => rank(a) - rank(b) || (size.get(a) ?? 0) - (size.get(b) ?? 0) || a.index - b.index);
}

/** Labels that a review always counts, zero included: their absence is an answer. */
export const ALWAYS_COUNTED: readonly Label[] = ["regression", "changed", "masked", "repaired"];

/** The agreement with its bound, or null where nothing could be compared. */
export function agreementLine(evidence: Evidence): string | null {
  const { agreement } = evidence.summary;
  if (agreement.comparable === 0) return null;
  return `${goodAnswers(agreement, agreement.lowerBound)}, ${percent(agreement.threshold, "down")} asked`;
}

export type Decidable = {
  readonly approve: boolean;
  /** Why it cannot be approved, or deployed once it is, and what to do; null where it can. */
  readonly whyNot: string | null;
  readonly reject: boolean;
  readonly requestChanges: boolean;
  /** Approved already, or simulated while the mode was another: it waits to be deployed. */
  readonly deploy: boolean;
  /** Approvals by others that this revision has, and how many it needs. */
  readonly approvals: { readonly have: number; readonly need: number };
};

/** Where a person may still say no. */
const REJECTABLE: readonly Proposal["state"][] = [
  "awaiting_review",
  "approved",
  "simulated",
  "changes_requested",
  "stale",
];

const HELD = "The file holds this edit: it is made live, or dropped, in Sync.";

/** What may be decided on a proposal now. The room checks it all again; this only says it beforehand. */
export function decidable(facts: {
  state: Proposal["state"];
  revision: number;
  baseVersion: number;
  activeVersion: number | null;
  evidence: Evidence | null;
  /** Approvals that count now. */
  have: number;
  required: number;
  /** What policy says against a decision by whoever looks, null for nothing. */
  barred: string | null;
  mode: Mode;
  mayApprove: boolean;
  mayDeploy: boolean;
  /** Whether it is the edit that the tool's file holds: it goes live, or is dropped, with the file. */
  heldByFile: boolean;
  /** Whether policy asks for another person than the one who takes that edit. */
  asksOthers: boolean;
  /** Whether whoever looks has approved it already. */
  own: boolean;
}): Decidable {
  const waiting = facts.state === "awaiting_review";
  const deployable = facts.state === "approved" || (facts.state === "simulated" && facts.mode === "real");
  const held = facts.heldByFile && (deployable || (waiting && !facts.asksOthers));
  const whyNot = held ? HELD : waiting ? whyNotApprove(facts) : deployable ? whyNotDeploy(facts) : null;
  return {
    approve: waiting && whyNot === null,
    whyNot,
    reject: facts.mayApprove && REJECTABLE.includes(facts.state),
    requestChanges: waiting && facts.mayApprove,
    deploy: deployable && !facts.heldByFile && facts.mayDeploy && facts.activeVersion === facts.baseVersion,
    approvals: { have: facts.have, need: facts.required },
  };
}

function whyNotApprove(facts: Parameters<typeof decidable>[0]): string | null {
  if (!facts.mayApprove) return "Deciding takes a key that may “approve changes”; yours may not.";
  if (facts.evidence === null) return "It was not tested yet: run the tests first.";
  if (facts.activeVersion !== facts.baseVersion)
    return `It was made for version ${facts.baseVersion}, and version ${facts.activeVersion ?? "none"} is active now: ${facts.activeVersion === null ? "" : "merge it onto that, or "}reject it and ask for a new fix.`;
  if (facts.evidence.verdict === "failed")
    return "The tests failed, and what failed cannot be approved: request changes, or reject it.";
  if (facts.evidence.verdict === "error")
    return "The tests could not be carried out, which says nothing about the change: run them again.";
  if (facts.own) {
    // Four eyes ask for another person where the count is reached already.
    const more = Math.max(1, facts.required - facts.have);
    return `You have approved it: ${more === 1 ? "one more person has" : `${more} more people have`} to.`;
  }
  return facts.barred;
}

function whyNotDeploy({ mayDeploy }: Parameters<typeof decidable>[0]): string | null {
  return mayDeploy ? null : "Deploying it takes a key that may “deploy and roll back”; yours may not.";
}

/** The tool's file: as the version that answers, as what is proposed, or something else. */
export type FileOnDisk = "in_sync" | "holds_it" | "differs";

/**
 * What the approve button says, and what pressing it will do.
 * @param given who has approved it already, where more than one has to
 */
export function approveWords(
  mode: Mode,
  nextVersion: number,
  need: number,
  mayDeploy: boolean,
  file: FileOnDisk = "in_sync",
  given: readonly string[] = [],
): { button: string; effect: string } {
  const words = nextApproval(mode, nextVersion, need, mayDeploy, file);
  return given.length === 0 ? words : { ...words, effect: `Approved by ${given.join(", ")}. ${words.effect}` };
}

function nextApproval(
  mode: Mode,
  nextVersion: number,
  need: number,
  mayDeploy: boolean,
  file: FileOnDisk,
): { button: string; effect: string } {
  if (file === "holds_it")
    return { button: "Approve", effect: "The file holds this edit: it goes live when it is taken in Sync." };
  if (mode === "real" && need <= 1 && !mayDeploy)
    return { button: "Approve", effect: "It waits, approved, for somebody whose key may “deploy and roll back”." };
  if (need > 1) return { button: "Approve", effect: `It needs ${need} more approvals before anything is deployed.` };
  if (mode === "real" && file === "differs")
    return {
      button: "Approve",
      effect: "Nothing can be deployed onto the file as it is: it waits, approved, until that is settled in Sync.",
    };
  return mode === "simulated"
    ? {
        button: "Approve (simulated: nothing is written)",
        effect: `Says what would be written as version ${nextVersion}. Files, active version and sync state stay as they are.`,
      }
    : {
        button: `Approve and deploy v${nextVersion}`,
        effect:
          "The file is backed up, then written; undone by itself when a step fails or the watch says it got worse.",
      };
}
