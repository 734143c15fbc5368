/** Says that a group of new answers is as it should be: each becomes a test case of the tool, and the tests run again. */
import { z } from "zod";
import { changeGroups } from "#lib/core/change-groups.ts";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Database } from "#lib/ports/database.ts";
import { findProposal } from "#lib/queries/find-or-refuse.ts";
import { newestEvidence } from "#lib/queries/review-page.ts";
import { defineCommand, runCommand } from "./command.ts";
import { record } from "./record.ts";
import { rerunEvidence, retestWaiting } from "./rerun-evidence.ts";

export const LONGEST_GROUP = 20_000;

/** What the cases of a group are described by: they are found again by it. */
export const acceptedAs = (number: number, group: string): string =>
  `intended by proposal ${number}: ${group}`.slice(0, 500);

export const AcceptChanges = z.object({
  id: z.string().describe("Id or number of a proposal"),
  group: z.string().min(1).max(LONGEST_GROUP).describe("What the new answers share, as the review names it"),
});

export const AcceptedChanges = z.object({ cases: z.number().int(), jobId: z.string() });

export const acceptChanges = defineCommand({
  name: "proposals.accept_changes",
  summary: "Accept a group of new answers as intended: they become test cases",
  scope: "operate",
  input: AcceptChanges,
  async run({ ctx, input }): Promise<z.infer<typeof AcceptedChanges>> {
    const proposal = await findProposal(ctx.database, input.id);
    if (proposal.state !== "awaiting_review")
      throw new Problem(
        "conflict",
        proposal.state === "testing"
          ? `The tests of proposal ${proposal.number} are running: say it again when they are done.`
          : `Proposal ${proposal.number} does not wait for its review: nothing is accepted now.`,
      );
    const evidence = newestEvidence(await ctx.database.proposals.evidence(proposal.id), proposal.revision);
    const groups = changeGroups(evidence === null ? [] : await ctx.database.proposals.evidenceCases(evidence.id));
    const group = groups.find(({ name }) => name === input.group);
    if (group === undefined)
      throw new Problem(
        "invalid_input",
        groups.length === 0
          ? `group: no new answer of proposal ${proposal.number} waits for a word.`
          : `group: there is none of this name; there are: ${groups.map(({ name }) => `"${name}"`).join(", ")}.`,
      );
    const cases = await record(ctx, async (database) => {
      const kept = group.cases.filter(({ new: fresh }) => !TOO_LARGE.test(String(fresh.output)));
      for (const one of kept) {
        if (one.executionId !== undefined)
          await database.executions.removeCases(proposal.tool, { executionId: one.executionId });
        await database.executions.addCase(
          {
            tool: proposal.tool,
            description: acceptedAs(proposal.number, group.name),
            input: one.input,
            ...expected(one),
            effects: await effectsOf(database, one),
            ...(one.executionId === undefined ? {} : { executionId: one.executionId }),
          },
          ctx.caller.actor,
        );
      }
      return {
        answer: kept.length,
        audit: {
          verb: "proposal.changes_accepted",
          tool: proposal.tool,
          subject: { kind: "proposal", id: proposal.id },
          summary: `accepted ${kept.length} new answers of proposal ${proposal.number} of ${proposal.tool} as intended: ${group.name}`,
        },
        events: [{ kind: "proposal", id: proposal.id, tool: proposal.tool }],
      };
    });
    const { jobId } = await runCommand(rerunEvidence, ctx, {
      id: proposal.id,
      reason: `new answers were accepted as intended: ${group.name}`.slice(0, 500),
    });
    const why = `answers of proposal ${proposal.number} were accepted as test cases`;
    await retestWaiting(ctx, proposal.tool, why, proposal.id);
    return { cases, jobId };
  },
});

/** What stands in the evidence in place of an answer that was too large for it: no right answer. */
const TOO_LARGE = /^\(\d+ kB, too large to keep with the evidence\)$/;

/** What the world answered: as the call recorded it, or as the test answered where there was no call. */
async function effectsOf(database: Database, one: EvidenceCase): Promise<EvidenceCase["old"]["effects"]> {
  const execution = one.executionId === undefined ? null : await database.executions.find(one.executionId);
  return execution?.effects ?? (one.old.effects.length > 0 ? one.old.effects : one.new.effects);
}

/** What the new version did is what is right from now on. */
function expected({ new: fresh }: EvidenceCase): { expectedOutput: EvidenceCase["input"] } | { shouldThrow: string } {
  return fresh.output === undefined
    ? { shouldThrow: fresh.error?.code ?? fresh.error?.name ?? "Error" }
    : { expectedOutput: fresh.output };
}
