/** The mechanics shared by deployments and rollbacks: each step journalled before the next, undone when one fails. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment, DeployStep, StepRecord } from "#lib/core/deployment.ts";
import { isProblem, Problem } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Settings, Tool, Version } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Files, ToolFile } from "#lib/ports/files.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { isOpenEdit } from "#lib/registry/check-sync-status.ts";
import { moveProposal } from "../transitions.ts";
import { activate } from "./activate.ts";
import type { Activation, MakeActive } from "./activation.ts";
import { type DiskAnswer, decideDisk, modeFor } from "./decide.ts";
import { createGate } from "./gate.ts";
import { settle, type Trouble } from "./settle.ts";
import { simulate } from "./simulate.ts";
import { type Verified, verifySource } from "./verify-source.ts";

export type DeployParts = {
  readonly database: Database;
  readonly files: Files;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  /** Tells the calls of this process which version took the place of which. */
  readonly onActivated: (tool: string, from: number, by: Version) => void;
};

/** What was found under the tool's lock, before anything is written. */
export type Ground = {
  readonly disk: ToolFile | null;
  readonly answer: DiskAnswer;
  /** The number that the version has, or will get. */
  readonly toVersion: number;
  /** The proposal whose version a rollback leaves. */
  readonly abandons: string | null;
  /** The proposal that brought the version that a rollback goes to. */
  readonly returnsTo: string | null;
};

/** Changes of version that are searched for the proposal that a rollback leaves. */
const LOOKED_BACK = 100;

/** Activations under way at once: each holds one connection for its lock and needs another for its journal. */
const AT_ONCE = 4;

/** Builds the function that both rooms use. */
export function createMakeActive(parts: DeployParts): MakeActive {
  const gate = createGate(AT_ONCE);
  return (activation, actor) =>
    gate(() => {
      const { tool, to, probes } = activation;
      // The source is known by its digest, so it is tried while the way to the file is prepared.
      const verified = verifySource(parts, { name: tool, source: to.source, hash: to.hash }, probes);
      verified.catch(() => {});
      return parts.database.transaction((lock) => underLock(parts, lock, activation, actor, verified));
    });
}

async function underLock(
  parts: DeployParts,
  lock: Database,
  activation: Activation,
  actor: Actor,
  verified: Promise<Verified>,
): Promise<Deployment> {
  const { tool: name, from } = activation;
  // The lock and all that is read under it go out together; each is carried out when the one before it is through.
  const held = lock.tools.lock(name);
  let found = await look(lock, name, held);
  // A running row of a tool whose lock is free was left by a process that died; what was found may change with it.
  for (const { id } of found.torn) await settle(parts, id, null);
  if (found.torn.length > 0) found = await look(lock, name, held);
  const { tool, settings } = found;
  const ground = await survey(parts, activation, found);
  if (tool === null) throw new Problem("not_found", `There is no tool ${name}.`);
  if (tool.activeVersion !== from.number)
    throw new Problem(
      "conflict",
      `Version ${tool.activeVersion ?? "none"} of ${name} is active by now, not version ${from.number}: look again, then decide.`,
      { activeVersion: tool.activeVersion },
    );
  if ((activation.mode ?? modeFor(tool.settings.mode, settings.mode)) === "simulated")
    return simulate(parts, activation, ground, await verified, actor);
  if (ground.answer.kind === "refused" || ground.answer.kind === "held")
    throw new Problem("conflict", `${name} cannot be deployed: ${ground.answer.reason}.`, {
      diskHash: ground.disk?.hash ?? null,
      activeHash: from.hash,
    });
  const { deployment, proposal } = await begin(parts, activation, ground, actor);
  const progress: Progress = { step: "backup", unwritten: [] };
  try {
    const version = await carryOut(parts, { ...activation, proposal }, ground, verified, deployment, progress);
    parts.onActivated(name, from.number, version);
  } catch (error) {
    return settleNow(parts, deployment, { ...progress, reason: reasonOf(error) });
  }
  return settleNow(parts, deployment, null);
}

/** Where even the undoing fails, the row stays as it is: the next deployment or start takes it up. */
async function settleNow(parts: DeployParts, { id, tool }: Deployment, trouble: Trouble): Promise<Deployment> {
  return settle(parts, id, trouble).catch((error: unknown) => {
    const first = trouble === null ? "" : ` at ${trouble.step} (${trouble.reason})`;
    throw new Problem(
      "unavailable",
      `The deployment of ${tool} was cut off${first}, and is settled at the next start: ${reasonOf(error)}.`,
      { deploymentId: id },
    );
  });
}

/** What the database says under the lock. */
type Found = {
  readonly torn: readonly Deployment[];
  readonly tool: Tool | null;
  readonly settings: Settings;
  readonly versions: readonly { readonly number: number; readonly hash: string }[];
  readonly done: readonly Deployment[];
};

async function look({ deployments, tools, settings, versions }: Database, name: string, held: Promise<void>) {
  const [, running, tool, global, hashes, done] = await Promise.all([
    held,
    deployments.list({ tool: name, state: "running" }, { limit: 10 }),
    tools.find(name),
    settings.get(),
    versions.hashes(name),
    deployments.list({ tool: name, state: "done" }, { limit: LOOKED_BACK }),
  ]);
  return { torn: running.items, tool, settings: global, versions: hashes, done: done.items } satisfies Found;
}

async function survey(
  { database, files }: DeployParts,
  { kind, tool, from, to }: Activation,
  { versions, done }: Found,
): Promise<Ground> {
  // A file that cannot be read is no file that may be overwritten.
  const disk = await files.read(tool).catch((error: unknown) => {
    if (isProblem(error) && kind === "rollback") return "unreadable" as const;
    throw error;
  });
  const broughtBy = (version: number): string | null =>
    done.find((one) => one.kind === "deploy" && one.toVersion === version)?.proposalId ?? null;
  const known = versions.find(({ hash }) => hash === to.hash);
  const toVersion = known?.number ?? Math.max(0, ...versions.map(({ number }) => number)) + 1;
  const proposals = { abandons: broughtBy(from.number), returnsTo: broughtBy(toVersion) };
  if (disk === "unreadable")
    return {
      disk: null,
      answer: { kind: "leave", reason: "the file cannot be read, and is left alone" },
      toVersion,
      ...proposals,
    };
  // The active version and a missing file are nobody's edit: most deployments need not look at the whole history.
  const editVersion =
    disk === null || disk.hash === from.hash ? null : await untakenEdit(database, tool, disk.hash, from.number);
  const answer = decideDisk({
    kind,
    diskHash: disk?.hash ?? null,
    activeHash: from.hash,
    toHash: to.hash,
    knownHashes: new Set(versions.map(({ hash }) => hash)),
    editVersion,
  });
  return { disk, answer, toVersion, ...proposals };
}

/** An edit on disk is kept as a version at once; until somebody takes it, its file is still a person's. */
async function untakenEdit(database: Database, tool: string, diskHash: string, active: number): Promise<number | null> {
  const version = (await database.versions.list(tool)).find(({ hash }) => hash === diskHash);
  return version !== undefined && (await isOpenEdit(database, version, active)) ? version.number : null;
}

async function begin(
  { database, clock }: DeployParts,
  activation: Activation,
  { toVersion, answer, returnsTo }: Ground,
  actor: Actor,
): Promise<{ deployment: Deployment; proposal: Proposal | null }> {
  const { kind, tool, from, reason } = activation;
  const note = answer.kind === "leave" ? `; ${answer.reason}` : "";
  return database.transaction(async (tx) => {
    const proposal = kind === "deploy" ? activation.proposal : await findRolledBack(tx, returnsTo);
    const deployment = await tx.deployments.create({
      tool,
      kind,
      ...(proposal === null ? {} : { proposalId: proposal.id }),
      fromVersion: from.number,
      toVersion,
      mode: "real",
      state: "running",
      reason,
      actor,
      steps: [
        {
          step: "intent",
          at: clock.now(),
          detail: `version ${toVersion} of ${tool} instead of version ${from.number}${note}`,
        },
      ],
    });
    const moved = kind === "deploy" && proposal !== null ? await enterDeploying(tx, proposal, actor) : proposal;
    await tx.publish({ kind: "deployment", id: deployment.id, tool });
    return { deployment, proposal: moved };
  });
}

/** The proposal that comes back with its version, and is watched anew: one that a rollback had left. */
async function findRolledBack(tx: Database, id: string | null): Promise<Proposal | null> {
  const proposal = id === null ? null : await tx.proposals.find(id);
  return proposal?.state === "rolled_back" ? proposal : null;
}

/** A proposal that was only simulated is approved again first: the way to real leads through there. */
async function enterDeploying(tx: Database, proposal: Proposal, actor: Actor): Promise<Proposal> {
  const { id } = proposal;
  const known =
    proposal.state === "simulated"
      ? await moveProposal(tx, { id, to: "approved", actor, reason: "to be deployed for real", known: proposal })
      : proposal;
  return moveProposal(tx, { id, to: "deploying", actor, reason: "deployment began", known });
}

/** The step under way, and what was done, but is not in the journal yet. */
type Progress = { step: DeployStep; unwritten: StepRecord[] };

/**
 * Backup, staged copy, verification, rename, activation. Whatever it throws, the caller settles. The journal is durable
 * before the file is replaced and again with the activation: what lies between two writes is undone from either side.
 */
async function carryOut(
  parts: DeployParts,
  activation: Activation,
  ground: Ground,
  verifying: Promise<Verified>,
  { id, actor }: Deployment,
  progress: Progress,
): Promise<Version> {
  const { database, files, clock } = parts;
  const { tool, to } = activation;
  const enter = (step: DeployStep): void => {
    progress.step = step;
  };
  const note = (step: DeployStep, detail: string): void => {
    progress.unwritten.push({ step, at: clock.now(), detail });
  };
  const writes = ground.answer.kind === "write";
  let staged = "";
  let backup: string | null = null;

  if (writes) {
    enter("backup");
    // Two files that know nothing of each other: the disk is waited for once.
    const [kept, copied] = await Promise.allSettled([files.backup(tool, clock.now()), files.stage(tool, to.source)]);
    if (kept.status === "rejected") throw kept.reason;
    backup = kept.value;
    note("backup", backup === null ? "there was no file" : `copied to ${backup}`);

    enter("stage");
    if (copied.status === "rejected") throw copied.reason;
    const copy = copied.value;
    if (copy.hash !== to.hash) throw new Error("the staged copy reads back differently");
    staged = copy.path;
    note("stage", `staged copy written and flushed, sha256 ${copy.hash.slice(0, 12)}`);
  }

  enter("verify");
  const verified = await verifying;
  if (!verified.ok) throw new Error(verified.reason);
  note("verify", verified.detail);

  if (writes) {
    await database.deployments.appendSteps(id, progress.unwritten, backup);
    progress.unwritten = [];

    enter("rename");
    const held = ground.disk?.hash ?? null;
    // Cut off here, the next start knows either content for no edit.
    await files.noteAgreed(tool, [...(held === null ? [] : [held]), to.hash]);
    const written = await files.commitStaged(tool, staged, held);
    if (written !== to.hash) throw new Error("the file reads back differently");
    note("rename", `the file is the new version, sha256 ${written.slice(0, 12)}`);
  }

  enter("activate");
  const activated = { step: "activate" as const, at: clock.now(), detail: `version ${ground.toVersion} answers calls` };
  const steps = [...progress.unwritten, activated];
  const what = { id, ground, manifest: verified.manifest, steps, actor };
  return database.transaction((tx) => activate(tx, activation, what));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
