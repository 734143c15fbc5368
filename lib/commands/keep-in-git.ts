/** Deployments and rollbacks as commits: who wrote it, who approved it, and where its evidence is. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Version } from "#lib/core/version.ts";
import type { GitAuthor } from "#lib/ports/git.ts";
import { TAKE_DISK } from "#lib/registry/settled.ts";
import type { Machinery } from "./command.ts";

type Parts = Pick<Machinery, "database" | "files" | "git" | "environment">;

/**
 * Commits a tool's file where a deployment, rollback or merge wrote it and nobody committed it yet. What a person
 * edited is left for that person to commit.
 * @returns the commit, or null where there is nothing to do
 */
export async function keepInGit({ database, files, git, environment }: Parts, name: string): Promise<string | null> {
  if (git === undefined || (await git.repository()) === null) return null;
  // Under the lock the file cannot become another version's between the look and the commit.
  return database.transaction(async (tx) => {
    await tx.tools.lock(name);
    const tool = await tx.tools.find(name);
    const active = tool?.activeVersion == null ? null : await tx.versions.find(name, tool.activeVersion);
    if (active === null || (await files.read(name).catch(() => null))?.hash !== active.hash) return null;
    const { items } = await tx.deployments.list({ tool: name, state: "done" }, { limit: 20 });
    const made = items.find(({ mode, toVersion }) => mode === "real" && toVersion === active.number);
    if (made === undefined || !wrote(made)) return null;
    const proposal = made.proposalId === undefined ? null : await tx.proposals.find(made.proposalId);
    const decisions = proposal === null ? [] : await tx.proposals.decisions(proposal.id);
    const approvers = decisions.filter(({ decision }) => decision === "approve").map(({ actor }) => actor);
    const place = `http://${environment.host}:${environment.port}`;
    return git.commit(name, {
      message: commitMessage({ deployment: made, version: active, proposal, approvers, place }),
      author: authorOf(made.kind === "deploy" ? active.author : made.actor),
    });
  });
}

/** Taking the disk writes nothing: the file is a person's, and so is its commit. */
function wrote({ kind, reason }: Deployment): boolean {
  return kind !== "sync" || reason !== TAKE_DISK;
}

/** The message of a commit that a deployment makes. */
export function commitMessage(facts: {
  deployment: Pick<Deployment, "id" | "tool" | "kind" | "toVersion" | "reason" | "actor">;
  version: Pick<Version, "reason">;
  proposal: Pick<Proposal, "id" | "number"> | null;
  approvers: readonly Actor[];
  /** Where the pages are. */
  place: string;
}): string {
  const { deployment, version, proposal, approvers, place } = facts;
  const { id, tool, kind, toVersion, reason, actor } = deployment;
  const act = { deploy: "deploy version", rollback: "roll back to version", sync: `${reason}: version` }[kind];
  const subject = `${tool}: ${act} ${toVersion}${proposal === null ? "" : ` (proposal ${proposal.number})`}`;
  const why = (kind === "rollback" ? reason : version.reason).trim();
  const trailers = [
    ...approvers.map((approver) => `Approved-by: ${words(authorOf(approver))}`),
    `Deployed-by: ${words(authorOf(actor))}`,
    ...(proposal === null ? [] : [`Evidence: ${place}/proposals/${proposal.id}`]),
    `Deployment: ${id}`,
  ];
  return `${[subject, ...(why === "" ? [] : [why]), [...new Set(trailers)].join("\n")].join("\n\n")}\n`;
}

/** An actor as git writes one; whoever has no address gets one that leads nowhere. */
export function authorOf({ kind, id, name }: Actor): GitAuthor {
  return { name, email: /^[^\s<>@]+@[^\s<>@]+$/.test(id) ? id : `${id}@${kind}.whetstone.invalid` };
}

function words({ name, email }: GitAuthor): string {
  return `${name} <${email}>`;
}
