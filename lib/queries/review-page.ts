/** Everything that a reviewer sees of one proposal, gathered once. */

import type { Context } from "#lib/commands/command.ts";
import { type Actor, holds } from "#lib/core/actor.ts";
import { permittedApprovals, voidApprovals } from "#lib/core/approval-digest.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { Evidence, EvidenceCase, Warning } from "#lib/core/evidence.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { policyOf, whyNotApprover } from "#lib/core/policy.ts";
import { isProblem } from "#lib/core/problem.ts";
import {
  type Comment,
  type DecisionRecord,
  type Proposal,
  type Revision,
  TESTS_STOPPED,
  type Transition,
} from "#lib/core/proposal.ts";
import { wordsOfRevision } from "#lib/core/revision-words.ts";
import { maskCase } from "#lib/core/sensitive.ts";
import type { Recommendation } from "#lib/core/strategy.ts";
import { decideTakeBack } from "#lib/core/take-back.ts";
import type { Job, Version } from "#lib/core/version.ts";
import type { Mode } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import { type EditEnd, readEditEnds } from "./edit-end.ts";
import { findProposal, findTool } from "./find-or-refuse.ts";
import { type GivenApprovals, givenApprovals } from "./given-approvals.ts";
import { maskOpportunity } from "./masked.ts";
import { proposalWhy } from "./proposal-why.ts";
import {
  type AlsoItem,
  agreementLine,
  alsoItems,
  approveWords,
  type CasesToLookAt,
  casesToLookAt,
  comparisonLine,
  type Decidable,
  decidable,
  inReadingOrder,
  latencyLine,
  settleWays,
  type WhyLine,
} from "./review-lines.ts";
import { type SaidOfAnswers, saidOfAnswers } from "./said-of-answers.ts";
import { showShadow } from "./shadow.ts";
import { asideLine, targetsLine } from "./target-lines.ts";
import { recommendTool } from "./tools.ts";
import { endOfWatch, type WatchEnd } from "./watch-end.ts";

export type ReviewPage = {
  readonly proposal: Omit<Proposal, "data">;
  /** What became of it, where it is an edit that was settled by its file. */
  readonly end: EditEnd | null;
  /** How the watch on its version ended, where it did so without a word on it and the version is still live. */
  readonly watch: WatchEnd | null;
  /** Its place among the waiting ones; position 0 where it does not wait. */
  readonly place: { position: number; count: number; previous: string | null; next: string | null };
  readonly mode: Mode;
  readonly owners: readonly string[];
  /** Whether the tool's file holds something else than the active version: nothing can be deployed onto that. */
  readonly fileDiffers: boolean;
  /** Whether it holds this very proposal, an edit that is settled with it. */
  readonly heldByFile: boolean;
  /** Whether policy asks for more people than whoever takes an edit. */
  readonly asksOthers: boolean;
  readonly activeVersion: number | null;
  /** The number that it gets when it is deployed. */
  readonly nextVersion: number;
  readonly base: Pick<Version, "number" | "source"> | null;
  readonly revisions: readonly Revision[];
  /** The revision that is looked at: the newest unless another was asked for. */
  readonly shown: Revision | null;
  /** The revision that it is compared with instead of the base, where that was asked for. */
  readonly against: Revision | null;
  /** Approvals that count no longer, and why. */
  readonly voided: readonly { readonly by: string; readonly why: string }[];
  /** What was last said of the answers of recorded calls among the cases. */
  readonly said: SaidOfAnswers;
  readonly evidence: Evidence | null;
  readonly cases: readonly EvidenceCase[];
  readonly why: WhyLine;
  /** What the revision that is looked at says of itself. */
  readonly words: string;
  readonly opportunity: Pick<Opportunity, "id" | "state" | "clusters" | "findings"> | null;
  /** Who looks. */
  readonly viewer: Actor;
  readonly lines: {
    /** The failures known before, by what became of them; null where there were none. */
    targets: string | null;
    comparison: string;
    latency: string | null;
    agreement: string | null;
    also: AlsoItem[];
    /** What would settle an inconclusive verdict. */
    settle: readonly string[];
    /** The cases that a reviewer's word would settle it by; null where there are none. */
    look: CasesToLookAt | null;
    /** Whether live calls turn the verdict by themselves. */
    waits: boolean;
    /** What live calls say so far, and how many more it takes; null where the change is not tried on them. */
    shadow: string | null;
  } | null;
  readonly recommendation: Recommendation;
  readonly warnings: readonly Warning[];
  readonly decidable: Decidable;
  /** Whose word its deployment would rest on. */
  readonly approvals: GivenApprovals;
  readonly approveWords: { button: string; effect: string };
  readonly mayDeploy: boolean;
  readonly mayOperate: boolean;
  readonly reasonRequired: boolean;
  readonly digest: string | null;
  readonly job: Job | null;
  readonly comments: readonly Comment[];
  readonly decisions: readonly DecisionRecord[];
  readonly transitions: readonly Transition[];
  /** The stop of its tests, where none were begun since. */
  readonly stopped: Transition | null;
  readonly deployment: Deployment | null;
  /** The rollback that undid the deployment, if one did. */
  readonly rollback: Deployment | null;
  readonly canRollBack: boolean;
  /** Whether whoever looks may take the last decision back. */
  readonly canTakeBack: boolean;
  readonly monitorCalls: number;
};

/**
 * Gathers the review of a proposal.
 * @param options.id id or number; `revision` another than the newest; `against` a revision to compare with, not the base
 * @throws Problem not_found
 */
export async function readReviewPage(
  ctx: Context,
  options: { id: string; revision?: number | undefined; against?: number | undefined },
): Promise<ReviewPage> {
  const { database, caller } = ctx;
  const proposal = await findProposal(database, options.id);
  const tool = await findTool(database, proposal.tool);
  const [
    settings,
    base,
    versions,
    revisions,
    snapshots,
    comments,
    decisions,
    transitions,
    place,
    job,
    deployments,
    file,
  ] = await Promise.all([
    database.settings.get(),
    database.versions.find(tool.name, proposal.baseVersion),
    database.versions.list(tool.name),
    database.proposals.revisions(proposal.id),
    database.proposals.evidence(proposal.id),
    database.proposals.comments(proposal.id),
    database.proposals.decisions(proposal.id),
    database.proposals.transitions(proposal.id),
    placeOf(ctx, proposal),
    runningJob(ctx, proposal),
    database.deployments.list({ tool: tool.name }, { limit: 50 }),
    ctx.files.read(tool.name),
  ]);
  const newest = revisions.find(({ number }) => number === proposal.revision) ?? null;
  const shown = revisions.find(({ number }) => number === options.revision) ?? newest;
  const evidence = newestEvidence(snapshots, shown?.number ?? 0);
  const [cases, feedback, opportunity, recommendation, digest, shadow, ends] = await Promise.all([
    evidence === null ? [] : database.proposals.evidenceCases(evidence.id),
    evidence === null ? [] : database.executions.feedback(tool.name),
    proposal.opportunityId === undefined ? null : maskedOpportunity(database, proposal.opportunityId),
    recommendTool(ctx, tool, settings),
    shown === newest && proposal.revision > 0 ? digestOf(ctx, proposal.id) : null,
    shown === newest ? showShadow(ctx, { proposal, tool, evidence }) : null,
    readEditEnds(database, [proposal]),
  ]);
  const deployment = deployments.items.find(({ proposalId }) => proposalId === proposal.id) ?? null;
  const rollback =
    deployment === null
      ? null
      : (deployments.items.find(
          ({ kind, fromVersion, startedAt }) =>
            kind === "rollback" && fromVersion === deployment.toVersion && startedAt >= deployment.startedAt,
        ) ?? null);
  const mode = tool.settings.mode ?? settings.mode;
  const mayDeploy = holds(caller, "deploy");
  const policy = policyOf(settings, tool.settings);
  const current = newestEvidence(snapshots, proposal.revision);
  const facts = base === null ? null : { proposal, base, revisions, snapshots, decisions };
  const activeHash = versions.find(({ number }) => number === tool.activeVersion)?.hash;
  const fileDiffers = tool.kind === "hosted" && file?.hash !== activeHash;
  const heldByFile = fileDiffers && file?.hash !== undefined && file.hash === newest?.hash;
  const onDisk = heldByFile ? "holds_it" : fileDiffers ? "differs" : "in_sync";
  const asksOthers = policy.requiredApprovals > 1 || policy.fourEyes;
  const approvals = facts === null ? [] : permittedApprovals(facts, policy);
  const decisionState = decidable({
    state: proposal.state,
    revision: proposal.revision,
    baseVersion: proposal.baseVersion,
    activeVersion: tool.activeVersion,
    evidence: current,
    have: approvals.length,
    required: policy.requiredApprovals,
    barred: current === null ? null : whyNotApprover(policy, current, caller.actor),
    mode,
    mayApprove: holds(caller, "approve"),
    mayDeploy,
    heldByFile,
    asksOthers,
    own: approvals.some(({ actor }) => actor.kind === caller.actor.kind && actor.id === caller.actor.id),
  });
  const nextVersion =
    deployment?.toVersion ??
    versions.find(({ hash }) => hash === newest?.hash)?.number ??
    Math.max(0, ...versions.map(({ number }) => number)) + 1;
  const { data: _data, ...plain } = proposal;
  return {
    proposal: plain,
    end: ends.get(proposal.id) ?? null,
    watch: proposal.state === "monitoring" && deployment !== null ? endOfWatch(deployment) : null,
    place,
    mode,
    owners: base?.manifest.owners ?? [],
    fileDiffers,
    heldByFile,
    asksOthers,
    activeVersion: tool.activeVersion,
    nextVersion,
    base: base === null ? null : { number: base.number, source: base.source },
    revisions,
    shown,
    against: revisions.find(({ number }) => number === options.against && number !== shown?.number) ?? null,
    voided:
      facts === null ||
      !UNDECIDED.includes(proposal.state) ||
      decisionState.approvals.have >= decisionState.approvals.need
        ? []
        : voidApprovals(facts, policy).map(({ decision, why }) => ({ by: decision.actor.name, why })),
    evidence,
    cases: inReadingOrder(base === null ? cases : cases.map((one) => maskCase(base.manifest, one))),
    said: saidOfAnswers(cases, feedback, evidence, base?.manifest ?? null),
    why: proposalWhy({
      proposal,
      opportunity,
      base: base?.source ?? "",
      revisions,
      begun: transitions[0]?.reason,
    }),
    words: shown === null ? "" : wordsOfRevision(base?.source ?? "", revisions, shown),
    opportunity:
      opportunity === null
        ? null
        : {
            id: opportunity.id,
            state: opportunity.state,
            clusters: opportunity.clusters,
            findings: opportunity.findings,
          },
    viewer: caller.actor,
    lines:
      evidence === null
        ? null
        : {
            targets: [targetsLine(evidence), asideLine(cases)].filter((line) => line !== null).join(" ") || null,
            comparison: comparisonLine(evidence, cases),
            latency: latencyLine(evidence),
            agreement: agreementLine(evidence),
            also: alsoItems(evidence),
            settle: settleWays(evidence, shadow !== null),
            look: casesToLookAt(cases),
            waits: shadow !== null && shadow.callsToSettle !== null,
            shadow: shadow?.words ?? null,
          },
    recommendation,
    warnings: evidence?.summary.warnings ?? [],
    decidable: decisionState,
    approvals: givenApprovals(approvals, deployment),
    approveWords: approveWords(
      mode,
      nextVersion,
      decisionState.approvals.need - decisionState.approvals.have,
      mayDeploy,
      onDisk,
      UNDECIDED.includes(proposal.state) ? approvals.map(({ actor }) => actor.name) : [],
    ),
    // Onto a file that is something else nothing is deployed, whoever asks.
    mayDeploy: mayDeploy && (onDisk === "in_sync" || (onDisk === "differs" && mode === "simulated")),
    mayOperate: holds(caller, "operate"),
    reasonRequired: policy.reasonRequired,
    digest,
    job,
    comments,
    decisions,
    transitions,
    stopped: stopOf(transitions),
    deployment,
    rollback,
    canRollBack:
      mayDeploy &&
      deployment?.state === "done" &&
      tool.activeVersion === deployment.toVersion &&
      deployment.fromVersion !== null,
    canTakeBack:
      holds(caller, "approve") && decideTakeBack({ proposal, decisions, transitions }, caller.actor).kind === "back",
    monitorCalls: settings.monitorCalls,
  };
}

/** States in which an approval could still lead to something. */
const UNDECIDED: readonly Proposal["state"][] = ["awaiting_review", "testing", "approved"];

/** The stop of the last tests; null where they were not stopped, or others have begun since. */
function stopOf(transitions: readonly Transition[]): Transition | null {
  const last = transitions.findLast(({ to, reason }) => to === "testing" || reason.startsWith(TESTS_STOPPED));
  return last?.reason.startsWith(TESTS_STOPPED) ? last : null;
}

/** The newest snapshot of a revision. */
export function newestEvidence(snapshots: readonly Evidence[], revision: number): Evidence | null {
  return snapshots
    .filter((snapshot) => snapshot.revision === revision)
    .reduce<Evidence | null>((newest, one) => (newest === null || one.number > newest.number ? one : newest), null);
}

async function placeOf(ctx: Context, proposal: Proposal): Promise<ReviewPage["place"]> {
  const waiting = await ctx.database.proposals.waiting();
  const index = waiting.indexOf(proposal.id);
  if (index === -1) return { position: 0, count: waiting.length, previous: null, next: waiting[0] ?? null };
  return {
    position: index + 1,
    count: waiting.length,
    previous: waiting[index - 1] ?? null,
    next: waiting[index + 1] ?? null,
  };
}

async function runningJob(ctx: Context, proposal: Proposal): Promise<Job | null> {
  const filter = { tool: proposal.tool, proposalId: proposal.id };
  const { items: own } = await ctx.database.jobs.list(filter, { limit: 30 });
  const running = own.find(({ state }) => state === "queued" || state === "running");
  if (running !== undefined) return running;
  // While the proposal says that it is under way, the last job tells what became of it.
  const underWay = proposal.state === "generating" || proposal.state === "testing";
  return underWay ? (own.find(({ state }) => state === "failed" || state === "cancelled") ?? null) : null;
}

/** The digest that a decision would bind to; null where there is nothing to decide on. */
async function digestOf(ctx: Context, id: string): Promise<string | null> {
  try {
    return await ctx.pipeline.digest(id);
  } catch (error) {
    if (isProblem(error)) return null;
    throw error;
  }
}

async function maskedOpportunity(database: Database, id: string): Promise<Opportunity | null> {
  const opportunity = await database.opportunities.find(id);
  return opportunity === null ? null : maskOpportunity(database, opportunity);
}
