/** What became of an edit on disk whose proposal ended without a decision: it may be what answers calls. */
import type { Deployment } from "#lib/core/deployment.ts";
import type { Proposal, Transition } from "#lib/core/proposal.ts";
import type { Database, VersionHead } from "#lib/ports/database.ts";

export type EditEnd = {
  readonly became: "live" | "taken" | "merged" | "dropped" | "replaced";
  readonly words: string;
};

/** States in which whoever settles the file has the last word; a deployed one ended as any other proposal does. */
const ENDED: readonly Proposal["state"][] = ["cancelled", "rejected", "stale"];

/**
 * How the file settled the proposal of an edit; null where it is none, or none that was settled by its file. What was made
 * active says more than the reason of the last move: a look at the folder may have come before it.
 */
export function endOfEdit(facts: {
  proposal: Pick<Proposal, "id" | "state">;
  last: Pick<Transition, "to" | "reason"> | undefined;
  versions: readonly Pick<VersionHead, "number" | "origin" | "proposalId">[];
  /** Done ones of the tool. */
  deployments: readonly Pick<Deployment, "kind" | "toVersion">[];
  activeVersion: number | null;
}): EditEnd | null {
  const { proposal, last, versions, deployments, activeVersion } = facts;
  if (!ENDED.includes(proposal.state)) return null;
  const edit = versions.find(({ origin, proposalId }) => origin === "disk" && proposalId === proposal.id);
  if (edit === undefined) return null;
  const { number } = edit;
  if (deployments.some(({ kind, toVersion }) => kind === "sync" && toVersion === number))
    return number === activeVersion
      ? { became: "live", words: `Taken from disk, live as v${number}` }
      : { became: "taken", words: `Taken from disk, was live as v${number}` };
  if (proposal.state !== "cancelled") return null;
  const reason = last?.reason ?? "";
  const merged = /^merged: version (\d+)/.exec(reason)?.[1];
  if (merged !== undefined) return { became: "merged", words: `Merged into v${merged}` };
  if (reason.startsWith("dropped for the database"))
    return { became: "dropped", words: "Dropped: the database was taken" };
  if (reason === "the file was edited again") return { became: "replaced", words: "Replaced by a later edit" };
  if (reason === "the file is the active version again") return { became: "dropped", words: "Taken back on disk" };
  return null;
}

/** How the edits among these proposals ended, by id; one look for each tool that has such a proposal. */
export async function readEditEnds(
  database: Database,
  proposals: readonly Pick<Proposal, "id" | "tool" | "state" | "sequence">[],
): Promise<Map<string, EditEnd>> {
  const ended = proposals.filter(({ state }) => ENDED.includes(state));
  const names = [...new Set(ended.map(({ tool }) => tool))];
  const heads = Map.groupBy(await database.versions.heads(names), ({ tool }) => tool);
  const ends = await Promise.all(
    names.map(async (name) => {
      const versions = heads.get(name) ?? [];
      const edits = new Set(
        versions.flatMap(({ origin, proposalId }) => (origin === "disk" ? (proposalId ?? []) : [])),
      );
      const mine = ended.filter(({ id, tool }) => tool === name && edits.has(id));
      if (mine.length === 0) return [];
      const [tool, { items }] = await Promise.all([
        database.tools.find(name),
        database.deployments.list({ tool: name, state: "done" }, { limit: 200 }),
      ]);
      return Promise.all(
        mine.map(async (proposal) => {
          const last = (await database.proposals.transitions(proposal.id)).at(-1);
          const facts = { proposal, last, versions, deployments: items, activeVersion: tool?.activeVersion ?? null };
          return [proposal.id, endOfEdit(facts)] as const;
        }),
      );
    }),
  );
  return new Map(ends.flat().flatMap(([id, end]) => (end === null ? [] : [[id, end] as const])));
}
