/** Enters a fix that any agent or person wrote into the same gate as the machine's own. */
import { z } from "zod";
import type { Actor } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import { LARGEST_SOURCE } from "#lib/core/module-rules.ts";
import { Problem } from "#lib/core/problem.ts";
import { type Origin, Purpose } from "#lib/core/proposal.ts";
import { ToolName } from "#lib/core/tool.ts";
import { turnOpportunity } from "#lib/pipeline/transitions.ts";
import { findActiveVersion, findOpportunity, findTool } from "#lib/queries/find-or-refuse.ts";
import { type ProposalDetail, showProposal } from "#lib/queries/proposals.ts";
import { type Context, defineCommand } from "./command.ts";
import { enqueueTest } from "./proposal-jobs.ts";
import { record } from "./record.ts";

/** A tool's source: what the sandbox and the reviewer can take. */
export const Source = z
  .string()
  .min(1, "is empty: send the whole file")
  .max(LARGEST_SOURCE, `is longer than ${LARGEST_SOURCE.toLocaleString("en")} characters`);

export const LONGEST_RATIONALE = 20_000;

export const Propose = z.object({
  tool: ToolName,
  source: Source,
  rationale: z.string().trim().min(1, "is empty: say why the change is right").max(LONGEST_RATIONALE),
  purpose: Purpose.optional().describe(
    "What it mends; its evidence is judged by it. When left out, the kind of the problem of `opportunityId`, else other",
  ),
  opportunityId: z.string().optional().describe("The detected problem of the tool that it is a fix for"),
});

export const propose = defineCommand({
  name: "proposals.create",
  summary: "Propose a changed source for a tool; its tests start at once",
  scope: "operate",
  input: Propose,
  run: ({ ctx, input }) => openProposal(ctx, input),
});

/** Enters a source as a proposal and has it tested. */
export async function openProposal(
  ctx: Context,
  input: z.infer<typeof Propose>,
): Promise<ProposalDetail & { jobId: string }> {
  const { actor } = ctx.caller;
  const { opportunityId } = input;
  const proposal = await record(ctx, async (database) => {
    const problem = opportunityId === undefined ? null : await findOpportunity(database, opportunityId);
    if (problem !== null && problem.tool !== input.tool)
      throw new Problem("invalid_input", `opportunityId: it is a problem of ${problem.tool}, not of ${input.tool}.`);
    const base = await findActiveVersion(database, await findTool(database, input.tool));
    if (sha256(input.source) === base.hash)
      throw new Problem("invalid_input", `The source equals version ${base.number}, which is active: nothing to do.`);
    const created = await database.proposals.create({
      tool: input.tool,
      baseVersion: base.number,
      purpose: input.purpose ?? problem?.kind ?? "other",
      opportunityId,
      createdBy: actor,
      initial: "testing",
      reason: input.rationale,
    });
    await database.proposals.addRevision(created.id, {
      source: input.source,
      rationale: input.rationale,
      author: actor,
      origin: writtenBy(actor),
    });
    await turnOpportunity(database, created, actor);
    return {
      answer: created,
      audit: {
        verb: "proposal.created",
        tool: created.tool,
        subject: { kind: "proposal", id: created.id },
        summary: `proposed a change of ${created.tool} against version ${base.number}: proposal ${created.number}`,
      },
      events: [{ kind: "proposal", id: created.id, tool: created.tool }],
    };
  });
  const job = await enqueueTest(ctx.queue, proposal);
  return { ...(await showProposal(ctx, { id: proposal.id })), jobId: job.id };
}

/** Where a source comes from that somebody sent. */
export function writtenBy(actor: Actor): Origin {
  return { kind: actor.kind === "person" ? "person" : "agent", name: actor.name };
}
