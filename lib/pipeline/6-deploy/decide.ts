/** Whether a proposal may be deployed, and what becomes of the file. Pure: facts in, answer out. */

import type { Actor } from "#lib/core/actor.ts";
import {
  type ApprovalFacts,
  type ApprovalPolicy,
  approvalsMissing,
  currentSnapshot,
  permittedApprovals,
} from "#lib/core/approval-digest.ts";
import { DEPLOY_STEPS, type Deployment, type DeployStep } from "#lib/core/deployment.ts";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import { whyNotApprover } from "#lib/core/policy.ts";
import { inWords, type Mode } from "#lib/core/words.ts";
import type { Probe } from "./activation.ts";

export type DeployFacts = ApprovalFacts & {
  readonly activeVersion: number | null;
  readonly policy: ApprovalPolicy;
};

export type DeployAnswer =
  | { readonly kind: "go" }
  | { readonly kind: "stale"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** Whether an approved proposal may be deployed now; approvals are looked at again, whatever its state says. */
export function decideDeploy(facts: DeployFacts, actor: Actor): DeployAnswer {
  const { proposal, base, revisions, activeVersion, policy } = facts;
  const name = `Proposal ${proposal.number}`;
  if (proposal.state !== "approved" && proposal.state !== "simulated")
    return refuse(`${name} is ${inWords(proposal.state)}: only an approved one can be deployed.`);
  if (activeVersion !== proposal.baseVersion)
    return {
      kind: "stale",
      reason: `it was made for version ${proposal.baseVersion}, and version ${activeVersion ?? "none"} is active now`,
    };
  const snapshot = currentSnapshot(facts);
  const verdict = snapshot?.verdict ?? "error";
  if (snapshot === null || verdict === "failed" || verdict === "error")
    return refuse(`${name} has evidence that says ${verdict}: it cannot be deployed.`);
  const missing = approvalsMissing(facts, policy);
  const have = permittedApprovals(facts, policy).length;
  if (have > 0 && have < policy.requiredApprovals)
    return refuse(
      `${name} needs ${policy.requiredApprovals} approvals now, and has ${have}: somebody else has to approve it too.`,
    );
  if (missing.length > 0)
    return refuse(`What was approved of proposal ${proposal.number} is not what there is now: ${missing.join(", ")}.`);
  // The machine may always carry out what a person approved.
  const approvedByOthers = permittedApprovals(facts, policy).some(({ actor: approver }) => approver.kind !== "machine");
  const barred = actor.kind === "machine" && !approvedByOthers ? whyNotApprover(policy, snapshot, actor) : null;
  if (barred !== null) return refuse(barred);
  const candidate = revisions.find(({ number }) => number === proposal.revision);
  if (candidate === undefined) return refuse(`${name} has no source yet.`);
  if (candidate.hash === base.hash)
    return refuse(`${name} proposes the source that is active already: there is nothing to deploy.`);
  return { kind: "go" };
}

function refuse(reason: string): DeployAnswer {
  return { kind: "refused", reason };
}

/** The mode that counts: the tool's own, or the global one. */
export function modeFor(tool: Mode | undefined, global: Mode): Mode {
  return tool ?? global;
}

export type DiskFacts = {
  readonly kind: "deploy" | "rollback";
  /** Null where there is no file. */
  readonly diskHash: string | null;
  readonly activeHash: string;
  /** Of what is to be made active. */
  readonly toHash: string;
  readonly knownHashes: ReadonlySet<string>;
  /** The version that keeps what the file holds, where that is an edit that nobody has taken yet. */
  readonly editVersion?: number | null;
};

export type DiskAnswer =
  | { readonly kind: "write" }
  /** The version goes live, and the file keeps an edit that exists nowhere else. */
  | { readonly kind: "leave"; readonly reason: string }
  /** The file holds the very edit that is to be deployed: it goes live when the disk is taken. */
  | { readonly kind: "held"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * What becomes of the file. A deployment needs the file that was reviewed; a rollback must never wait for somebody's
 * half-done edit, nor destroy it.
 */
export function decideDisk(facts: DiskFacts): DiskAnswer {
  const { kind, diskHash, activeHash, toHash, knownHashes, editVersion = null } = facts;
  if (diskHash === activeHash) return { kind: "write" };
  const earlier = editVersion === null && diskHash !== null && knownHashes.has(diskHash);
  if (kind === "deploy" && diskHash === toHash && !earlier)
    return { kind: "held", reason: "its file holds this edit already: take the disk to make it live (sync)" };
  if (kind === "deploy")
    return {
      kind: "refused",
      reason:
        diskHash === null
          ? "its file is missing: put the active version back first (sync, take the database)"
          : "its file was edited since: settle that first (sync)",
    };
  if (earlier || (editVersion === null && diskHash === null)) return { kind: "write" };
  const which = editVersion === null ? " that no version knows" : `, kept as version ${editVersion}`;
  return { kind: "leave", reason: `the file holds an edit${which}, and is left alone` };
}

/** What a torn deployment needs: the transaction that activates is the point of no return. */
export function decideRecovery({ state, steps }: Pick<Deployment, "state" | "steps">): "nothing" | "finish" | "undo" {
  if (state !== "running") return "nothing";
  return steps.some(({ step }) => step === "activate") ? "finish" : "undo";
}

/** Whether the file may hold the new version already: the rename comes after the verification was written down. */
export function mayHaveRenamed({ steps }: Pick<Deployment, "steps">): boolean {
  return steps.some(({ step }) => step === "verify") && steps.some(({ step }) => step === "stage");
}

/** The step that was under way when the journal ended. */
export function stepUnderWay({ steps }: Pick<Deployment, "steps">): DeployStep {
  const last = steps.at(-1);
  const index = last === undefined ? 0 : DEPLOY_STEPS.indexOf(last.step) + 1;
  return DEPLOY_STEPS[index] ?? "done";
}

/** Enough to know that it answers; the evidence has shown the rest. */
const MOST_PROBES = 60;

/** The base version's cases and the proposal's targets, each to be answered as the evidence showed. */
export function probesFrom(cases: readonly EvidenceCase[], noise: readonly string[]): Probe[] {
  const wanted = [
    ...cases.filter(({ source }) => source === "base_case" || source === "stored_case"),
    ...cases.filter(({ source, target }) => target && source !== "base_case" && source !== "stored_case"),
  ];
  const probes: Probe[] = [];
  for (const { description, input, new: side } of wanted) {
    const { status, output, error, effects } = side;
    // What was cut off, out of time or never ran has no answer to be repeated.
    if (status !== "succeeded" && status !== "refused" && status !== "failed") continue;
    probes.push({ description, input, journal: effects, expected: { status, output, error }, noise });
    if (probes.length === MOST_PROBES) break;
  }
  return probes;
}
