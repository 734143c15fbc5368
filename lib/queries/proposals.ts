/** Proposals as the API shows them: the row of the contract, with its newest revision, evidence and history. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { Actor } from "#lib/core/actor.ts";
import { Evidence, EvidenceCase } from "#lib/core/evidence.ts";
import { isProblem } from "#lib/core/problem.ts";
import {
  Attempt,
  Comment,
  DecisionRecord,
  Origin,
  type Proposal,
  Purpose,
  Revision,
  Transition,
} from "#lib/core/proposal.ts";
import { maskCase } from "#lib/core/sensitive.ts";
import { ToolName } from "#lib/core/tool.ts";
import { ProposalState, Verdict } from "#lib/core/words.ts";
import { findProposal, findTool } from "./find-or-refuse.ts";
import { schemasOf } from "./masked.ts";
import { PageInput, pageOf } from "./page.ts";
import { ShadowView, showShadow } from "./shadow.ts";
import { sourceDiff } from "./source-diff.ts";

export const ProposalRow = z.object({
  id: z.string(),
  number: z.number().int(),
  tool: z.string(),
  baseVersion: z.number().int(),
  /** 0 while the first candidate is being written. */
  revision: z.number().int(),
  state: ProposalState,
  /** Position in the log of transitions. */
  sequence: z.number().int(),
  purpose: Purpose,
  opportunityId: z.string().nullable(),
  source: z.string().nullable(),
  diff: z.string().nullable().describe("Unified diff from the base version to the newest revision"),
  origin: Origin.nullable(),
  rationale: z.string().nullable(),
  digest: z.string().nullable().describe("What a decision has to name: all that it would bind to"),
  verdict: Verdict.nullable(),
  headline: z.string().nullable().describe("The verdict in one line of plain words"),
  evidence: Evidence.nullable(),
  transitions: z.array(Transition),
  createdBy: Actor,
  createdAt: z.date(),
});
export type ProposalRow = z.infer<typeof ProposalRow>;

export const ProposalDetail = ProposalRow.extend({
  evidence: Evidence.extend({ cases: z.array(EvidenceCase) }).nullable(),
  revisions: z.array(Revision.omit({ source: true })),
  comments: z.array(Comment),
  decisions: z.array(DecisionRecord),
  attempts: z.array(Attempt),
  deploymentId: z.string().nullable().describe("Its newest deployment, simulated ones too"),
  shadow: ShadowView.nullable().describe("What live calls say so far; null where it is not tried on them"),
});
export type ProposalDetail = z.infer<typeof ProposalDetail>;

export const ProposalPage = pageOf(ProposalRow);
export type ProposalPage = z.infer<typeof ProposalPage>;

export const ListProposals = z.strictObject({
  tool: ToolName.optional(),
  state: ProposalState.optional(),
  opportunity: z.string().optional().describe("Id of an opportunity"),
  ...PageInput,
});

/** Proposals, newest first. */
export async function listProposals(ctx: Context, params: z.output<typeof ListProposals>): Promise<ProposalPage> {
  const { items, nextCursor } = await ctx.database.proposals.list(
    { tool: params.tool, state: params.state, opportunityId: params.opportunity },
    { cursor: params.cursor, limit: params.limit },
  );
  const rows = await Promise.all(items.map(async (proposal) => (await gather(ctx, proposal)).row));
  return { items: rows, ...(nextCursor === undefined ? {} : { nextCursor }) };
}

export const ShowProposal = z.object({ id: z.string().describe("Id or number of a proposal") });

/** One proposal with its cases, revisions, comments, decisions and attempts. */
export async function showProposal(ctx: Context, params: z.output<typeof ShowProposal>): Promise<ProposalDetail> {
  const proposal = await findProposal(ctx.database, params.id);
  const { row, revisions } = await gather(ctx, proposal);
  const [comments, decisions, schemas, cases, deployments] = await Promise.all([
    ctx.database.proposals.comments(proposal.id),
    ctx.database.proposals.decisions(proposal.id),
    schemasOf(ctx.database, proposal.tool, proposal.baseVersion),
    row.evidence === null ? [] : ctx.database.proposals.evidenceCases(row.evidence.id),
    ctx.database.deployments.list({ proposalId: proposal.id }, { limit: 1 }),
  ]);
  return {
    ...row,
    evidence:
      row.evidence === null
        ? null
        : { ...row.evidence, cases: schemas === null ? cases : cases.map((one) => maskCase(schemas, one)) },
    revisions: revisions.map(({ source: _source, ...revision }) => revision),
    comments,
    decisions,
    attempts: proposal.attempts,
    deploymentId: deployments.items[0]?.id ?? null,
    shadow: await showShadow(ctx, {
      proposal,
      tool: await findTool(ctx.database, proposal.tool),
      evidence: row.evidence,
    }),
  };
}

async function gather(ctx: Context, proposal: Proposal): Promise<{ row: ProposalRow; revisions: Revision[] }> {
  const { database } = ctx;
  const [revisions, snapshots, transitions, base] = await Promise.all([
    database.proposals.revisions(proposal.id),
    database.proposals.evidence(proposal.id),
    database.proposals.transitions(proposal.id),
    database.versions.find(proposal.tool, proposal.baseVersion),
  ]);
  const newest = revisions.find(({ number }) => number === proposal.revision) ?? null;
  const evidence = newestOf(snapshots.filter(({ revision }) => revision === proposal.revision));
  const row: ProposalRow = {
    id: proposal.id,
    number: proposal.number,
    tool: proposal.tool,
    baseVersion: proposal.baseVersion,
    revision: proposal.revision,
    state: proposal.state,
    sequence: proposal.sequence,
    purpose: proposal.purpose,
    opportunityId: proposal.opportunityId ?? null,
    source: newest?.source ?? null,
    diff: newest === null ? null : sourceDiff(proposal.tool, base?.source ?? "", newest.source),
    origin: newest?.origin ?? null,
    rationale: newest?.rationale ?? null,
    digest: evidence === null ? null : await digestOf(ctx, proposal.id),
    verdict: evidence?.verdict ?? null,
    headline: evidence?.headline ?? null,
    evidence,
    transitions,
    createdBy: proposal.createdBy,
    createdAt: proposal.createdAt,
  };
  return { row, revisions };
}

function newestOf(snapshots: readonly Evidence[]): Evidence | null {
  return snapshots.reduce<Evidence | null>(
    (newest, snapshot) => (newest === null || snapshot.number > newest.number ? snapshot : newest),
    null,
  );
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
