/** An edit on disk becomes a version that answers no calls yet, and a proposal whose tests say what it is worth. */
import { type Actor, machine } from "#lib/core/actor.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Version } from "#lib/core/version.ts";
import { checkSyncStatus } from "./check-sync-status.ts";
import { inspectFile } from "./inspect-file.ts";
import type { RegistryParts } from "./load-tools.ts";

/** What an edit on disk says of itself where nobody has committed it. */
export const EDITED = "edited on disk";

export type CapturedEdit = { readonly version: Version; readonly proposal: Proposal };

/** Whose edit it is, where that is known, and what it says about itself. */
export type Authorship = { readonly author: Actor; readonly reason: string };

/**
 * Keeps the edit of one tool's file. Asked again for the same content it does nothing.
 * @returns null where the file is no edit, or is one that is kept already
 */
export async function captureEdit(
  parts: RegistryParts,
  name: string,
  authorship: Authorship = { author: machine("disk"), reason: EDITED },
): Promise<CapturedEdit | null> {
  const { author, reason } = authorship;
  return parts.database.transaction(async (tx) => {
    // A deployment of this tool ends first: what it writes is no edit.
    await tx.tools.lock(name);
    const [status] = await checkSyncStatus({ ...parts, database: tx }, [name]);
    if (status === undefined || status.edit !== null || status.activeVersion === null) return null;
    if (status.state !== "disk_ahead" && status.state !== "conflict") return null;
    const file = await parts.files.read(name);
    // Saved again since it was looked at: the next look takes that.
    if (file === null || file.hash !== status.diskHash) return null;
    // What a merge that was cut off left behind holds this edit already.
    if ((await tx.versions.list(name)).some(({ hash }) => hash === file.hash)) return null;
    const inspected = await inspectFile(parts.sandbox, file);
    if (!inspected.ok) return null;
    const proposal = await tx.proposals.create({
      tool: name,
      baseVersion: status.activeVersion,
      purpose: "other",
      createdBy: author,
      initial: "testing",
      reason,
    });
    const kind = author.kind === "key" ? ("agent" as const) : ("person" as const);
    await tx.proposals.addRevision(proposal.id, {
      source: file.source,
      rationale: reason,
      author,
      origin: { kind, name: author.kind === "machine" ? EDITED : author.name },
    });
    const version = await tx.versions.add({
      tool: name,
      source: file.source,
      manifest: inspected.manifest,
      author,
      reason,
      origin: "disk",
      proposalId: proposal.id,
      parents: status.baseVersion === null ? [] : [status.baseVersion],
    });
    await tx.audit.append({
      actor: author,
      verb: "tool.edited",
      tool: name,
      subject: { kind: "proposal", id: proposal.id },
      summary: `${name} was edited on disk: kept as version ${version.number}, tested as proposal ${proposal.number}`,
    });
    await tx.publish({ kind: "tool", id: name, tool: name });
    await tx.publish({ kind: "proposal", id: proposal.id, tool: name });
    return { version, proposal: (await tx.proposals.find(proposal.id)) ?? proposal };
  });
}
