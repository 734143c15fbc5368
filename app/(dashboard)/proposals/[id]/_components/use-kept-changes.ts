import { useEffect, useMemo, useState } from "react";
import { keepChanges, type LineChange, linesOf } from "#app/_ui/diff/line-changes.ts";
import { keepDrops, readKeptDrops } from "./kept-edit.ts";

const NONE: ReadonlySet<number> = new Set();
const NO_WORDS: ReadonlySet<string> = new Set();
const NO_RUNS: readonly LineChange[] = [];

export type KeptChanges = {
  /** Those that can be kept or dropped; none where there is only one, which is dropped by rejecting. */
  readonly runs: readonly LineChange[];
  readonly dropped: ReadonlySet<number>;
  /** How many that were dropped are no change of these texts any more. */
  readonly lost: number;
  choose(index: number, drop: boolean): void;
  keepAll(): void;
  /** The original with what is kept. */
  source(): string;
};

/**
 * Which of the changes between two texts are kept. What was dropped stays so where other texts have the same change, and
 * when the page is left and come back to.
 */
export function useKeptChanges(
  proposalId: string,
  original: string,
  modified: string,
  changes: readonly LineChange[],
  enabled: boolean,
): KeptChanges {
  const runs = enabled && changes.length > 1 ? changes : NO_RUNS;
  const [chosen, setChosen] = useState(NO_WORDS);
  const words = useMemo(() => wordsOf(original, modified, runs), [original, modified, runs]);
  const dropped = useMemo(
    () => (chosen.size === 0 ? NONE : new Set(words.flatMap((one, index) => (chosen.has(one) ? index : [])))),
    [chosen, words],
  );
  // Nothing is known of the tab before the page is alive.
  useEffect(() => setChosen(new Set(readKeptDrops(proposalId))), [proposalId]);
  // What is gone is told once, and not at every reload.
  useEffect(() => {
    if (enabled && chosen.size > dropped.size)
      keepDrops(
        proposalId,
        words.filter((one) => chosen.has(one)),
      );
  }, [enabled, proposalId, chosen, dropped, words]);
  const choice = (next: ReadonlySet<string>): void => {
    setChosen(next);
    keepDrops(proposalId, [...next]);
  };
  const set = (indexes: ReadonlySet<number>): void =>
    choice(new Set([...indexes].flatMap((index) => words[index] ?? [])));
  return {
    runs,
    dropped,
    lost: enabled ? chosen.size - dropped.size : 0,
    choose(index, drop) {
      const next = new Set(dropped);
      if (drop) next.add(index);
      else next.delete(index);
      set(next);
    },
    keepAll: () => choice(NO_WORDS),
    source: () => keepChanges(original, modified, new Set([...runs.keys()].filter((index) => !dropped.has(index)))),
  };
}

/** What each change takes out and puts in; of those that say the same, the first, the second and so on. */
function wordsOf(original: string, modified: string, runs: readonly LineChange[]): string[] {
  if (runs.length === 0) return [];
  const [out, into] = [linesOf(original), linesOf(modified)];
  const times = new Map<string, number>();
  return runs.map(({ before, removed, after, added }) => {
    const text = JSON.stringify([
      out.slice(before - 1, before - 1 + removed).join(""),
      into.slice(after - 1, after - 1 + added).join(""),
    ]);
    const time = (times.get(text) ?? 0) + 1;
    times.set(text, time);
    return `${time} ${text}`;
  });
}
