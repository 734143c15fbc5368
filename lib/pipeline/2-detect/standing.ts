/** Which of a tool's calls count now: those since the last change, but for a recovery that nothing brought about. */
import { attributeClusters } from "#lib/core/attribution.ts";
import { clusterFailures } from "#lib/core/clusters.ts";
import type { Tally } from "#lib/core/sequential.ts";
import { type Change, findChange, findEpisode, type Stretch, stretchesOf } from "#lib/core/statistics-change.ts";
import type { ToolRecord } from "./record.ts";

/** Chance of taking an accident for a change of the success rate. */
export const CHANGE_ERROR = 0.001;
/** A share has to change by this much before it is worth a person's time. */
export const LEAST_DROP = 0.01;
/** A version that has gone well for as long is believed to be well. */
export const WELL_MS = 24 * 3_600_000;

export type Standing = Stretch & {
  /** Since when its calls have gone well, where that alone does not show that a fault of the version is gone. */
  readonly wellSince: Date | null;
};

/**
 * The stretch that counts. An outage ends and is over; a fault of the tool itself stays in its source, whatever is asked
 * in between: good calls after its failures are counted with them, until they have come for a day.
 */
export function standingStretch(
  record: Pick<ToolRecord, "traffic" | "failures" | "others" | "since" | "until">,
): Standing {
  const { traffic, until } = record;
  const stretches = stretchesOf(tallies(traffic), CHANGE_ERROR, changeOrEpisode);
  let last = stretches.length - 1;
  let wellSince: Date | null = null;
  for (; last > 0; last -= 1) {
    const [before, stretch] = [stretches[last - 1] as Stretch, stretches[last] as Stretch];
    const at = traffic[stretch.start]?.at ?? until;
    const well = stretch.change?.direction === "better" && until.getTime() - at.getTime() < WELL_MS;
    if (!well || !toolFailed(record, traffic[before.start]?.at ?? record.since, at)) break;
    wellSince ??= at;
  }
  return { ...(stretches[last] as Stretch), wellSince };
}

function changeOrEpisode(slices: readonly Tally[], error: number): Change | null {
  return findChange(slices, error) ?? findEpisode(slices, error);
}

/** Whether the version failed between two times, and by its own fault. */
function toolFailed({ failures, others, since, until }: Parameters<typeof standingStretch>[0], from: Date, to: Date) {
  const then = failures.filter(({ startedAt }) => startedAt >= from && startedAt < to);
  return attributeClusters(clusterFailures([...then, ...others], { since, until })) === "tool";
}

/** Where the calls begin that count now, if that is after the version's first one. */
export function turnOf(record: Parameters<typeof standingStretch>[0], firstCall: Date): Date | null {
  const { start, change } = standingStretch(record);
  const at = record.traffic[start]?.at;
  return change !== null && at !== undefined && at > firstCall ? at : null;
}

/** Slices as the search for a change takes them. */
function tallies(traffic: ToolRecord["traffic"]): Tally[] {
  return traffic.map(({ calls, failures }) => ({ calls, bad: failures }));
}
