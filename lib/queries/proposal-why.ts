/** Why a proposal exists, and of which revision that was said. */
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { Proposal, Revision } from "#lib/core/proposal.ts";
import { changedSinceWords } from "#lib/core/revision-words.ts";
import { type WhyLine, whyLine } from "./review-lines.ts";

/**
 * The words of whoever proposed it: those of a later revision are that one's author's. Where the source is another by now,
 * the line says so: what was said may not hold of it.
 * @param begun the reason that the proposal began with
 */
export function proposalWhy(about: {
  readonly proposal: Pick<Proposal, "purpose" | "createdBy">;
  readonly opportunity: Opportunity | null;
  readonly base: string;
  readonly revisions: readonly Revision[];
  readonly begun: string | undefined;
}): WhyLine {
  const { proposal, opportunity, base, revisions, begun } = about;
  const [first] = revisions;
  const newest = revisions.at(-1);
  const why = whyLine(proposal, opportunity, first?.rationale || (begun ?? ""), begun);
  if (opportunity !== null || first === undefined || newest === undefined || first.rationale === "") return why;
  if (newest.source === first.source) return why;
  const what = changedSinceWords(base, revisions, newest)?.what;
  const is = what === undefined ? "has words of its own" : `is ${what}`;
  return { ...why, facts: [`said of revision 1; revision ${newest.number} ${is}`, ...why.facts] };
}
