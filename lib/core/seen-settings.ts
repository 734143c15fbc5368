/** Settings that are no longer as somebody saw who is about to change them. Pure. */
import { equalJson } from "./comparison.ts";
import type { Json } from "./json.ts";
import { changeOf, nameOf, valueInWords } from "./setting-words.ts";

export type MovedSetting = {
  /** The setting's name, or a cell of the table of approvers: "approvers.shadow.passed". */
  readonly name: string;
  readonly seen: Json;
  readonly now: Json;
};

/**
 * What moved since it was seen, but for what moved to just what is wanted.
 * @param seen by name; null for what a tool does not set itself
 */
export function movedSince(seen: object, now: object, wanted: object): MovedSetting[] {
  const [current, asked] = [placesOf(now), placesOf(wanted)];
  const moved: MovedSetting[] = [];
  for (const [name, value] of placesOf(seen)) {
    const is = current.get(name) ?? null;
    const isWanted = asked.has(name) && equalJson(asked.get(name), is);
    if (!isWanted && !equalJson(value, is)) moved.push({ name, seen: value, now: is });
  }
  return moved;
}

/** The same settings, and cells, as they are now: what is seen by whoever is told. */
export function seenNow(seen: object, now: object): Record<string, Json> {
  const current = placesOf(now);
  const renewed: Record<string, Json> = {};
  const table: Record<string, Record<string, Json>> = {};
  for (const place of placesOf(seen).keys()) {
    const [name = "", strategy, verdict] = place.split(".");
    const value = current.get(place) ?? null;
    if (strategy === undefined || verdict === undefined) renewed[name] = value;
    else table[strategy] = { ...table[strategy], [verdict]: value };
  }
  return Object.keys(table).length === 0 ? renewed : { ...renewed, approvers: table };
}

function placesOf(settings: object): Map<string, Json> {
  const places = new Map<string, Json>();
  for (const [name, value] of Object.entries(settings) as [string, Json | undefined][]) {
    if (name !== "approvers") places.set(name, value ?? null);
    else
      for (const [strategy, row] of Object.entries(value ?? {}) as [string, Json | undefined][])
        for (const [verdict, who] of Object.entries(row ?? {}) as [string, Json | undefined][])
          places.set(`${name}.${strategy}.${verdict}`, who ?? null);
  }
  return places;
}

/** Whether a row of the record tells how a setting came to be what it is now. */
export function tellsOf(summary: string, { name, now }: Pick<MovedSetting, "name" | "now">): boolean {
  const [setting = "", ...cell] = name.split(".");
  const change = changeOf(summary, setting);
  if (change === null) return false;
  if (cell.length === 0) return change.now.startsWith(wordsOf(name, now));
  const whoIn = (words: string): string => /^\w*/.exec(words.split(`${cell.join(" ")}: `)[1] ?? "")?.[0] ?? "";
  return whoIn(change.before) !== whoIn(change.now);
}

/** What is told of one that moved, and who did it: "Ben set “Watched hours” to 0.5 (you saw 24)". */
export function movedInWords({ name, seen, now }: MovedSetting, who: string): string {
  const [setting = "", ...cell] = name.split(".");
  const label = `“${nameOf(setting)}”${cell.length === 0 ? "" : ` (${cell.join(", ")})`}`;
  const [is, was] = [now, seen].map((value) =>
    isUnset(name, value) ? `“${wordsOf(name, value)}”` : wordsOf(name, value),
  );
  return `${who} set ${label} to ${is} (you saw ${was})`;
}

function wordsOf(name: string, value: Json): string {
  return valueInWords(name, isUnset(name, value) ? undefined : value);
}

/** Of a tool's own settings null follows what holds everywhere; of these global ones it is a value. */
function isUnset(name: string, value: Json): boolean {
  return value === null && name !== "model" && name !== "retentionDays";
}
