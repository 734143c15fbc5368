/** How a change of the kinds of failure is said. */
import type { KindChange } from "./find-kind-change.ts";
import { count, kindOf, sayChance, sayTime } from "./words.ts";

/** Changes that are as near to each other are one event. */
const TOGETHER_MS = 2 * 3_600_000;
const MOST_SAID = 3;

/** Each event a sentence, the surest first: `TypeError stopped and RangeError began about 14:02: …`. */
export function kindFindings(changes: readonly KindChange[], now: Date): string[] {
  const events: KindChange[][] = [];
  for (const change of changes) {
    const event = events.find(
      ([first]) => Math.abs((first as KindChange).at.getTime() - change.at.getTime()) <= TOGETHER_MS,
    );
    if (event) event.push(change);
    else events.push([change]);
  }
  const all = changes.map(({ cluster }) => cluster);
  return events.slice(0, MOST_SAID).map((event) => {
    // What went first, then what came in its place.
    const told = event.slice(0, MOST_SAID).sort((a, b) => a.direction.localeCompare(b.direction));
    const at = (told.at(-1) as KindChange).at;
    const what = told.map((one) => `${kindOf(one.cluster, all)} ${verbOf(one)}`).join(" and ");
    const counts = told.map(({ cluster, before, after }) => {
      const of = told.length > 1 ? `${kindOf(cluster, all)} in ` : "";
      return `${of}${before.bad} of ${count(before.calls, "call")} before, ${after.bad} of ${after.calls.toLocaleString("en-US")} since`;
    });
    const chance = sayChance(Math.max(...told.map(({ pValue }) => pValue)));
    return `${what} about ${sayTime(at, now)}: ${counts.join("; ")}; the chance of an accident is ${chance}`;
  });
}

export function verbOf({ direction, before, after }: KindChange): string {
  if (direction === "worse") return before.bad === 0 ? "began" : "became more frequent";
  return after.bad === 0 ? "stopped" : "became rarer";
}
