/** Latencies that those of now are held against: of the six days before the last one. */
import type { Database } from "#lib/ports/database.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS_BEFORE = 6;
/** Each day gives something of all its parts, however many calls one of them had. */
const PARTS_OF_DAY = 24;
/** Fewer than that were at other times of the day on other days: nothing is known of this time of the day. */
const LEAST_OF_TIME = 100;

/**
 * Of a tool that is called often what is held against them are the calls of an hour or so: then the same time of each of
 * the six days, or a tool that is slower at noon than at night would get slow every noon.
 * @param from when the calls begin that are held against these, within the day before `until`
 */
export async function readBaseline(
  executions: Pick<Database["executions"], "latencies">,
  tool: string,
  { from, until }: { from: Date; until: Date },
  most: number,
): Promise<number[]> {
  const long = Math.min(Math.max(until.getTime() - from.getTime(), HOUR_MS), DAY_MS);
  const same = await executions.latencies(tool, daysBefore(until, long), most);
  if (same.length >= LEAST_OF_TIME || long === DAY_MS) return same;
  return executions.latencies(tool, daysBefore(until, DAY_MS), most);
}

/** The end of each of the days before the last, so long, in parts. */
function daysBefore(until: Date, long: number): { since: Date; until: Date }[] {
  return Array.from({ length: DAYS_BEFORE * PARTS_OF_DAY }, (_, index) => {
    const [day, part] = [1 + Math.floor(index / PARTS_OF_DAY), index % PARTS_OF_DAY];
    const end = until.getTime() - day * DAY_MS;
    const width = long / PARTS_OF_DAY;
    return { since: new Date(end - (part + 1) * width), until: new Date(end - part * width) };
  });
}
