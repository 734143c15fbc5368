import type { editor } from "./monaco.ts";

/** Writes the counts before the line numbers and hatches what nobody passed; answers how to take both away. */
export function showCoverage(side: editor.ICodeEditor, counts: readonly (number | null)[] | null): () => void {
  if (counts === null) return () => {};
  const most = Math.max(0, ...counts.map((count) => count ?? 0));
  const wide = String(most).length + 1;
  side.updateOptions({
    lineNumbersMinChars: 5 + wide,
    lineNumbers: (line) => {
      const count = counts[line - 1] ?? null;
      return count === null ? String(line) : `${count}× ${String(line).padStart(3, "\u2007")}`;
    },
  });
  const hatched = counts.flatMap((count, index) =>
    count === 0
      ? {
          range: { startLineNumber: index + 1, startColumn: 1, endLineNumber: index + 1, endColumn: 1 },
          options: { isWholeLine: true, className: "hatched", hoverMessage: { value: "No case executed this line." } },
        }
      : [],
  );
  const unmark = mark(side, hatched);
  return () => {
    unmark();
    side.updateOptions({ lineNumbersMinChars: 3, lineNumbers: "on" });
  };
}

/** Puts marks on whatever text a side holds; answers how to take them away. */
export function mark(side: editor.ICodeEditor, all: editor.IModelDeltaDecoration[]): () => void {
  const marks = side.createDecorationsCollection(all);
  const models = side.onDidChangeModel(() => marks.set(all));
  return () => {
    models.dispose();
    marks.clear();
  };
}
