"use client";
import { useTheme } from "next-themes";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { afterPaint } from "#app/_ui/after-paint.ts";
import { applyTheme, editor } from "#app/_ui/diff/monaco.ts";

export type MergePanesHandle = {
  /** Brings the same place into view on all sides; lines from 1. */
  reveal(lines: { disk: number; result: number; database: number }): void;
};

/** Lines of a conflict in one pane, `count` 0 where that side has none. */
export type MarkedLines = { readonly from: number; readonly count: number };

type Pane = { readonly label: string; readonly text: string; readonly marked: readonly MarkedLines[] };

/** The file, the result and the version side by side, or below each other when narrow; the result can be edited. */
export default function MergePanes({
  disk,
  result,
  database,
  onEdit,
  handle,
}: {
  disk: Pane;
  result: Pane;
  database: Pane;
  /** Hears what a person types into the result. */
  onEdit: (text: string) => void;
  handle?: Ref<MergePanesHandle>;
}) {
  const widgets = useRef(new Map<Side, editor.IStandaloneCodeEditor>());
  const { resolvedTheme } = useTheme();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read off the page, and this says when it turned
  useEffect(() => {
    // After the page's own: its class is set by then, and turning both at once keeps the click waiting.
    return afterPaint(applyTheme);
  }, [resolvedTheme]);

  const reveal = (lines: Record<Side, number>): void => {
    for (const [side, widget] of widgets.current) widget.revealLineNearTop(Math.max(1, lines[side]));
  };
  useImperativeHandle(handle, () => ({ reveal }));
  // It opens where there is something to choose; the panes hold their texts by now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: later places are asked for
  useEffect(() => {
    const first = ({ marked }: Pane): number => marked[0]?.from ?? 1;
    // A result that was written before has no marks of its own.
    const written = result.marked.length > 0 ? result : disk;
    reveal({ disk: first(disk), result: first(written), database: first(database) });
  }, []);

  const keep = (side: Side, widget: editor.IStandaloneCodeEditor | null): void => {
    if (widget === null) widgets.current.delete(side);
    else widgets.current.set(side, widget);
  };
  return (
    <div className="grid h-full min-h-0 grid-rows-3 gap-px overflow-hidden rounded-lg border bg-border lg:grid-cols-3 lg:grid-rows-1">
      <CodePane side="disk" pane={disk} keep={keep} />
      <CodePane side="result" pane={result} keep={keep} onEdit={onEdit} />
      <CodePane side="database" pane={database} keep={keep} />
    </div>
  );
}

type Side = "disk" | "result" | "database";

function CodePane({
  side,
  pane,
  keep,
  onEdit,
}: {
  side: Side;
  pane: Pane;
  keep: (side: Side, widget: editor.IStandaloneCodeEditor | null) => void;
  onEdit?: (text: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const widget = useRef<editor.IStandaloneCodeEditor>(null);
  const callbacks = useRef({ keep, onEdit });
  /** What was typed and has not come back from the page yet: written over what was typed since, letters would be lost. */
  const underWay = useRef(new Set<string>());
  /** Whether the text that comes is the page's own and nobody's typing. */
  const writing = useRef(false);
  const { label, text, marked } = pane;
  const readOnly = onEdit === undefined;

  useEffect(() => {
    callbacks.current = { keep, onEdit };
  });

  useEffect(() => {
    if (place.current === null) return;
    const created = editor.create(place.current, {
      automaticLayout: true,
      language: "typescript",
      readOnly,
      domReadOnly: readOnly,
      ariaLabel: label,
      fontFamily: getComputedStyle(document.body).getPropertyValue("--font-geist-mono") || "monospace",
      fontSize: 12,
      lineHeight: 20,
      lineNumbersMinChars: 3,
      glyphMargin: false,
      folding: false,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderLineHighlight: "none",
      links: false,
      occurrencesHighlight: "off",
      stickyScroll: { enabled: false },
      fixedOverflowWidgets: true,
      padding: { top: 6, bottom: 6 },
      scrollbar: { alwaysConsumeMouseWheel: false, verticalScrollbarSize: 10, horizontalScrollbarSize: 10 },
      // Tab goes on to the next control: nobody is caught in an editor.
      tabFocusMode: true,
    });
    widget.current = created;
    callbacks.current.keep(side, created);
    const typed = created.onDidChangeModelContent(() => {
      if (writing.current) return;
      const value = created.getValue();
      underWay.current.add(value);
      callbacks.current.onEdit?.(value);
    });
    return () => {
      callbacks.current.keep(side, null);
      typed.dispose();
      created.getModel()?.dispose();
      created.dispose();
      widget.current = null;
    };
  }, [side, label, readOnly]);

  useEffect(() => {
    const shown = widget.current;
    if (shown === null) return;
    const own = underWay.current.has(text);
    if (!own || shown.getValue() === text) underWay.current.clear();
    if (own || shown.getValue() === text) return;
    writing.current = true;
    shown.setValue(text);
    writing.current = false;
  }, [text]);

  useEffect(() => {
    const shown = widget.current;
    if (shown === null) return;
    const marks = shown.createDecorationsCollection(
      marked
        .filter(({ count }) => count > 0)
        .map(({ from, count }) => ({
          range: { startLineNumber: from, startColumn: 1, endLineNumber: from + count - 1, endColumn: 1 },
          options: { isWholeLine: true, className: "bg-warning-soft", linesDecorationsClassName: "bg-warning" },
        })),
    );
    return () => marks.clear();
  }, [marked]);

  return (
    <section aria-label={label} className="flex min-h-0 min-w-0 flex-col bg-card">
      <h3 className="truncate border-b px-3 py-1.5 font-medium text-xs">{label}</h3>
      <div ref={place} className="min-h-0 flex-1" data-testid={`merge-${side}`} />
    </section>
  );
}
