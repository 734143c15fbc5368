/** Settles a tool whose file and database differ. */
import { z } from "zod";
import { type Actor, type Caller, holds } from "#lib/core/actor.ts";
import { type ApprovalFacts, isAuthor, permittedApprovals } from "#lib/core/approval-digest.ts";
import { type Policy, policyOf, whyNotApprover } from "#lib/core/policy.ts";
import { Problem } from "#lib/core/problem.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { ProposalState } from "#lib/core/words.ts";
import { gatherApproval } from "#lib/pipeline/gather-approval.ts";
import { type SyncRow, syncRow } from "#lib/queries/sync.ts";
import { recommendTool } from "#lib/queries/tools.ts";
import { checkSyncStatus } from "#lib/registry/check-sync-status.ts";
import { requireSeen, resolveSync as settle } from "#lib/registry/resolve-sync.ts";
import { type Context, defineCommand } from "./command.ts";
import { Source } from "./propose.ts";
import { closeEdits } from "./take-in-edits.ts";

export const ResolveSync = z.object({
  name: ToolName,
  resolution: z.enum(["take_disk", "take_database", "merge"]),
  source: Source.optional().describe("With merge: the merged source, where both sides changed the same lines"),
  diskHash: z
    .string()
    .optional()
    .describe("SHA-256 of the file as it was seen: refused where it was saved again since, and nothing is written"),
});

/**
 * Taking an edit makes it live as a deployment does, so that policy is asked in the same way: who may, and how many. Whoever
 * takes the disk counts with those who approved the edit's own proposal.
 * @returns the hash of the file that approvals were given for; undefined where none are needed
 * @throws Problem `conflict` with what policy asks for
 */
async function requireLeave(ctx: Context, request: z.infer<typeof ResolveSync>): Promise<string | undefined> {
  const { database, caller } = ctx;
  const { name, resolution } = request;
  const [tool, settings, [status]] = await Promise.all([
    database.tools.find(name),
    database.settings.get(),
    checkSyncStatus(ctx, [name]),
  ]);
  // The first version of a tool has nothing that it could be held against.
  if (tool === null || tool.activeVersion === null) return undefined;
  const policy = policyOf(settings, tool.settings);
  const edit = status?.edit ?? null;
  const facts = edit === null ? null : await gatherApproval(database, edit.proposalId);
  const evidence = facts?.snapshots.at(-1);
  const strategyUsed = evidence?.strategyUsed ?? (await recommendTool(ctx, tool, settings)).strategy;
  const verdict = resolution === "take_disk" && evidence?.verdict === "passed" ? "passed" : "inconclusive";
  const barred = whyNotApprover(policy, { strategyUsed, verdict }, caller.actor);
  if (barred !== null) throw new Problem("conflict", barred, { strategyUsed, verdict });
  // Whoever may not approve takes only what somebody who may has approved.
  if (policy.requiredApprovals < 2 && !policy.fourEyes && holds(caller, "approve")) return undefined;
  const hash = status?.diskHash ?? null;
  requireSeen({ tool: name, diskHash: request.diskHash }, hash);
  if (resolution !== "take_disk" || facts === null || hash === null || !isAboutNow(facts, tool.activeVersion, hash))
    throw new Problem(
      "conflict",
      `Policy asks ${askedBy(policy)} to approve: save ${resolution === "merge" || status?.state === "conflict" ? "the merged source" : "the edit"} in the file, have the proposal that is made of it approved, then take the disk.`,
      { proposalId: facts?.proposal.id ?? null },
    );
  const still = stillAsked(facts, policy, caller);
  if (still !== null) throw new Problem("conflict", still, { proposalId: facts.proposal.id });
  return hash;
}

/** States of a proposal whose approvals count, or may yet be given. */
const ALIVE: readonly ProposalState[] = ["testing", "awaiting_review", "approved", "simulated"];

/** Whether approvals of this proposal are of what taking the disk would change: nobody ended it, nothing moved since. */
function isAboutNow({ proposal, revisions }: ApprovalFacts, active: number, diskHash: string): boolean {
  const newest = revisions.find(({ number }) => number === proposal.revision);
  return ALIVE.includes(proposal.state) && proposal.baseVersion === active && newest?.hash === diskHash;
}

/** What policy asks for before this caller may take the edit, and what to do; null where it is satisfied. */
function stillAsked(facts: ApprovalFacts, policy: Policy, caller: Caller): string | null {
  const approvers = permittedApprovals(facts, policy).map(({ actor }) => actor);
  const isTaker = ({ kind, id }: Actor): boolean => kind === caller.actor.kind && id === caller.actor.id;
  const takerCounts = holds(caller, "approve") && !approvers.some(isTaker);
  const short = policy.requiredApprovals - approvers.length - (takerCounts ? 1 : 0);
  const isOther = (actor: Actor): boolean => actor.kind !== "machine" && !isTaker(actor) && !isAuthor(facts, actor);
  const needed = Math.max(short, policy.fourEyes && !approvers.some(isOther) ? 1 : 0);
  if (needed <= 0) return null;
  const { number, state } = facts.proposal;
  const have = approvers.length === 0 ? "nobody has" : approvers.length === 1 ? "1 has" : `${approvers.length} have`;
  const others = needed === 1 ? "another" : `${needed} others`;
  // What is approved already takes no further approval; whoever else takes the disk counts as one.
  const way =
    state === "approved" || state === "simulated"
      ? "have another person take the disk"
      : `have ${others} approve it there, then take the disk`;
  return `Policy asks ${askedBy(policy)}: ${have} approved proposal ${number}; ${way}.`;
}

function askedBy({ requiredApprovals, fourEyes }: Policy): string {
  const people = requiredApprovals < 2 ? [] : [`${requiredApprovals} people`];
  const asked = [...people, ...(fourEyes ? ["somebody besides the author"] : [])];
  return asked.length === 0 ? "somebody who may approve" : asked.join(" and ");
}

export const resolveSync = defineCommand({
  name: "sync.resolve",
  summary: "Take the file, take the database, or merge both",
  scope: "deploy",
  input: ResolveSync,
  async run({ ctx, input }): Promise<SyncRow & { version: number; backup: string | null }> {
    if (input.source !== undefined && input.resolution !== "merge")
      throw new Problem("invalid_input", `source: only a merge takes one; leave it out to ${input.resolution}.`);
    const { name: tool, resolution, source } = input;
    const approved = resolution === "take_database" ? undefined : await requireLeave(ctx, input);
    const diskHash = input.diskHash ?? approved;
    // The registry writes the audit row in the transaction that makes file and database agree.
    const { tryCandidate } = ctx.pipeline;
    const result = await settle({ ...ctx, tryCandidate }, { tool, resolution, source, diskHash }, ctx.caller.actor);
    if (!result.resolved)
      throw new Problem(
        "conflict",
        `The edit of ${tool} and version ${result.status.activeVersion} changed the same lines: send the merged source.`,
        {
          syncState: result.status.state,
          diskHash: result.status.diskHash,
          regions: result.regions,
          sides: result.sides,
        },
      );
    const words = { take_disk: "taken from the disk", take_database: "dropped for the database", merge: "merged" };
    await closeEdits(ctx, tool, `${words[resolution]}: version ${result.version} answers calls`, null);
    return { ...syncRow(result.status), version: result.version, backup: result.backup };
  },
});
