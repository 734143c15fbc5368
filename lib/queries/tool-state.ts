/** What a page calls a tool: the gravest of its open problems, in the words of opportunities; its health where none is open. */
import type { Health, OpportunityKind } from "#lib/core/words.ts";
import type { ToolRow } from "./tools.ts";

export type ToolState = {
  readonly word: Health | OpportunityKind | "suspected";
  /** The version whose calls showed it, where another one answers by now; null for the active version. */
  readonly seenOn: number | null;
};

const GRAVEST: readonly ToolState["word"][] = ["failing", "incorrect", "degrading", "degraded", "suspected", "slow"];

/**
 * The state of a tool in one word. A problem that was detected on an earlier version is told as that: what the active
 * version's own calls show comes before it.
 */
export function toolState({
  health,
  activeVersion,
  problems,
}: Pick<ToolRow, "health" | "activeVersion" | "problems">): ToolState {
  const all = problems.map(({ kind, version, suspected }) => ({
    word: suspected ? ("suspected" as const) : kind,
    version,
  }));
  const gravest = (of: typeof all) => of.toSorted((a, b) => GRAVEST.indexOf(a.word) - GRAVEST.indexOf(b.word)).at(0);
  if (health === "failing") return { word: "failing", seenOn: null };
  const now = gravest(all.filter(({ version }) => version === activeVersion));
  if (now !== undefined) return { word: now.word, seenOn: null };
  const earlier = gravest(all);
  return earlier === undefined ? { word: health, seenOn: null } : { word: earlier.word, seenOn: earlier.version };
}

/** Where it stands in a list whose first lines need somebody: lower comes first. */
export function rankOf({ word, seenOn }: ToolState): number {
  if (word === "unknown") return GRAVEST.length + 2;
  if (word === "healthy") return GRAVEST.length + 1;
  return seenOn === null ? GRAVEST.indexOf(word) : GRAVEST.length;
}
