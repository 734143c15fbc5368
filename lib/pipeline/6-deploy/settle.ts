/** Brings a deployment to its end: finished where it was activated, undone where it was not. Run again, it goes on. */
import { machine } from "#lib/core/actor.ts";
import type { Deployment, DeployStep, StepRecord } from "#lib/core/deployment.ts";
import type { Database } from "#lib/ports/database.ts";
import { moveProposal } from "../transitions.ts";
import { decideRecovery, mayHaveRenamed, stepUnderWay } from "./decide.ts";
import type { DeployParts } from "./make-active.ts";

/** What went wrong and where, with the steps that no journal holds yet; null where nothing did, or after a cut. */
export type Trouble = {
  readonly step: DeployStep;
  readonly reason: string;
  readonly unwritten: readonly StepRecord[];
} | null;

/** Finishes or undoes one deployment, whichever its journal asks for; the tool's lock is held by the caller. */
export async function settle(parts: DeployParts, id: string, trouble: Trouble): Promise<Deployment> {
  const deployment = await parts.database.deployments.find(id);
  if (deployment === null) throw new Error(`deployment ${id} is not there`);
  const way = decideRecovery(deployment);
  if (way === "finish") await finish(parts, deployment);
  if (way === "undo") await undo(parts, deployment, trouble);
  // Another process undid it meanwhile, on its own disk: the file here goes back as well.
  if (deployment.state === "undone") await restoreFile(parts.database, parts.files, deployment);
  return (await parts.database.deployments.find(id)) ?? deployment;
}

/** Every source is a version in the database; backups are for hands, who seldom look further back. */
const KEPT_BACKUPS = 20;
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

async function finish({ database, files, clock }: Parts, deployment: Deployment): Promise<void> {
  const { id, tool, toVersion, proposalId, actor } = deployment;
  await database.transaction(async (tx) => {
    await tx.deployments.appendStep(id, { step: "done", at: clock.now(), detail: `version ${toVersion} is live` });
    await tx.deployments.finish(id, "done");
    if (proposalId !== undefined) {
      const proposal = await tx.proposals.find(proposalId);
      if (proposal?.state === "deployed")
        await moveProposal(tx, {
          id: proposalId,
          to: "monitoring",
          actor,
          reason: "the watch begins",
          known: proposal,
        });
    }
    await tx.publish({ kind: "deployment", id, tool });
  });
  const before = new Date(clock.now().getTime() - KEPT_DAYS * DAY_MS);
  // What is not tidied now is tidied by the next deployment.
  await files.pruneBackups(tool, { keep: KEPT_BACKUPS, before }).catch(() => {});
}

async function undo({ database, files, clock }: Parts, deployment: Deployment, trouble: Trouble): Promise<void> {
  const { id, tool, fromVersion, proposalId, actor } = deployment;
  const step = trouble?.step ?? stepUnderWay(deployment);
  const reason = trouble?.reason ?? "the process was cut off";
  // A copy that stays behind is never loaded, and the next deployment replaces it.
  await files.discardStaged(tool).catch(() => {});
  const restored = await restoreFile(database, files, deployment);
  await database.transaction(async (tx) => {
    const failed = {
      step,
      at: clock.now(),
      detail: `failed: ${reason}. Undone: version ${fromVersion ?? "none"} answers calls${restored ? ", its file was put back" : ""}`,
    };
    await tx.deployments.appendSteps(id, [...(trouble?.unwritten ?? []), failed], null);
    await tx.deployments.finish(id, "undone");
    const proposal = proposalId === undefined ? null : await tx.proposals.find(proposalId);
    if (proposal?.state === "deploying")
      await moveProposal(tx, {
        id: proposal.id,
        to: "approved",
        actor,
        reason: `the deployment failed at ${step} and was undone: ${reason}`,
        seen: proposal.sequence,
      });
    await tx.audit.append({
      actor: machine("deploy"),
      verb: "deployment.undone",
      tool,
      subject: { kind: "deployment", id },
      summary: `${tool}: version ${deployment.toVersion} failed at ${step} and was undone: ${reason}`,
    });
    await tx.publish({ kind: "deployment", id, tool });
  });
}

type Parts = Pick<DeployParts, "database" | "files" | "clock">;

/** Puts the file back where it holds the new version; anything else on disk is somebody's edit. */
async function restoreFile(database: Database, files: Parts["files"], deployment: Deployment): Promise<boolean> {
  if (!mayHaveRenamed(deployment)) return false;
  const { tool, fromVersion, backup } = deployment;
  const disk = await files.read(tool).catch(() => null);
  if (disk === null || disk.hash !== (await targetHash(database, deployment))) return false;
  const kept = backup === undefined ? undefined : (await files.backups(tool)).find(({ path }) => path === backup);
  const before =
    kept?.source ?? (fromVersion === null ? null : await database.versions.find(tool, fromVersion))?.source;
  if (before === undefined || before === disk.source) return false;
  const { path } = await files.stage(tool, before);
  await files.commitStaged(tool, path, disk.hash);
  return true;
}

/** What the deployment was about to write. */
async function targetHash(
  database: Database,
  { kind, tool, toVersion, proposalId }: Deployment,
): Promise<string | null> {
  if (kind !== "deploy" || proposalId === undefined)
    return (await database.versions.find(tool, toVersion))?.hash ?? null;
  const revisions = await database.proposals.revisions(proposalId);
  return revisions.at(-1)?.hash ?? null;
}
