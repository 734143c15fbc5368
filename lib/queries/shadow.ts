/** What live calls say of a waiting change so far. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { callsToSettle, isShadowed, shadowWords } from "#lib/core/shadow.ts";
import type { Tool } from "#lib/core/version.ts";

export const ShadowView = z.object({
  agreed: z.number().int(),
  differed: z.number().int(),
  callsToSettle: z.number().int().nullable().describe("Agreeing live calls that are still needed; null where none are"),
  words: z.string().describe("The same as a sentence, with the time that it takes at today's traffic"),
});
export type ShadowView = z.infer<typeof ShadowView>;

const DAY_MS = 24 * 3_600_000;

/** @returns null where the change is not tried on live calls */
export async function showShadow(
  { database, clock }: Pick<Context, "database" | "clock">,
  { proposal, tool, evidence }: { proposal: Proposal; tool: Tool; evidence: Evidence | null },
): Promise<ShadowView | null> {
  if (evidence === null || proposal.state !== "awaiting_review" || !isShadowed(evidence)) return null;
  if (tool.activeVersion !== proposal.baseVersion || (tool.settings.recording ?? "full") !== "full") return null;
  const [all, since] = await Promise.all([
    database.shadow.tally(proposal.id, proposal.revision),
    database.shadow.tally(proposal.id, proposal.revision, evidence.createdAt),
  ]);
  const left = callsToSettle(evidence, since);
  // Counted only where it is said: a tool with much traffic is settled before.
  const callsPerDay = left === null || left === 0 ? null : await goodCalls({ database, clock }, tool.name);
  return {
    ...all,
    callsToSettle: left,
    words: shadowWords(tool.name, evidence, { all, since, callsPerDay }),
  };
}

/** Good calls of the last day; null where there were none. */
async function goodCalls(
  { database, clock }: Pick<Context, "database" | "clock">,
  tool: string,
): Promise<number | null> {
  const rows = await database.executions.counts({ tool, since: new Date(clock.now().getTime() - DAY_MS) });
  const good = rows.reduce((sum, { counts }) => sum + (counts.succeeded ?? 0) + (counts.refused ?? 0), 0);
  return good === 0 ? null : good;
}
