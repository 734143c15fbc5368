/** Dismisses, snoozes, assigns or opens again an opportunity. */
import { z } from "zod";
import { isPursued, type Opportunity } from "#lib/core/opportunity.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Database } from "#lib/ports/database.ts";
import { findOpportunity } from "#lib/queries/find-or-refuse.ts";
import { Instant } from "#lib/queries/page.ts";
import { type Context, defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const ChangeOpportunity = z.strictObject({
  id: z.string().describe("Id of an opportunity"),
  state: z.enum(["open", "dismissed", "snoozed"]).optional(),
  snoozedUntil: Instant.optional().describe("With the state snoozed; a day from now when left out"),
  assignee: z.string().trim().max(200).nullable().optional().describe("null takes the assignment back"),
  note: z
    .string()
    .trim()
    .max(20_000)
    .optional()
    .describe("Why; an empty one takes it away, as does another state without one"),
});

const DAY_MS = 24 * 3_600_000;

export const changeOpportunity = defineCommand({
  name: "opportunities.change",
  summary: "Dismiss, snooze, assign or open again",
  scope: "operate",
  input: ChangeOpportunity,
  async run({ ctx, input }): Promise<Opportunity> {
    const found = await findOpportunity(ctx.database, input.id);
    const now = ctx.clock.now();
    const state = input.state ?? (input.snoozedUntil === undefined ? undefined : "snoozed");
    if (state === undefined && input.assignee === undefined && input.note === undefined)
      throw new Problem("invalid_input", "Nothing to change: send state, snoozedUntil, assignee or note.");
    if (input.snoozedUntil !== undefined && (state !== "snoozed" || input.snoozedUntil <= now))
      throw new Problem("invalid_input", "snoozedUntil: takes a time in the future, with the state snoozed.");
    const until = state === "snoozed" ? (input.snoozedUntil ?? new Date(now.getTime() + DAY_MS)) : null;
    const answer = await record(ctx, async (database) => {
      const current = await findOpportunity(database, found.id);
      if (current.state === "resolved" && state !== undefined && state !== "open")
        throw new Problem("conflict", "The opportunity is resolved: there is nothing to put aside.");
      const pursued = state === "open" && (await hasProposalUnderWay(database, current.id));
      const changed = await database.opportunities.update(current.id, {
        ...(state === undefined ? {} : { state: state === "open" && pursued ? "in_progress" : state }),
        ...(until === null ? {} : { snoozedUntil: until }),
        // Nothing of it is by design any more.
        ...(state === "open" && current.state === "dismissed"
          ? { statistics: { ...current.statistics, dismissed: undefined } }
          : {}),
        ...(input.assignee === undefined ? {} : { assignee: input.assignee ?? undefined }),
        // A note says why it stands as it does: of another state it is not true.
        ...(input.note === undefined && state === undefined ? {} : { note: input.note ?? "" }),
      });
      const verb = state === "open" ? "reopened" : (state ?? (input.assignee === undefined ? "noted" : "assigned"));
      return {
        answer: changed,
        audit: {
          verb: `opportunity.${verb}`,
          tool: current.tool,
          subject: { kind: "opportunity", id: current.id },
          summary: `${verb} the opportunity "${current.kind}" of ${current.tool}${input.note ? `: ${input.note}` : ""}`,
        },
        events: [{ kind: "opportunity", id: current.id, tool: current.tool }],
      };
    });
    if (until !== null) await lookAgain(ctx, answer, until);
    return answer;
  },
});

/** Has the tool looked at when its snooze is over: the problem is back at its time, or gone. */
async function lookAgain(
  { queue, clock }: Pick<Context, "queue" | "clock">,
  { id, tool }: Opportunity,
  until: Date,
): Promise<void> {
  const delaySeconds = Math.ceil((until.getTime() - clock.now().getTime()) / 1000) + 1;
  const key = `detect:awake:${id}:${until.getTime()}`;
  await queue.enqueue({ kind: "detect", input: { tool }, tool, key, delaySeconds });
}

/** Then it is not open again but in progress, as it was before it was put aside. */
async function hasProposalUnderWay(database: Database, opportunityId: string): Promise<boolean> {
  const { items } = await database.proposals.list({ opportunityId }, { limit: 50 });
  return isPursued(items);
}
