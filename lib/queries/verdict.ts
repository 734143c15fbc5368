/** How a proposal's verdict stands, and nothing else: what a page asks that waits for it. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import type { Verdict } from "#lib/core/words.ts";
import { findProposal } from "./find-or-refuse.ts";
import { newestEvidence } from "./review-page.ts";

export type VerdictView = {
  readonly number: number;
  readonly tool: string;
  /** Null where it was not tested. */
  readonly verdict: Verdict | null;
  readonly headline: string;
  /** Nothing is left to wait for: it is tested and says something, or somebody decided. */
  readonly settled: boolean;
};

/** @throws Problem not_found */
export async function readVerdict(
  { database }: Pick<Context, "database">,
  asked: { id: string },
): Promise<VerdictView> {
  const proposal = await findProposal(database, z.string().parse(asked.id));
  const evidence = newestEvidence(await database.proposals.evidence(proposal.id), proposal.revision);
  const decided = proposal.state !== "awaiting_review" && proposal.state !== "testing";
  return {
    number: proposal.number,
    tool: proposal.tool,
    verdict: evidence?.verdict ?? null,
    headline: evidence?.headline ?? "",
    settled:
      decided || (proposal.state === "awaiting_review" && evidence !== null && evidence.verdict !== "inconclusive"),
  };
}
