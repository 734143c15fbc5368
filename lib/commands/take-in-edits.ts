/** After files changed on disk: new tools are loaded, edits are kept as versions, and their tests begin at once. */
import { machine } from "#lib/core/actor.ts";
import { isProblem } from "#lib/core/problem.ts";
import { endProposal } from "#lib/pipeline/end-proposal.ts";
import { moveProposal } from "#lib/pipeline/transitions.ts";
import type { Database } from "#lib/ports/database.ts";
import { COMMITTED, committedVersions } from "#lib/queries/committed-versions.ts";
import { type Authorship, type CapturedEdit, captureEdit } from "#lib/registry/capture-edit.ts";
import { checkSyncStatus } from "#lib/registry/check-sync-status.ts";
import { authorshipOf, importHistory } from "#lib/registry/import-history.ts";
import { type LoadReport, loadTools } from "#lib/registry/load-tools.ts";
import type { Machinery } from "./command.ts";
import { enqueueTest } from "./proposal-jobs.ts";

type Parts = Pick<Machinery, "database" | "files" | "git" | "sandbox" | "clock" | "queue">;

export type Intake = {
  readonly tools: LoadReport;
  readonly edits: readonly CapturedEdit[];
  /** Tools with a file, or on their way to another one: what the next look tells a rename by. */
  readonly seen: ReadonlySet<string>;
};

/**
 * Looks at the whole folder. Looking again changes nothing.
 * @param before tools that had a file at the last look; all known ones where nobody looked yet
 */
export async function takeInEdits(parts: Parts, before?: ReadonlySet<string>): Promise<Intake> {
  const known = before ?? new Set((await parts.database.tools.list()).map(({ name }) => name));
  const tools = await loadTools(parts, { before: known });
  const edits: CapturedEdit[] = [];
  const open = await toolsWithOpen(parts.database);
  for (const { name, state, edit } of await checkSyncStatus(parts)) {
    if (state === "in_sync" && open.has(name))
      await closeEdits(parts, name, "the file is the active version again", null);
    if (edit !== null) {
      await nameAuthor(parts, name, edit.version);
      if (await reopenEdit(parts, edit.proposalId))
        await closeEdits(parts, name, "the file was edited again", edit.proposalId);
    }
    if ((state !== "disk_ahead" && state !== "conflict") || edit !== null) continue;
    const captured = await captureEdit(parts, name, await authorshipIn(parts, name));
    if (captured === null) continue;
    edits.push(captured);
    await closeEdits(parts, name, "the file was edited again", captured.proposal.id);
    await enqueueTest(parts.queue, captured.proposal);
  }
  return { tools, edits, seen: await seenNow(parts, known, tools) };
}

/**
 * Tools that have a file, and those whose file went while another came that does not load yet: a file that was moved is
 * no tool until its own name is changed too, and that may take its person a while.
 */
async function seenNow(
  { files, database }: Parts,
  known: ReadonlySet<string>,
  { broken }: LoadReport,
): Promise<Set<string>> {
  const present = (await files.list()).tools.map(({ name }) => name);
  const unborn = new Set((await database.tools.list()).filter((tool) => tool.activeVersion === null).map(fileOf));
  const comes = broken.some(({ file }) => unborn.has(file));
  return new Set(comes ? [...present, ...known] : present);
}

const fileOf = ({ name }: { name: string }): string => `${name}.ts`;

/** A committed edit is its author's; commits before it that nobody has seen yet become versions first. */
async function authorshipIn(parts: Parts, name: string): Promise<Authorship | undefined> {
  const { git } = parts;
  const commit = git === undefined ? null : await git.lastCommit(name);
  if (git === undefined || commit === null) return undefined;
  await importHistory({ ...parts, git }, name, { afterKnown: true });
  return authorshipOf(commit);
}

/** An edit that was kept before its author committed it: versions never change, so the record says whose it is. */
async function nameAuthor({ database, git }: Parts, name: string, number: number): Promise<void> {
  if (git === undefined) return;
  const version = await database.versions.find(name, number);
  if (version === null || version.author.kind !== "machine") return;
  const commit = await git.lastCommit(name);
  if (commit === null || (await committedVersions(database, name)).has(number)) return;
  const { author, reason } = authorshipOf(commit);
  await database.transaction(async (tx) => {
    await tx.audit.append({
      actor: author,
      verb: COMMITTED,
      tool: name,
      subject: { kind: "version", id: `${name}@${number}` },
      summary: reason,
    });
    await tx.publish({ kind: "tool", id: name, tool: name });
  });
}

/** Who opens and ends the proposals of edits. */
const DISK = machine("disk");

/** States in which a proposal of an edit waits for nobody any more once the edit is settled. */
const OPEN = ["testing", "awaiting_review", "changes_requested", "approved", "simulated"] as const;

async function toolsWithOpen(database: Database): Promise<Set<string>> {
  const pages = await Promise.all(OPEN.map((state) => database.proposals.list({ state }, { limit: 200 })));
  return new Set(pages.flatMap(({ items }) => items.map(({ tool }) => tool)));
}

/**
 * An edit that is on disk again, because its dropping was taken back or the file was saved as it was before, waits again as
 * any edit does. What a person ended stays ended.
 * @returns whether it was reopened
 */
export async function reopenEdit(
  { database, queue }: Pick<Parts, "database" | "queue">,
  proposalId: string,
): Promise<boolean> {
  const [proposal, transitions] = await Promise.all([
    database.proposals.find(proposalId),
    database.proposals.transitions(proposalId),
  ]);
  const ended = transitions.at(-1)?.actor;
  if (proposal?.state !== "cancelled" || ended?.kind !== DISK.kind || ended.id !== DISK.id) return false;
  const { id, sequence: seen } = proposal;
  try {
    const move = { id, to: "testing", actor: DISK, reason: "the file holds the edit again", seen } as const;
    await enqueueTest(queue, await moveProposal(database, move));
    return true;
  } catch (error) {
    // Somebody else looked at the folder at the same time.
    if (isProblem(error)) return false;
    throw error;
  }
}

/** Ends the proposals of a tool's earlier edits: nobody needs to decide on them any more. Their versions stay. */
export async function closeEdits(
  { database, queue }: Pick<Parts, "database" | "queue">,
  tool: string,
  reason: string,
  but: string | null,
): Promise<void> {
  const edits = (await database.versions.list(tool)).filter(({ origin }) => origin === "disk");
  const mine = new Set(edits.flatMap(({ proposalId }) => proposalId ?? []));
  for (const state of OPEN) {
    const { items } = await database.proposals.list({ tool, state }, { limit: 200 });
    for (const { id } of items) {
      if (!mine.has(id) || id === but) continue;
      if (await endProposal(database, { id, by: [DISK], reason })) await stopJobs({ database, queue }, tool, id);
    }
  }
}

async function stopJobs(
  { database, queue }: Pick<Parts, "database" | "queue">,
  tool: string,
  id: string,
): Promise<void> {
  for (const state of ["queued", "running"] as const) {
    const { items } = await database.jobs.list({ state, tool, proposalId: id }, { limit: 200 });
    for (const job of items) await queue.cancel(job.id);
  }
}
