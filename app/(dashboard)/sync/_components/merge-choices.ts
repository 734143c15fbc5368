/** What a person chose for each conflict, as a text with marks where nothing is chosen yet. */
import { type MergeRegion, textWithMarkers } from "#lib/core/merge.ts";

export type Choice = "disk" | "database" | "both" | null;

export type ChosenText = {
  readonly text: string;
  /** Lines of each conflict in the text, from 1. */
  readonly places: readonly { readonly from: number; readonly count: number }[];
  /** Conflicts that still wait for a choice. */
  readonly open: number;
};

/** Puts the regions together as they were chosen; `both` has the first side's part first. `names` are those in the marks. */
export function textOfChoices(
  regions: readonly MergeRegion[],
  choices: readonly Choice[],
  names: { readonly disk: string; readonly database: string },
): ChosenText {
  const places: { from: number; count: number }[] = [];
  let text = "";
  let open = 0;
  let index = 0;
  for (const region of regions) {
    if (region.kind === "agreed") {
      text += region.text;
      continue;
    }
    const choice = choices[index++] ?? null;
    if (choice === null) open += 1;
    const part =
      choice === null
        ? textWithMarkers([region], names)
        : choice === "both"
          ? region.disk + region.database
          : region[choice];
    places.push({
      from: text.split("\n").length,
      count: part.split("\n").length - (part.endsWith("\n") || part === "" ? 1 : 0),
    });
    text += part;
  }
  return { text, places, open };
}

/** Whether a text still has marks of a conflict in it. */
export function hasMarks(text: string): boolean {
  return /^(<{7}|\|{7}|={7}|>{7})( |$)/m.test(text);
}

/** Lines of each conflict on one side. */
export function linesOn(regions: readonly MergeRegion[], side: "disk" | "database"): { from: number; count: number }[] {
  return regions.flatMap((region) =>
    region.kind === "agreed"
      ? []
      : [
          {
            from: region[`${side}Line`],
            count: region[side] === "" ? 0 : region[side].replace(/\n$/, "").split("\n").length,
          },
        ],
  );
}
