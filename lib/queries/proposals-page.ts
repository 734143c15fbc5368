/** The list of proposals: what waits for a person first. */

import type { Context } from "#lib/commands/command.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import type { Origin, Proposal } from "#lib/core/proposal.ts";
import type { Verdict } from "#lib/core/words.ts";
import { type EditEnd, readEditEnds } from "./edit-end.ts";
import { endOfWatch, type WatchEnd } from "./watch-end.ts";

export type ProposalGroup = "waiting" | "working" | "live" | "closed";

export type ProposalLine = Pick<
  Proposal,
  "id" | "number" | "tool" | "state" | "purpose" | "baseVersion" | "revision" | "createdAt"
> & {
  readonly group: ProposalGroup;
  readonly verdict: Verdict | null;
  readonly headline: string | null;
  readonly origin: Origin | null;
  /** What became of it, where it is an edit that was settled by its file. */
  readonly end: EditEnd | null;
  /** How the watch on its version ended, where it did so without a word on it. */
  readonly watch: WatchEnd | null;
  /** When it came into its state. */
  readonly since: Date;
};

export type ProposalsPage = {
  readonly lines: ProposalLine[];
  readonly counts: Record<ProposalGroup, number>;
  readonly nextCursor: string | null;
};

const GROUPS: Record<Proposal["state"], ProposalGroup> = {
  awaiting_review: "waiting",
  approved: "waiting",
  generating: "working",
  testing: "working",
  changes_requested: "working",
  deploying: "working",
  deployed: "live",
  monitoring: "live",
  stable: "live",
  simulated: "closed",
  no_fix: "closed",
  rolled_back: "closed",
  rejected: "closed",
  stale: "closed",
  cancelled: "closed",
};

export const GROUP_ORDER: readonly ProposalGroup[] = ["waiting", "working", "live", "closed"];

/** Which part of the list a proposal stands in: an edit that went live by the disk is as live as any. */
export function groupOf(state: Proposal["state"], end: EditEnd | null = null): ProposalGroup {
  return end?.became === "live" ? "live" : GROUPS[state];
}

/** Waiting first, who waits longest at the top of them; all others newest first. */
export function inListOrder(lines: readonly ProposalLine[]): ProposalLine[] {
  return [...lines].sort((a, b) => {
    const group = GROUP_ORDER.indexOf(a.group) - GROUP_ORDER.indexOf(b.group);
    if (group !== 0) return group;
    const age = a.since.getTime() - b.since.getTime();
    return a.group === "waiting" ? age : -age;
  });
}

/** How many of those that wait the first page shows, and how many of all a page goes through. */
const WAITING = 60;
const LISTED = 60;

/** Reads one page of proposals: the first has those that wait, however old they are, before the newest of the others. */
export async function readProposalsPage(
  ctx: Context,
  options: { tool?: string | undefined; cursor?: string | undefined } = {},
): Promise<ProposalsPage> {
  const { proposals } = ctx.database;
  const { tool, cursor } = options;
  const first = cursor === undefined;
  const [listed, waiting] = await Promise.all([
    proposals.list({ tool }, { cursor, limit: LISTED }),
    first && tool === undefined ? proposals.waiting() : [],
  ]);
  const early = await Promise.all(waiting.slice(0, WAITING).map((id) => proposals.find(id)));
  const known = new Set(waiting);
  const items = [
    ...early.filter((one) => one !== null),
    ...listed.items.filter(
      ({ id, state }) => !known.has(id) && (first || tool !== undefined || state !== "awaiting_review"),
    ),
  ];
  const { nextCursor } = listed;
  const ends = await readEditEnds(ctx.database, items);
  const lines = await Promise.all(
    items.map(async (proposal): Promise<ProposalLine> => {
      const [snapshots, revisions, transitions, deployments] = await Promise.all([
        proposals.evidence(proposal.id),
        proposals.revisions(proposal.id),
        proposals.transitions(proposal.id),
        proposal.state === "monitoring"
          ? ctx.database.deployments.list({ proposalId: proposal.id }, { limit: 1 })
          : { items: [] },
      ]);
      const [deployment] = deployments.items;
      const watch = deployment === undefined ? null : endOfWatch(deployment);
      const evidence = snapshots
        .filter(({ revision }) => revision === proposal.revision)
        .reduce<Evidence | null>((newest, one) => (newest === null || one.number > newest.number ? one : newest), null);
      const { id, number, tool, state, purpose, baseVersion, revision, createdAt } = proposal;
      return {
        id,
        number,
        tool,
        state,
        purpose,
        baseVersion,
        revision,
        createdAt,
        group: groupOf(state, ends.get(id)),
        verdict: evidence?.verdict ?? null,
        headline: evidence?.headline ?? null,
        origin: revisions.find((one) => one.number === revision)?.origin ?? null,
        end: ends.get(id) ?? null,
        watch,
        since: watch?.at ?? transitions.find(({ sequence }) => sequence === proposal.sequence)?.at ?? createdAt,
      };
    }),
  );
  const counts: Record<ProposalGroup, number> = { waiting: 0, working: 0, live: 0, closed: 0 };
  for (const { group } of lines) counts[group]++;
  counts.waiting += Math.max(0, waiting.length - WAITING);
  return { lines: inListOrder(lines), counts, nextCursor: nextCursor ?? null };
}
