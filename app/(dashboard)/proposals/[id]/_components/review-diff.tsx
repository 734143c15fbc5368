"use client";
import { Pencil } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import type { Coverage } from "#app/_ui/diff/diff-editor.tsx";
import { DiffView, type DiffViewHandle } from "#app/_ui/diff/diff-view.tsx";
import { changeAt, type LineChange } from "#app/_ui/diff/line-changes.ts";
import { Keys, useShortcut } from "#app/_ui/keyboard.tsx";
import { hush } from "#app/_ui/keys.ts";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { linesInWords } from "#lib/core/lines-in-words.ts";
import type { MergeConflict } from "../../../sync/_components/merge-dialog.tsx";
import { MergeDialog } from "../../../sync/_components/merge-dialog-on-demand.ts";
import { proposeAgain, revise } from "../actions.ts";
import { ChangeBar } from "./change-bar.tsx";
import { type KeptEdit, keepEdit, offerBack, readKeptEdit } from "./kept-edit.ts";
import { LineThread } from "./line-thread.tsx";
import { takeSuggestion } from "./suggestions.ts";
import type { Thread } from "./threads.ts";
import { useTellUnsent } from "./unsent.ts";
import { useBegunComments } from "./use-begun-comments.ts";
import { useKeptChanges } from "./use-kept-changes.ts";

/** With more changes, a row above each would fill the diff: those that are dropped have one, and a button serves the one at hand. */
const MOST_ROWS = 60;

type Sides = {
  original: string;
  modified: string;
  changes: readonly LineChange[];
  originalLabel: string;
  modifiedLabel: string;
  coverage?: Coverage | undefined;
};

/** Of a proposal that takes no revision any more: the state that it is in. */
type Late = { readonly state: string };
/** What the server makes of an edit of a revision that is no longer the newest; null where lines meet. */
type Merged = { readonly revision: number; readonly merged: string | null };

/**
 * The proposed source beside the one that runs. A click on a line number, or `c`, begins a comment below that line. Where the
 * proposal may be changed, its side can be edited and each of its changes kept or dropped: either makes a revision, tested anew.
 */
export function ReviewDiff({
  proposalId,
  revision,
  about,
  editable,
  mayComment,
  threads,
  ...sides
}: {
  proposalId: string;
  revision: number;
  /** What a proposal made of an edit is for: the same as this one. */
  about: Pick<Parameters<typeof proposeAgain>[0], "tool" | "purpose" | "opportunityId">;
  editable: boolean;
  mayComment: boolean;
  /** What was said of lines of the proposed side. */
  threads: readonly Thread[];
} & Sides) {
  // What an edit began from stays what is shown, whatever others send meanwhile.
  const router = useRouter();
  const [edited, setEdited] = useState<(Sides & { revision: number; draft?: string }) | null>(null);
  const [kept, setKept] = useState<KeptEdit | null>(null);
  useEffect(() => setKept(readKeptEdit(proposalId)), [proposalId]);
  const editing = edited !== null;
  const shown = edited ?? sides;
  const [changed, setChanged] = useState(false);
  const [conflict, setConflict] = useState<(MergeConflict & { revision: number }) | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  /** Whether it takes no revision any more, so that a result made by hand can only be proposed anew. */
  const [late, setLate] = useState(false);
  const { begun, begin, end } = useBegunComments(proposalId, sides.modified);
  const diff = useRef<DiffViewHandle>(null);
  const edits = useRef<HTMLSpanElement>(null);
  const text = useRef(sides.modified);
  const changes = useKeptChanges(proposalId, sides.original, sides.modified, sides.changes, editable);
  const { runs, dropped, lost } = changes;
  useEffect(() => {
    if (lost > 0)
      toast.info(
        `${lost} of the changes that you dropped ${lost === 1 ? "is" : "are"} not in revision ${revision} as ${lost === 1 ? "it was" : "they were"}: look again.`,
      );
  }, [lost, revision]);
  const { run, pending } = useAction(revise, {
    onDone: (made) => {
      if (editing) {
        forget();
        // Whoever went on typing gives no commands.
        hush(performance.now());
      } else changes.keepAll();
      setEdited(null);
      setChanged(false);
      setConflict(null);
      // What was pressed is gone; the next key goes on from here and not from the top of the page.
      diff.current?.focus();
      toast.success(`Revision ${made.revision} is being tested. It can be approved when its evidence is there.`);
    },
    onRefused: ({ message, details }) => {
      const {
        revision: newest,
        merged,
        regions,
        sides: both,
        state,
      } = details as Partial<MergeConflict & Merged & Late>;
      if (newest !== undefined && typeof merged === "string") {
        toast.success(`Revision ${newest} came in meanwhile: your edit is put onto it.`);
        send(merged, undefined, newest);
      } else if (newest !== undefined && regions !== undefined && both !== undefined) {
        setRefusal(null);
        setLate(false);
        setConflict({ regions, sides: both, revision: newest });
      } else if (conflict !== null) {
        setRefusal(message);
        setLate(state !== undefined);
      } else toast.error(message);
    },
  });
  const anew = useAction(proposeAgain, {
    onDone: ({ id }) => {
      forget();
      setConflict(null);
      router.push(`/proposals/${id}`);
    },
  });
  function proposeAnew(source: string): void {
    anew.run({ ...about, source, rationale: `Begun as an edit of proposal ${proposalId}.` });
  }
  const send = (source: string, rationale?: string, onto = edited?.revision ?? revision): void =>
    run({ id: proposalId, source, revision: onto, ...(rationale === undefined ? {} : { rationale }) });

  useTellUnsent(
    changed
      ? "Your edit is not tested yet: test it, or discard it."
      : kept !== null && editable && !editing
        ? "An edit of yours is not tested yet: go on with it, or discard it."
        : dropped.size > 0
          ? `${dropped.size} of ${runs.length} changes ${dropped.size === 1 ? "is" : "are"} dropped and the rest not tested yet: test it, or keep all.`
          : null,
  );

  const lines = useMemo(() => sides.modified.split("\n"), [sides.modified]);
  const open = begun.filter(({ at }) => !threads.some(({ line }) => line === at));
  const all = [...threads, ...open.map(({ at }) => ({ line: at, comments: [] }))];
  const said = all
    .filter(({ line }) => line <= lines.length)
    .map((thread) => ({ thread, writing: begun.find(({ at }) => at === thread.line) ?? null }))
    .map(({ thread, writing }) => ({
      // Of one name however far its line moves, so that the cursor stays in what is being written.
      name: writing === null ? `said-${thread.line}` : `begun-${writing.line}`,
      line: thread.line,
      content: (
        <LineThread
          thread={thread}
          lines={lines}
          proposalId={proposalId}
          revision={revision}
          mayComment={mayComment}
          writing={writing === null ? null : { number: writing.line, text: writing.text, asked: writing.asked }}
          take={
            editable
              ? {
                  run: (on, suggestion, by) =>
                    send(
                      takeSuggestion(sides.modified, on, suggestion),
                      `Takes the suggestion of ${by} on ${linesInWords(on.from, on.to)}.`,
                    ),
                  pending,
                }
              : null
          }
          onAnswer={() => begin(thread.line)}
          onClose={() => writing !== null && end(writing.line)}
        />
      ),
    }));

  const many = runs.length > MOST_ROWS;
  const bars = runs.flatMap(({ after }, index) =>
    many && !dropped.has(index)
      ? []
      : {
          name: `change-${index}`,
          line: after - 1,
          content: (
            <ChangeBar
              number={index + 1}
              count={runs.length}
              dropped={dropped.has(index)}
              onChoose={(drop) => changes.choose(index, drop)}
            />
          ),
        },
  );
  const struck = useMemo(
    () => runs.flatMap(({ after, added }, index) => (dropped.has(index) ? [{ line: after, count: added }] : [])),
    [runs, dropped],
  );

  function forget(): void {
    keepEdit(proposalId, null);
    setKept(null);
  }
  /** Discards an edit; its notice brings it back, kept as when one goes to another page. */
  function discard(): void {
    const gone = editing ? { revision: edited.revision, source: text.current } : kept;
    const worth = editing ? changed : kept !== null;
    edit(false);
    if (gone !== null && worth) offerBack(proposalId, gone, () => setKept(gone));
  }
  function edit(on: boolean): void {
    if (!on) forget();
    text.current = sides.modified;
    setChanged(false);
    setEdited(on ? { ...sides, revision } : null);
  }
  function goOn(edit: KeptEdit): void {
    text.current = edit.source;
    setChanged(true);
    setEdited({ ...sides, revision: edit.revision, draft: edit.source });
  }
  useShortcut({
    keys: "m",
    label: "Edit the proposed side",
    group: "Diff",
    enabled: editable && !editing,
    inPalette: true,
    run: () => (kept === null ? edit(true) : goOn(kept)),
  });
  useShortcut({
    keys: "c",
    label: "Comment on the line",
    group: "Diff",
    enabled: mayComment && !editing,
    inPalette: true,
    run: () => {
      const line = diff.current?.at();
      // Before there is a text to comment on, no line is meant.
      if (line !== undefined) begin(line);
    },
  });
  function dropOrKeep(): void {
    const index = changeAt(runs, diff.current?.at() ?? 1);
    changes.choose(index, !dropped.has(index));
  }
  useShortcut({
    keys: "o",
    label: "Keep or drop the change",
    group: "Diff",
    enabled: runs.length > 0 && !editing,
    inPalette: true,
    run: dropOrKeep,
  });
  useShortcut({
    keys: "mod+enter",
    label: "Test the edit",
    group: "Diff",
    enabled: editing && changed && !pending,
    run: () => send(text.current),
  });

  // What nobody can send as a revision any more is not lost: it is read, copied, or proposed anew.
  const orphan = !editable && mayComment && (editing || kept !== null);
  const actions = (editable || editing || orphan) && (
    <span ref={edits} className="mr-1 flex flex-wrap items-center gap-1">
      {orphan ? (
        <>
          <span role="status" className="mr-1 text-warning text-xs">
            {editing ? "Your edit" : "An edit of yours"} came too late to be a revision.
          </span>
          <CopyButton text={async () => (editing ? text.current : (kept?.source ?? ""))} label="Copy your edit" />
          <Button
            size="sm"
            pending={anew.pending}
            onClick={() => proposeAnew(editing ? text.current : (kept?.source ?? ""))}
          >
            Propose it anew
          </Button>
          <Button size="sm" variant="ghost" onClick={discard}>
            Discard
          </Button>
        </>
      ) : editing ? (
        <>
          {revision > edited.revision && (
            <span role="status" className="mr-1 text-warning text-xs">
              Revision {revision} came in: testing puts yours onto it.
            </span>
          )}
          <span className="mr-1 text-muted-foreground text-xs max-md:hidden">
            <Keys keys="escape" /> leaves the text, <Keys keys="mod+enter" /> tests it
          </span>
          <Button size="sm" pending={pending} disabled={!changed} onClick={() => send(text.current)}>
            Test the edit
          </Button>
          <Button size="sm" variant="ghost" disabled={pending} onClick={discard}>
            Discard
          </Button>
        </>
      ) : (
        <>
          {dropped.size > 0 && (
            <>
              <Button
                size="sm"
                pending={pending}
                disabled={dropped.size === runs.length}
                title={
                  dropped.size === runs.length
                    ? "Nothing would be left to test: reject the proposal instead"
                    : undefined
                }
                onClick={() => send(changes.source())}
              >
                Test with {runs.length - dropped.size} of {runs.length} changes
              </Button>
              <Button size="sm" variant="ghost" disabled={pending} onClick={changes.keepAll}>
                Keep all
              </Button>
            </>
          )}
          {many && (
            <Button size="sm" variant="ghost" title="Drop or keep the change at the cursor (o)" onClick={dropOrKeep}>
              Drop or keep
            </Button>
          )}
          {kept !== null && (
            <Button size="sm" variant="ghost" className="text-warning" onClick={discard}>
              Discard your edit
            </Button>
          )}
          <Button
            size="sm"
            variant={kept === null ? "ghost" : "outline"}
            title={kept === null ? "Edit the proposed side (m)" : "An edit of yours was not tested yet (m)"}
            onClick={() => (kept === null ? edit(true) : goOn(kept))}
          >
            <Pencil aria-hidden />
            {kept === null ? "Edit" : "Go on with your edit"}
          </Button>
        </>
      )}
    </span>
  );
  return (
    <>
      {conflict !== null && (
        <MergeDialog
          // The result of one merge that met another revision is the edit of the next.
          key={conflict.revision}
          name={`proposal ${proposalId}`}
          conflict={conflict}
          pending={pending}
          refusal={refusal}
          {...(late && { instead: { button: "Propose it anew", pending: anew.pending, run: proposeAnew } })}
          words={{
            title: `Put your edit onto revision ${conflict.revision}`,
            description:
              "Both changed the same lines. The rest is merged already: choose for each conflict, or edit the result. It becomes a new revision and is tested.",
            offers: { disk: "Take mine", database: `Take revision ${conflict.revision}`, both: "Take both" },
            sides: { disk: "Your edit", database: `Revision ${conflict.revision}` },
            marks: { disk: "your edit", database: `revision ${conflict.revision}` },
            button: "Test the result",
          }}
          onTake={(source) => send(source, undefined, conflict.revision)}
          onClose={() => setConflict(null)}
        />
      )}
      <DiffView
        {...shown}
        actions={actions}
        editing={editing}
        sending={pending}
        onLeave={() => edits.current?.querySelector<HTMLButtonElement>("button:enabled")?.focus()}
        onEdit={(source) => {
          text.current = source;
          const differs = source !== shown.modified;
          setChanged(differs);
          if (edited !== null) keepEdit(proposalId, differs ? { revision: edited.revision, source } : null);
        }}
        className="h-[clamp(22rem,calc(100dvh-23rem),52rem)]"
        notes={[...bars, ...said]}
        struck={struck}
        handle={diff}
        {...(mayComment && { onLine: begin })}
      />
    </>
  );
}
