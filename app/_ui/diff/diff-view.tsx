"use client";
import { ArrowDown, ArrowUp, Columns2, FoldVertical, Rows2, ScanText, UnfoldVertical } from "lucide-react";
import dynamic from "next/dynamic";
import {
  type ReactNode,
  type Ref,
  Suspense,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { unseenDifference } from "#lib/core/unseen-difference.ts";
import { Button } from "../button.tsx";
import { cn } from "../cn.ts";
import { CopyButton } from "../copy-button.tsx";
import { nameInAddress } from "../going.ts";
import { useShortcut } from "../keyboard.tsx";
import { changesOf } from "./changes.ts";
import type { Coverage, DiffEditorHandle, LineNote, Lines } from "./diff-editor.tsx";
import { DiffText } from "./diff-text.tsx";
import { changeAt, changeBeside, type LineChange } from "./line-changes.ts";

// Drawn on the server too (as an empty place), so that the page's head names the editor's files and they come with it.
const DiffEditor = dynamic(() => import("./diff-editor.tsx"));
// And made ready while the page is still coming to life.
if (typeof window !== "undefined") void import("./diff-editor.tsx");

const INLINE = "whetstone.diff-inline";
const CHANGED = "whetstone:diff-inline";

function subscribe(listener: () => void): () => void {
  window.addEventListener(CHANGED, listener);
  return () => window.removeEventListener(CHANGED, listener);
}

/** More than fits before the editor takes over: thousands of lines as text would only hold it up. */
const FIRST_LINES = 120;

export type DiffViewHandle = Pick<DiffEditorHandle, "at"> & {
  /** Puts the focus on the diff, where what had it is gone. */
  focus(): void;
};

/** The line of the modified side that the address names. */
function lineInAddress(): number | undefined {
  const line = /^#line-(\d{1,6})$/.exec(window.location.hash)?.[1];
  return line === undefined ? undefined : Number(line);
}

/** Two sources beside each other, or below each other when narrow; n and p go through the changes, d turns it. */
export function DiffView({
  original,
  modified,
  changes: changed,
  originalLabel,
  modifiedLabel,
  actions,
  coverage,
  notes,
  struck,
  editing = false,
  sending = false,
  draft,
  onEdit,
  onLeave,
  onLine,
  handle: ref,
  className,
}: {
  original: string;
  modified: string;
  /** What `lineChanges` says of the two. */
  changes: readonly LineChange[];
  originalLabel: string;
  modifiedLabel: string;
  actions?: ReactNode;
  /** How many cases passed through each line, where that is known. */
  coverage?: Coverage | undefined;
  /** Whether the modified side can be changed, and who hears its text. */
  editing?: boolean;
  /** Whether what was edited is on its way: nothing can be typed then that would be lost. */
  sending?: boolean;
  /** What editing begins with, where that is not the modified side as it is. */
  draft?: string | undefined;
  onEdit?: (text: string) => void;
  /** Escape while editing: where the focus goes then is the caller's. */
  onLeave?: () => void;
  onLine?: (line: number) => void;
  /** What stands between the lines of the modified side. */
  notes?: readonly LineNote[] | undefined;
  /** Lines of the modified side that are shown as struck out. */
  struck?: readonly Lines[] | undefined;
  handle?: Ref<DiffViewHandle> | undefined;
  className?: string;
}) {
  const [ready, setReady] = useState(false);
  const inline = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(INLINE) === "yes",
    () => false,
  );
  const handle = useRef<DiffEditorHandle>(null);
  const place = useRef<HTMLElement>(null);
  const changes = useMemo(() => changesOf(original, modified, changed), [original, modified, changed]);
  // A link may name a line: #line-12. One that comes later, by a click on the page, is followed too.
  const [startAt] = useState(() => (typeof window === "undefined" ? undefined : lineInAddress()));
  useEffect(() => {
    const follow = (): void => {
      const line = lineInAddress();
      if (line === undefined) return;
      place.current?.scrollIntoView({ block: "nearest" });
      handle.current?.reveal(line);
    };
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  useImperativeHandle(ref, () => ({
    at: () => handle.current?.at(),
    focus: () => place.current?.focus(),
  }));
  const [line, setLine] = useState(1);
  const current = changed.length === 0 || editing ? null : changeAt(changed, line);
  // The page is drawn anew where another change is come to, not at each line.
  const comeTo = (at: number): void => setLine((was) => (changeAt(changed, was) === changeAt(changed, at) ? was : at));
  const [whole, setWhole] = useState(false);
  function go(where: "next" | "previous"): void {
    const shown = handle.current;
    const from = shown?.at();
    if (shown === null || from === undefined || changed.length === 0) return;
    // What is being edited has other changes than the page was told of.
    if (editing) shown.go(where);
    else shown.reveal(changed[changeBeside(changed, from, where)]?.after ?? 1);
    nameInAddress(`#line-${shown.at() ?? from}`);
  }
  function turn(): void {
    localStorage.setItem(INLINE, inline ? "no" : "yes");
    window.dispatchEvent(new Event(CHANGED));
  }
  useShortcut({ keys: "n", label: "Next change", group: "Diff", run: () => go("next") });
  useShortcut({ keys: "p", label: "Previous change", group: "Diff", run: () => go("previous") });
  useShortcut({ keys: "d", label: "Inline or side by side", group: "Diff", run: turn, inPalette: true });
  useShortcut({
    keys: "u",
    label: "Show or fold what is unchanged",
    group: "Diff",
    enabled: !editing,
    run: () => setWhole(!whole),
    inPalette: true,
  });
  const unseen = useMemo(() => unseenDifference(original, modified), [original, modified]);
  const label = `${originalLabel} against ${modifiedLabel}`;
  return (
    <section
      ref={place}
      aria-label={`Diff: ${label}`}
      tabIndex={-1}
      className={cn("flex min-w-0 flex-col overflow-hidden rounded-lg border bg-card shadow-card", className)}
    >
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1">
        <h2 className="min-w-0 truncate font-medium text-13">
          {originalLabel} <span className="text-muted-foreground">→</span> {modifiedLabel}
        </h2>
        {!editing && (
          <p className="text-muted-foreground text-xs">
            {changes.count} {changes.count === 1 ? "change" : "changes"},{" "}
            <span className="text-success">+{changes.added}</span>{" "}
            <span className="text-danger">−{changes.removed}</span>
            {unseen !== null
              ? `: differs only in its ${unseen}`
              : changes.lineEnds > 0 &&
                `, ${changes.lineEnds} ${changes.lineEnds === 1 ? "line" : "lines"} by the line end alone`}
          </p>
        )}
        {coverage !== undefined && !editing && (
          <p
            className="text-muted-foreground text-xs max-2xl:hidden"
            title="How many of the cases passed through a line"
          >
            <code>n×</code> cases through the line, <span className="hatched rounded-xs px-1">hatched</span> none
          </p>
        )}
        <div className="ml-auto flex flex-wrap items-center gap-0.5">
          {actions}
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Previous change"
            title="Previous change (p)"
            onClick={() => go("previous")}
          >
            <ArrowUp aria-hidden />
          </Button>
          {current !== null && (
            <span aria-live="polite" className="px-0.5 text-muted-foreground text-xs tabular-nums">
              <span className="sr-only">Change </span>
              {current + 1}
              <span aria-hidden>/</span>
              <span className="sr-only"> of </span>
              {changed.length}
            </span>
          )}
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Next change"
            title="Next change (n)"
            onClick={() => go("next")}
          >
            <ArrowDown aria-hidden />
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            className="max-md:hidden"
            aria-label={inline ? "Show side by side" : "Show inline"}
            title={`${inline ? "Side by side" : "Inline"} (d)`}
            onClick={turn}
          >
            {inline ? <Columns2 aria-hidden /> : <Rows2 aria-hidden />}
          </Button>
          {!editing && (
            <Button
              variant="ghost"
              size="icon-sm"
              aria-pressed={whole}
              aria-label="Show unchanged lines"
              title={`${whole ? "Fold unchanged lines" : "Show unchanged lines"} (u)`}
              onClick={() => setWhole(!whole)}
            >
              {whole ? <FoldVertical aria-hidden /> : <UnfoldVertical aria-hidden />}
            </Button>
          )}
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Read the changes line by line"
            title="Read the changes line by line (for screen readers)"
            onClick={() => handle.current?.openAccessibleViewer()}
          >
            <ScanText aria-hidden />
          </Button>
          {!editing && <CopyButton text={modified} label={`Copy ${modifiedLabel}`} />}
        </div>
      </div>
      <div className="relative min-h-0 flex-1">
        {!ready && <DiffText changes={changes} most={FIRST_LINES} className="absolute inset-0 z-10" />}
        <div className="absolute inset-0">
          <Suspense>
            <DiffEditor
              original={original}
              modified={modified}
              label={label}
              sideBySide={!inline}
              coverage={coverage}
              notes={notes}
              struck={struck}
              startAt={startAt}
              current={current === null ? undefined : markOf(changed[current])}
              whole={whole || editing}
              editing={editing}
              sending={sending}
              draft={draft}
              onEdit={onEdit}
              onLeave={onLeave}
              onAt={comeTo}
              onLine={onLine}
              onReady={() => setReady(true)}
              handle={handle}
            />
          </Suspense>
        </div>
      </div>
    </section>
  );
}

/** The lines of the modified side that stand for a change; one that only takes lines out is marked above them. */
function markOf(change: LineChange | undefined): Lines | undefined {
  return (
    change && {
      line: Math.max(1, change.added > 0 ? change.after : change.after - 1),
      count: Math.max(1, change.added),
    }
  );
}
