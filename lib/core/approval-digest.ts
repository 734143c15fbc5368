/** What an approval binds to, which approvals still stand, and what a policy still asks for. Pure. */
import type { Actor } from "./actor.ts";
import type { Evidence } from "./evidence.ts";
import { canonicalJson, digestOf } from "./json.ts";
import { type Policy, whyNotApprover } from "./policy.ts";
import type { DecisionRecord, Proposal, Revision } from "./proposal.ts";
import type { Characteristics, Permissions } from "./tool.ts";
import type { Version } from "./version.ts";
import type { Verdict } from "./words.ts";

/** All that a person saw, reduced to what must not change. */
export type ApprovalParts = {
  /** SHA-256 of the base version's source and of the candidate's. */
  readonly base: string;
  readonly candidate: string;
  readonly evidence: { readonly number: number; readonly verdict: Verdict };
  readonly characteristics: Characteristics;
  readonly permissions: Permissions;
};

/** What an approval is judged by, gathered once. */
export type ApprovalFacts = {
  readonly proposal: Proposal;
  readonly base: Version;
  /** Oldest first. */
  readonly revisions: readonly Revision[];
  readonly snapshots: readonly Evidence[];
  readonly decisions: readonly DecisionRecord[];
};

export type ApprovalPolicy = Pick<Policy, "requiredApprovals" | "fourEyes" | "approvers" | "autoDeploy">;

const BETTER_FIRST: readonly Verdict[] = ["passed", "inconclusive", "failed", "error"];

/** SHA-256 over the canonical JSON of the parts. */
export function approvalDigest(parts: ApprovalParts): string {
  return digestOf(parts);
}

/** The parts for one snapshot of evidence; null where its revision is not there. */
export function partsFor(facts: ApprovalFacts, snapshot: Evidence): ApprovalParts | null {
  const revision = facts.revisions.find(({ number }) => number === snapshot.revision);
  if (revision === undefined) return null;
  return {
    base: facts.base.hash,
    candidate: revision.hash,
    evidence: { number: snapshot.number, verdict: snapshot.verdict },
    characteristics: facts.base.manifest.characteristics,
    permissions: facts.base.manifest.permissions,
  };
}

/** The newest snapshot of the newest revision: what a decision is about now. */
export function currentSnapshot({ proposal, snapshots }: ApprovalFacts): Evidence | null {
  const own = snapshots.filter(({ revision }) => revision === proposal.revision);
  return own.reduce<Evidence | null>((newest, one) => (newest && newest.number > one.number ? newest : one), null);
}

/** The parts that a decision would bind to now; null where nothing was tested yet. */
export function currentParts(facts: ApprovalFacts): ApprovalParts | null {
  const snapshot = currentSnapshot(facts);
  return snapshot === null ? null : partsFor(facts, snapshot);
}

/** What differs between what somebody saw and what there is now, in words. */
export function changedParts(seen: ApprovalParts, now: ApprovalParts): string[] {
  const changed: string[] = [];
  const differ = (a: unknown, b: unknown): boolean => canonicalJson(a) !== canonicalJson(b);
  if (differ(seen.base, now.base)) changed.push("the base source");
  if (differ(seen.candidate, now.candidate)) changed.push("the proposed source");
  if (differ(seen.evidence, now.evidence))
    changed.push(
      `the evidence (snapshot ${seen.evidence.number}, ${seen.evidence.verdict}, is now snapshot ${now.evidence.number}, ${now.evidence.verdict})`,
    );
  if (differ(seen.characteristics, now.characteristics)) changed.push("the characteristics");
  if (differ(seen.permissions, now.permissions)) changed.push("the permissions");
  return changed;
}

/**
 * Which part of what was seen is no longer so. A digest tells nothing by itself, so it is looked for among all that
 * could ever be seen of this proposal; null where it is none of that.
 */
export function explainDigest(digest: string, facts: ApprovalFacts, otherBases: readonly Version[]): string[] | null {
  const now = currentParts(facts);
  if (now === null) return null;
  for (const base of [facts.base, ...otherBases]) {
    for (const snapshot of facts.snapshots) {
      const seen = partsFor({ ...facts, base }, snapshot);
      if (seen !== null && approvalDigest(seen) === digest) return changedParts(seen, now);
    }
  }
  return null;
}

/** Whether a verdict is worse than another: a later snapshot voids an approval only then. */
export function isWorse(later: Verdict, earlier: Verdict): boolean {
  return BETTER_FIRST.indexOf(later) > BETTER_FIRST.indexOf(earlier);
}

/** Warnings of one snapshot that an approver has to acknowledge, and had not seen on an earlier one. */
function newWarnings(later: Evidence, earlier: Evidence): string[] {
  const asked = ({ summary }: Evidence) => summary.warnings.filter(({ mustAcknowledge }) => mustAcknowledge);
  const seen = new Set(asked(earlier).map(({ id }) => id));
  return asked(later).flatMap(({ id, text }) => (seen.has(id) ? [] : [text]));
}

/**
 * Approvals that still hold, one for each approver: given since the last rejection or request for changes, to this
 * very revision and base, and not overtaken by worse evidence, nor by a warning that has to be acknowledged.
 */
export function standingApprovals(facts: ApprovalFacts): DecisionRecord[] {
  const current = currentSnapshot(facts);
  if (current === null) return [];
  const lastOther = facts.decisions.findLastIndex(({ decision }) => decision !== "approve");
  const standing = new Map<string, DecisionRecord>();
  for (const decision of facts.decisions.slice(lastOther + 1)) {
    if (decision.revision !== facts.proposal.revision) continue;
    const snapshot = facts.snapshots.find(({ number }) => number === decision.evidenceNumber);
    const parts = snapshot === undefined ? null : partsFor(facts, snapshot);
    if (snapshot === undefined || parts === null || approvalDigest(parts) !== decision.digest) continue;
    if (isWorse(current.verdict, snapshot.verdict) || newWarnings(current, snapshot).length > 0) continue;
    standing.set(keyOf(decision.actor), decision);
  }
  return [...standing.values()];
}

/** Standing approvals of those whom the policy of now lets decide on the evidence of now. */
export function permittedApprovals(facts: ApprovalFacts, policy: ApprovalPolicy): DecisionRecord[] {
  const current = currentSnapshot(facts);
  if (current === null) return [];
  return standingApprovals(facts).filter(({ actor }) => whyNotApprover(policy, current, actor) === null);
}

export type VoidApproval = { readonly decision: DecisionRecord; readonly why: string };

/** The last approval of each approver that counts no longer, with why; rejections and requests end the list. */
export function voidApprovals(facts: ApprovalFacts, policy: ApprovalPolicy): VoidApproval[] {
  const current = currentSnapshot(facts);
  const lastOther = facts.decisions.findLastIndex(({ decision }) => decision !== "approve");
  const latest = new Map(facts.decisions.slice(lastOther + 1).map((decision) => [keyOf(decision.actor), decision]));
  const counted = new Set(permittedApprovals(facts, policy).map(({ id }) => id));
  return [...latest.values()]
    .filter(({ id }) => !counted.has(id))
    .map((decision) => ({ decision, why: whyVoid(facts, policy, decision, current) }));
}

function whyVoid(
  facts: ApprovalFacts,
  policy: ApprovalPolicy,
  decision: DecisionRecord,
  current: Evidence | null,
): string {
  if (decision.revision !== facts.proposal.revision)
    return `it was of revision ${decision.revision}, and revision ${facts.proposal.revision} is the newest`;
  const snapshot = facts.snapshots.find(({ number }) => number === decision.evidenceNumber);
  if (current === null || snapshot === undefined) return "the change is not tested now";
  if (isWorse(current.verdict, snapshot.verdict))
    return `the evidence got worse: it said ${snapshot.verdict}, and says ${current.verdict} now`;
  const [warning] = newWarnings(current, snapshot);
  if (warning !== undefined)
    return `the evidence warns of more: ${warning.charAt(0).toLowerCase()}${warning.slice(1).replace(/\.$/, "")}`;
  const barred = whyNotApprover(policy, current, decision.actor);
  if (barred !== null) return `policy changed: ${barred.charAt(0).toLowerCase()}${barred.slice(1).replace(/\.$/, "")}`;
  return "the base source, its characteristics or its permissions changed";
}

/** Why approvals that stand do not count, each reason once. */
function barredApprovals(facts: ApprovalFacts, policy: ApprovalPolicy): string[] {
  const current = currentSnapshot(facts);
  if (current === null) return [];
  const reasons = standingApprovals(facts).map(({ actor }) => whyNotApprover(policy, current, actor));
  return [...new Set(reasons.flatMap((reason) => (reason === null ? [] : reason.replace(/\.$/, ""))))];
}

/** What the policy still asks for, a sentence each; empty where the approvals suffice. */
export function approvalsMissing(facts: ApprovalFacts, policy: ApprovalPolicy): string[] {
  const approvers = permittedApprovals(facts, policy).map(({ actor }) => actor);
  const missing = barredApprovals(facts, policy);
  const short = policy.requiredApprovals - approvers.length;
  if (short > 0) missing.push(`${short} more approval${short === 1 ? " is" : "s are"} needed`);
  if (policy.fourEyes && !approvers.some((actor) => actor.kind !== "machine" && !isAuthor(facts, actor)))
    missing.push("somebody who neither proposed nor last edited it has to approve");
  return missing;
}

/** Whether the actor proposed it or edited it last. */
export function isAuthor({ proposal, revisions }: ApprovalFacts, actor: Actor): boolean {
  const last = revisions.find(({ number }) => number === proposal.revision);
  return [proposal.createdBy, last?.author].some((author) => author !== undefined && keyOf(author) === keyOf(actor));
}

function keyOf(actor: Actor): string {
  return `${actor.kind} ${actor.id}`;
}
