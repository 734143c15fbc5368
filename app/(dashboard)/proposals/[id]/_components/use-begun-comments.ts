import { useEffect, useRef, useState } from "react";
import { movedLine } from "#app/_ui/diff/line-changes.ts";
import { keptLines, onLine, readKeptWords } from "./kept-words.ts";

/** A comment that is being written between the lines. */
export type BegunComment = {
  /** The line that it was begun on, from 1; what it says is about that line of that revision. */
  readonly line: number;
  readonly text: string;
  /** Where that line stands in the text that is shown. */
  readonly at: number;
  /** How often somebody asked to write it: one that was merely kept takes no cursor. */
  readonly asked: number;
};

/**
 * The comments that are being written: each stays with its line while revisions come in, as those that were sent do. One
 * whose line was changed stays at its number.
 */
export function useBegunComments(proposalId: string, modified: string) {
  const [begun, setBegun] = useState<readonly BegunComment[]>([]);
  const before = useRef(modified);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was kept is taken up once; later texts move it
  useEffect(() => {
    const lines = modified.split("\n");
    setBegun(
      keptLines(proposalId).map((line) => {
        const text = readKeptWords(proposalId, onLine(line))?.line?.text ?? lines[line - 1] ?? "";
        return { line, text, at: nearest(lines, text, line), asked: 0 };
      }),
    );
  }, [proposalId]);
  useEffect(() => {
    const was = before.current;
    before.current = modified;
    if (was === modified) return;
    const last = modified.split("\n").length;
    setBegun((now) => now.map((one) => ({ ...one, at: Math.min(last, movedLine(was, modified, one.at) ?? one.at) })));
  }, [modified]);
  return {
    begun,
    /** Begins one; what was begun elsewhere and has no words yet is not one. */
    begin(line: number): void {
      const kept = new Set(keptLines(proposalId));
      const text = modified.split("\n")[line - 1] ?? "";
      setBegun((now) =>
        now.some(({ at }) => at === line)
          ? now
              .filter((one) => kept.has(one.line) || one.at === line)
              .map((one) => (one.at === line ? { ...one, asked: one.asked + 1 } : one))
          : [...now.filter((one) => kept.has(one.line) && one.line !== line), { line, text, at: line, asked: 1 }],
      );
    },
    end: (line: number): void => setBegun((now) => now.filter((one) => one.line !== line)),
  };
}

/** The line of that text that is nearest to where it was; where there is none, the same number. */
function nearest(lines: readonly string[], text: string, line: number): number {
  const away = (at: number) => Math.abs(at - line);
  const found = lines.flatMap((one, index) => (one === text ? [index + 1] : []));
  return found.length === 0
    ? Math.min(line, lines.length)
    : found.reduce((best, at) => (away(at) < away(best) ? at : best));
}
