import { useState } from "react";
import { keepChanges, type LineChange } from "#app/_ui/diff/line-changes.ts";

const NONE: ReadonlySet<number> = new Set();
const NO_RUNS: readonly LineChange[] = [];

export type KeptChanges = {
  /** Those that can be kept or dropped; none where there is only one, which is dropped by rejecting. */
  readonly runs: readonly LineChange[];
  readonly dropped: ReadonlySet<number>;
  choose(index: number, drop: boolean): void;
  keepAll(): void;
  /** The original with what is kept. */
  source(): string;
};

/** Which of the changes between two texts are kept; other texts begin with all of them. */
export function useKeptChanges(
  original: string,
  modified: string,
  changes: readonly LineChange[],
  enabled: boolean,
): KeptChanges {
  const runs = enabled && changes.length > 1 ? changes : NO_RUNS;
  const [chosen, setChosen] = useState({ original, modified, dropped: NONE });
  const dropped = chosen.original === original && chosen.modified === modified ? chosen.dropped : NONE;
  return {
    runs,
    dropped,
    choose(index, drop) {
      const next = new Set(dropped);
      if (drop) next.add(index);
      else next.delete(index);
      setChosen({ original, modified, dropped: next });
    },
    keepAll: () => setChosen({ original, modified, dropped: NONE }),
    source: () => keepChanges(original, modified, new Set([...runs.keys()].filter((index) => !dropped.has(index)))),
  };
}
