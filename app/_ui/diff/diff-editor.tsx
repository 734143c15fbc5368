"use client";
import { useTheme } from "next-themes";
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { applyTheme, editor } from "#monaco";
import { afterPaint } from "../after-paint.ts";
import { BetweenLines } from "./between-lines.tsx";
import { bringIntoPage } from "./into-page.ts";
import { mark, showCoverage } from "./side-marks.ts";

export type DiffEditorHandle = {
  /** Goes to the next or previous change. */
  go(where: "next" | "previous"): void;
  /** Opens the viewer that reads the changes out, line by line. */
  openAccessibleViewer(): void;
  /** Unfolds a line of the modified side and scrolls to it. */
  reveal(line: number): void;
  /** The line of the modified side that one is at. */
  at(): number | undefined;
};

/** Something below a line of the modified side (0: above the first), such as what was said of it. */
export type LineNote = { readonly name: string; readonly line: number; readonly content: ReactNode };

export type Lines = { readonly line: number; readonly count: number };

export type Coverage = {
  /** Index 0 for line 1; null where no statement begins. */
  readonly base: readonly (number | null)[] | null;
  readonly candidate: readonly (number | null)[] | null;
};

export type DiffEditorProps = {
  original: string;
  modified: string;
  /** What the two sides are, for those who cannot see them. */
  label: string;
  sideBySide: boolean;
  /** How many cases passed through each line of either side: in the gutter, and hatched where none did. */
  coverage?: Coverage | undefined;
  notes?: readonly LineNote[] | undefined;
  struck?: readonly Lines[] | undefined;
  /** Lines of the modified side that are marked as the change one is at. */
  current?: Lines | undefined;
  /** Whether unchanged lines are shown too. */
  whole?: boolean;
  /** The line of the modified side to begin at; the first change when left out. */
  startAt?: number | undefined;
  /** Whether the modified side can be changed; leaving it takes the edits back. */
  editing?: boolean;
  /** Whether what was edited is on its way: nothing can be typed then that would be lost. */
  sending?: boolean;
  /** What editing begins with, where that is not the modified side as it is. */
  draft?: string | undefined;
  /** Hears the modified side while it is edited. */
  onEdit?: ((text: string) => void) | undefined;
  /** Called when Escape leaves the text that is edited. */
  onLeave?: (() => void) | undefined;
  /** Hears the line of the modified side that the cursor comes to. */
  onAt?: ((line: number) => void) | undefined;
  /** Called with a line of the modified side when its number is clicked. */
  onLine?: ((line: number) => void) | undefined;
  onReady?: (() => void) | undefined;
  handle?: Ref<DiffEditorHandle> | undefined;
};

const FOLDED = { enabled: true, contextLineCount: 3, minimumLineCount: 4, revealLineCount: 20 };

/** Below this width two columns of code are too narrow to read. */
const BREAKPOINT = 620;

export default function DiffEditor({
  original,
  modified,
  label,
  sideBySide,
  coverage,
  notes = NO_NOTES,
  struck = NOT_STRUCK,
  current,
  whole = false,
  startAt,
  editing = false,
  sending = false,
  draft,
  onEdit,
  onLeave,
  onAt,
  onLine,
  onReady,
  handle,
}: DiffEditorProps) {
  const [side, setSide] = useState<editor.ICodeEditor | null>(null);
  /** Counts the edits that were taken back: what was unfolded for them folds again only with texts of their own. */
  const [anew, setAnew] = useState(0);
  const start = useRef(startAt);
  const texts = useRef("");
  /** Before there was an edit nothing is taken back: the texts that come first are put in once. */
  const edited = useRef(false);
  const place = useRef<HTMLDivElement>(null);
  const widget = useRef<editor.IStandaloneDiffEditor>(null);
  // What the text is written with is not changed by an edit of a line.
  const lineEnding = modified.includes("\r\n") ? "\r\n" : "\n";
  const callbacks = useRef({ onEdit, onAt, onLine, onReady, label, lineEnding, editing, draft });
  const unfold = useRef<(line: number) => void>(() => {});
  const noted = useRef(notes);
  /** What has something below it, and what one is at, is never folded: nobody would see that it is there. */
  const keepOpen = useRef(() => {
    const at = widget.current?.getModifiedEditor().getPosition()?.lineNumber;
    for (const line of [...noted.current.map((note) => note.line), ...(at === undefined ? [] : [at])]) {
      unfold.current(line);
      unfold.current(line + 1);
    }
  });
  const { resolvedTheme } = useTheme();

  useEffect(() => {
    callbacks.current = { onEdit, onAt, onLine, onReady, label, lineEnding, editing, draft };
  });

  useEffect(() => {
    noted.current = notes;
    keepOpen.current();
  }, [notes]);

  useImperativeHandle(handle, () => ({
    go: (where) => widget.current?.goToDiff(where),
    openAccessibleViewer: () => widget.current?.accessibleDiffViewerNext(),
    reveal: (line) => {
      reveal(widget.current?.getModifiedEditor(), line);
      bringLine(widget.current?.getModifiedEditor(), line);
    },
    at: () => widget.current?.getModifiedEditor().getPosition()?.lineNumber,
  }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read off the page, and this says when it turned
  useEffect(() => {
    // After the page's own: its class is set by then, and turning both at once keeps the click waiting.
    return afterPaint(applyTheme);
  }, [resolvedTheme]);

  // The order of these effects matters: an editor is made whole before it gets its texts, and so is drawn once.
  useEffect(() => {
    if (place.current === null) return;
    applyTheme();
    const created = editor.createDiffEditor(place.current, {
      automaticLayout: true,
      readOnly: true,
      originalEditable: false,
      domReadOnly: true,
      useInlineViewWhenSpaceIsLimited: true,
      renderSideBySideInlineBreakpoint: BREAKPOINT,
      hideUnchangedRegions: FOLDED,
      diffWordWrap: "on",
      ignoreTrimWhitespace: false,
      renderOverviewRuler: false,
      renderIndicators: true,
      renderMarginRevertIcon: false,
      renderGutterMenu: false,
      diffAlgorithm: "advanced",
      maxComputationTime: 4_000,
      fontFamily: getComputedStyle(document.body).getPropertyValue("--font-geist-mono") || "monospace",
      fontSize: 12,
      lineHeight: 20,
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 14,
      glyphMargin: false,
      folding: false,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      smoothScrolling: false,
      renderLineHighlight: "none",
      renderFinalNewline: "off",
      contextmenu: true,
      links: false,
      occurrencesHighlight: "off",
      stickyScroll: { enabled: false },
      fixedOverflowWidgets: true,
      padding: { top: 6, bottom: 6 },
      scrollbar: { alwaysConsumeMouseWheel: false, verticalScrollbarSize: 10, horizontalScrollbarSize: 10 },
      unicodeHighlight: { ambiguousCharacters: true, invisibleCharacters: true, nonBasicASCII: false },
      tabFocusMode: true,
    });
    widget.current = created;
    const clicks = created.getModifiedEditor().onMouseDown(({ target }) => {
      if (target.type === editor.MouseTargetType.GUTTER_LINE_NUMBERS && target.position !== null)
        callbacks.current.onLine?.(target.position.lineNumber);
    });
    const edits = created.getModifiedEditor().onDidChangeModelContent(() => {
      const { onEdit: hear, lineEnding: ending } = callbacks.current;
      hear?.(created.getModifiedEditor().getValue({ preserveBOM: true, lineEnding: ending }));
    });
    const moves = created
      .getModifiedEditor()
      .onDidChangeCursorPosition(({ position }) => callbacks.current.onAt?.(position.lineNumber));
    // Later: the editor is in the middle of folding.
    const folds = created.getModifiedEditor().onDidChangeHiddenAreas(() => queueMicrotask(() => keepOpen.current()));
    // The editor takes the names of its sides away whenever their options are made anew.
    const kept = [
      keepNamed(created.getOriginalEditor(), () => `${callbacks.current.label}: before`),
      keepNamed(created.getModifiedEditor(), () => `${callbacks.current.label}: after`),
      keepWrapped(created.getOriginalEditor()),
    ];
    setSide(created.getModifiedEditor());
    return () => {
      setSide(null);
      for (const one of [clicks, edits, moves, folds, ...kept]) one.dispose();
      created.dispose();
      widget.current = null;
    };
  }, []);

  useEffect(() => {
    const shown = widget.current;
    // Counts are of the sources as they are: an edit has none.
    if (shown === null || coverage === undefined || editing) return;
    const undo = [
      showCoverage(shown.getOriginalEditor(), coverage.base),
      showCoverage(shown.getModifiedEditor(), coverage.candidate),
    ];
    return () => {
      for (const one of undo) one();
    };
  }, [coverage, editing]);

  useEffect(() => {
    const shown = widget.current;
    if (shown === null) return;
    shown.updateOptions({ readOnly: !editing, domReadOnly: !editing, renderMarginRevertIcon: editing });
    const side = shown.getModifiedEditor();
    side.updateOptions({ tabFocusMode: !editing, renderLineHighlight: editing ? "line" : "none" });
    if (editing) {
      if (draft !== undefined) side.getModel()?.setValue(draft);
      side.focus();
    } else if (edited.current && side.getValue() !== modified) setAnew((times) => times + 1);
    edited.current = editing;
  }, [editing, draft, modified]);

  useEffect(() => {
    if (side === null || !editing || !sending) return;
    side.updateOptions({ readOnly: true, readOnlyMessage: { value: "The edit is on its way to its tests." } });
    return () => side.updateOptions({ readOnly: false });
  }, [side, editing, sending]);

  useEffect(() => {
    if (side === null || editing || struck.length === 0) return;
    return mark(
      side,
      struck.map(({ line, count }) => ({
        range: { startLineNumber: line, startColumn: 1, endLineNumber: line + count, endColumn: 1 },
        options: { inlineClassName: "struck" },
      })),
    );
  }, [side, struck, editing]);

  const { line: currentLine = 0, count: currentCount = 0 } = current ?? {};
  useEffect(() => {
    if (side === null || currentLine === 0) return;
    const range = {
      startLineNumber: currentLine,
      startColumn: 1,
      endLineNumber: currentLine + currentCount - 1,
      endColumn: 1,
    };
    return mark(side, [{ range, options: { isWholeLine: true, marginClassName: "current-change" } }]);
  }, [side, currentLine, currentCount]);

  // Turned and unfolded after the button that says so is drawn. Before there are texts it is made so, and drawn once.
  useEffect(() => {
    const turn = (): void => widget.current?.updateOptions({ renderSideBySide: sideBySide });
    if (texts.current !== "") return afterPaint(turn);
    turn();
  }, [sideBySide]);

  useEffect(() => {
    const fold = (): void => widget.current?.updateOptions({ hideUnchangedRegions: { ...FOLDED, enabled: !whole } });
    if (texts.current !== "") return afterPaint(fold);
    fold();
  }, [whole]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an edit that was taken back begins anew with the same texts
  useEffect(() => {
    const shown = widget.current;
    if (shown === null) return;
    // The line of an address is one of the texts that it was opened with, however often those are put in.
    if (texts.current !== "" && texts.current !== `${original}\0${modified}`) start.current = undefined;
    texts.current = `${original}\0${modified}`;
    const model = {
      original: editor.createModel(original, "typescript"),
      modified: editor.createModel(modified, "typescript"),
    };
    const compared = shown.createViewModel(model);
    let gone = false;
    // Shown when it is compared: the whole texts, unfolded and unmarked, would be drawn for nothing.
    void compared.waitForDiff().then(() => {
      if (gone) return;
      shown.setModel(compared);
      // At once: the editor's own way waits, and would take back where a key has gone meanwhile.
      const [first] = shown.getLineChanges() ?? [];
      unfold.current = (line) => (compared as typeof compared & Unfolding).ensureModifiedLineIsVisible(line, 0);
      reveal(shown.getModifiedEditor(), start.current ?? Math.max(1, first?.modifiedStartLineNumber ?? 1));
      keepOpen.current();
      if (start.current !== undefined) bringLine(shown.getModifiedEditor(), start.current);
      // Asked for before there was a text to edit.
      if (callbacks.current.editing) {
        if (callbacks.current.draft !== undefined) model.modified.setValue(callbacks.current.draft);
        shown.getModifiedEditor().focus();
      }
      callbacks.current.onReady?.();
    });
    return () => {
      gone = true;
      unfold.current = () => {};
      if (widget.current !== null) shown.setModel(null);
      compared.dispose();
      model.original.dispose();
      model.modified.dispose();
    };
  }, [original, modified, anew]);

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the text field inside hears the key first, and has its own role */}
      <div
        ref={place}
        className="size-full"
        data-testid="diff-editor"
        data-typing={editing ? "" : undefined}
        onKeyDown={(event) => {
          // Tab writes into the text, so that another key has to lead out of it (WCAG 2.1.2).
          if (editing && event.key === "Escape" && !event.defaultPrevented) onLeave?.();
        }}
      />
      {side !== null &&
        !editing &&
        notes.map(({ name, line, content }) => (
          <BetweenLines key={name} name={name} side={side} line={line}>
            {content}
          </BetweenLines>
        ))}
    </>
  );
}

const NO_NOTES: readonly LineNote[] = [];
const NOT_STRUCK: readonly Lines[] = [];

/** What the editor calls for its own cursor; 0 unfolds from whichever end of the fold is closer. */
type Unfolding = { ensureModifiedLineIsVisible(line: number, from: 0): void };

/** Scrolls the page to a line that the editor was scrolled to. */
function bringLine(side: editor.ICodeEditor | undefined, line: number): void {
  // With the next frame: the page makes its room anew for what was just unfolded.
  requestAnimationFrame(() => {
    const within = side?.getContainerDomNode();
    const at = side?.getModel() && side.getScrolledVisiblePosition({ lineNumber: line, column: 1 });
    if (within === undefined || !within.isConnected || !at) return;
    const top = within.getBoundingClientRect().top + at.top;
    bringIntoPage(within, { top, bottom: top + at.height });
  });
}

/** The cursor unfolds what it is put on. */
function reveal(side: editor.ICodeEditor | undefined, line: number): void {
  const last = side?.getModel()?.getLineCount() ?? 0;
  if (side === undefined || line < 1 || line > last) return;
  side.setPosition({ lineNumber: line, column: 1 });
  side.revealLineInCenter(line);
}

/** Gives a side its name, and again whenever it has lost it. */
function keepNamed(side: editor.ICodeEditor, name: () => string): { dispose(): void } {
  const giveName = (): void => {
    if (side.getOption(editor.EditorOption.ariaLabel) !== name()) side.updateOptions({ ariaLabel: name() });
  };
  giveName();
  return side.onDidChangeConfiguration(giveName);
}

/** Inline the left side never wraps, and the editor forgets to take that back when there is room for two again. */
function keepWrapped(side: editor.ICodeEditor): { dispose(): void } {
  const { wordWrapOverride1: wanted, wordWrapOverride2: left } = editor.EditorOption;
  return side.onDidChangeConfiguration(() => {
    if (side.getOption(wanted) === "on" && side.getOption(left) === "off")
      side.updateOptions({ wordWrapOverride2: "inherit" });
  });
}

/** Nothing to see: whoever draws it names the editor's files. */
export function NothingYet() {
  return null;
}
