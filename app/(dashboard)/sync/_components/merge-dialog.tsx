"use client";
import { ArrowDown, ArrowUp, RotateCcw, ShieldAlert } from "lucide-react";
import dynamic from "next/dynamic";
import { useMemo, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "#app/_ui/dialog.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";
import type { MergeRegion } from "#lib/core/merge.ts";
import { unseenDifference } from "#lib/core/unseen-difference.ts";
import { type Choice, hasMarks, linesOn, textOfChoices } from "./merge-choices.ts";
import type { MergePanesHandle } from "./merge-panes.tsx";

// The editor is large: it comes when two edits have met, not before.
const MergePanes = dynamic(() => import("./merge-panes.tsx"), {
  ssr: false,
  loading: () => <Skeleton className="size-full" />,
});

export type MergeConflict = {
  readonly regions: readonly MergeRegion[];
  readonly sides: { readonly disk: string; readonly database: string };
};

const OFFERS = ["disk", "database", "both"] as const satisfies readonly Exclude<Choice, null>[];

/** How the sides and what comes of them are called. */
export type MergeWords = {
  readonly title: string;
  readonly description: string;
  readonly offers: Record<(typeof OFFERS)[number], string>;
  readonly sides: MergeConflict["sides"];
  /** How the marks in the text call the sides. */
  readonly marks: MergeConflict["sides"];
  readonly button: string;
};

const wordsOfEdit = (name: string): MergeWords => ({
  title: `Merge the edit of ${name}`,
  description:
    "The file and the active version changed the same lines. The rest is merged already: choose for each conflict, or edit the result. It is tested before it is taken.",
  offers: { disk: "Take the file", database: "Take the version", both: "Take both" },
  sides: { disk: "On disk", database: "Active version" },
  marks: { disk: "the file", database: "the active version" },
  button: "Test and take the result",
});

/** Three panes: the file, the result, the version. Conflicts are chosen one by one, or settled by typing. */
export function MergeDialog({
  name,
  conflict,
  pending,
  refusal,
  instead,
  widened = NOTHING,
  words = wordsOfEdit(name),
  begun = null,
  onRenew,
  onTake,
  onClose,
}: {
  name: string;
  conflict: MergeConflict;
  pending: boolean;
  /** Why the last result was not taken. */
  refusal: string | null;
  /** What to do with the result where it can no longer be taken. */
  instead?: { readonly button: string; readonly pending: boolean; readonly run: (source: string) => void };
  /** What one of the sides may do beyond what runs now. */
  widened?: readonly string[];
  words?: MergeWords;
  /** A result that was written before, when the sides were others. */
  begun?: string | null;
  /** Asks for the sides as they are now, where one has changed since; the result goes along, null where nothing was done to it. */
  onRenew?: (result: string | null) => void;
  onTake: (source: string) => void;
  onClose: () => void;
}) {
  const { regions, sides } = conflict;
  const total = useMemo(() => regions.filter(({ kind }) => kind === "conflict").length, [regions]);
  const [choices, setChoices] = useState<readonly Choice[]>(() => Array.from({ length: total }, () => null));
  const [current, setCurrent] = useState(0);
  /** Typed by hand: from then on the text is what it is, until it is begun anew. */
  const [typed, setTyped] = useState(begun);
  const panes = useRef<MergePanesHandle>(null);
  const { disk: diskName, database: databaseName } = words.marks;
  const chosen = useMemo(
    () => textOfChoices(regions, choices, { disk: diskName, database: databaseName }),
    [regions, choices, diskName, databaseName],
  );
  /** Whether it was asked to close this while something was chosen or typed. */
  const [leaving, setLeaving] = useState(false);
  const touched = typed !== null || choices.some((choice) => choice !== null);
  const marks = useMemo(() => ({ disk: linesOn(regions, "disk"), database: linesOn(regions, "database") }), [regions]);
  const unseen = useMemo(() => {
    const here = regions.filter(({ kind }) => kind === "conflict")[current];
    return here?.kind === "conflict" ? unseenDifference(here.disk, here.database) : null;
  }, [regions, current]);
  const text = typed ?? chosen.text;
  const taking = instead?.pending ?? pending;
  const takeable = text.trim() !== "" && !hasMarks(text);

  function go(to: number): void {
    const place = (to + total) % total;
    setCurrent(place);
    panes.current?.reveal({
      disk: marks.disk[place]?.from ?? 1,
      result: chosen.places[place]?.from ?? 1,
      database: marks.database[place]?.from ?? 1,
    });
  }
  function choose(choice: Choice): void {
    setChoices(choices.map((one, index) => (index === current ? choice : one)));
    const next = choices.findIndex((one, index) => one === null && index !== current);
    if (next !== -1) go(next);
  }
  function take(): void {
    if (!taking) (instead?.run ?? onTake)(text);
  }
  return (
    <Dialog open onOpenChange={(open) => !open && (touched ? setLeaving(true) : onClose())}>
      <DialogContent
        onConfirm={() => takeable && take()}
        className="h-[calc(100dvh-2rem)] max-w-[100rem] grid-rows-[auto_auto_minmax(0,1fr)_auto]"
      >
        <DialogHeader>
          <DialogTitle>{words.title}</DialogTitle>
          <DialogDescription>{words.description}</DialogDescription>
          {widened.length > 0 && (
            <p className="flex items-start gap-1.5 font-medium text-danger text-sm">
              <ShieldAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
              <span className="[overflow-wrap:anywhere]">
                The edit may do more than the active version: {widened.join("; ")}.
              </span>
            </p>
          )}
        </DialogHeader>
        <div className="flex flex-wrap items-center gap-2">
          <p className="text-sm" aria-live="polite">
            Conflict {current + 1} of {total}
            {typed === null ? `, ${chosen.open} open` : ", edited by hand"}
            {unseen !== null && `; its sides differ only in their ${unseen}`}
          </p>
          <Button variant="ghost" size="icon-sm" aria-label="Previous conflict" onClick={() => go(current - 1)}>
            <ArrowUp aria-hidden />
          </Button>
          <Button variant="ghost" size="icon-sm" aria-label="Next conflict" onClick={() => go(current + 1)}>
            <ArrowDown aria-hidden />
          </Button>
          {OFFERS.map((choice) => (
            <Button
              key={choice}
              size="sm"
              variant={choices[current] === choice ? "secondary" : "outline"}
              aria-pressed={choices[current] === choice}
              disabled={typed !== null}
              onClick={() => choose(choice)}
            >
              {words.offers[choice]}
            </Button>
          ))}
          {typed !== null && (
            <Button size="sm" variant="ghost" onClick={() => setTyped(null)}>
              <RotateCcw aria-hidden /> Back to the choices
            </Button>
          )}
        </div>
        <MergePanes
          disk={{ label: words.sides.disk, text: sides.disk, marked: marks.disk }}
          result={{ label: "Result (edit here)", text, marked: typed === null ? chosen.places : NOTHING }}
          database={{ label: words.sides.database, text: sides.database, marked: marks.database }}
          onEdit={(edited) => setTyped(edited === chosen.text ? null : edited)}
          handle={panes}
        />
        <DialogFooter className="sm:items-center">
          {refusal !== null && (
            <p role="alert" className="mr-auto text-danger text-sm [overflow-wrap:anywhere]">
              {refusal}
              {onRenew !== undefined && (
                <Button
                  variant="outline"
                  size="sm"
                  className="ml-2"
                  pending={pending}
                  onClick={() => onRenew(touched ? text : null)}
                >
                  Show what it holds now
                </Button>
              )}
            </p>
          )}
          {leaving && (
            <p role="alert" className="mr-auto flex flex-wrap items-center gap-2 text-sm">
              What you chose and typed here goes with it.
              <Button variant="destructive" size="sm" onClick={onClose}>
                Close it
              </Button>
              <Button variant="outline" size="sm" onClick={() => setLeaving(false)}>
                Stay
              </Button>
            </p>
          )}
          <Button pending={taking} disabled={!takeable} onClick={take}>
            {instead?.button ?? words.button}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

const NOTHING: readonly never[] = [];
