/** Three-way merge by lines: what both sides changed differently comes back as data, for a person to settle. */
import { diff3Merge } from "node-diff3";

export type MergeRegion =
  | { readonly kind: "agreed"; readonly text: string }
  | {
      readonly kind: "conflict";
      readonly base: string;
      readonly disk: string;
      readonly database: string;
      /** First line of each side's part, from 1. */
      readonly baseLine: number;
      readonly diskLine: number;
      readonly databaseLine: number;
    };

export type Merge = {
  readonly regions: readonly MergeRegion[];
  /** The merged text, or null while regions are in conflict. */
  readonly text: string | null;
};

/** Merges the text on disk and the one in the database, which both came from `base`. */
export function mergeThreeWay(texts: { base: string; disk: string; database: string }): Merge {
  const merged = diff3Merge<string>(linesOf(texts.disk), linesOf(texts.base), linesOf(texts.database), {
    excludeFalseConflicts: true,
  });
  const regions = merged.map(({ ok, conflict }): MergeRegion => {
    if (conflict === undefined) return { kind: "agreed", text: (ok ?? []).join("") };
    return {
      kind: "conflict",
      base: conflict.o.join(""),
      disk: conflict.a.join(""),
      database: conflict.b.join(""),
      baseLine: conflict.oIndex + 1,
      diskLine: conflict.aIndex + 1,
      databaseLine: conflict.bIndex + 1,
    };
  });
  const clean = regions.every(({ kind }) => kind === "agreed");
  return { regions, text: clean ? textWith(regions, () => "") : null };
}

/** The text that regions give when each conflict is settled. */
export function textWith(
  regions: readonly MergeRegion[],
  settle: (conflict: Extract<MergeRegion, { kind: "conflict" }>, index: number) => string,
): string {
  let conflicts = 0;
  return regions.map((region) => (region.kind === "agreed" ? region.text : settle(region, conflicts++))).join("");
}

/** The text with markers around each conflict, as editors know them. */
export function textWithMarkers(regions: readonly MergeRegion[], names: { disk: string; database: string }): string {
  return textWith(
    regions,
    ({ disk, base, database }) =>
      `<<<<<<< ${names.disk}\n${closed(disk)}||||||| base\n${closed(base)}=======\n${closed(database)}>>>>>>> ${names.database}\n`,
  );
}

/** Lines with their line breaks, so that joining them gives the text byte for byte. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function closed(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
