/** What was tried is kept in a file, a line a function, so that a run that was stopped goes on where it was. */
import { existsSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import type { Trial } from "./trials.ts";

type Line = { readonly task: string; readonly trials: readonly Trial[] };

export type KeptTrials = {
  /** Null for a function that was not tried yet. */
  of(task: string): readonly Trial[] | null;
  keep(task: string, trials: readonly Trial[]): Promise<void>;
};

/** Opens the file; without one nothing is kept. */
export async function keepTrials(file?: string): Promise<KeptTrials> {
  const text = file !== undefined && existsSync(file) ? await readFile(file, "utf8") : "";
  // A line that was cut off by the stop is tried again.
  const lines = text.split("\n").slice(0, -1);
  const known = new Map(lines.map((line) => JSON.parse(line) as Line).map(({ task, trials }) => [task, trials]));
  return {
    of: (task) => known.get(task) ?? null,
    async keep(task, trials) {
      if (file !== undefined) await appendFile(file, `${JSON.stringify({ task, trials } satisfies Line)}\n`);
    },
  };
}
