import { runsOf } from "./kept-changes.ts";

/** Where a line of one text stands in another, both from 1; null where it was changed or taken out. */
export function movedLine(before: string, after: string, line: number): number | null {
  let shift = 0;
  for (const run of runsOf(before, after)) {
    if (line < run.before) break;
    if (line < run.before + run.removed.length) return null;
    shift = run.after + run.added.length - (run.before + run.removed.length);
  }
  return line + shift;
}
