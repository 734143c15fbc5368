"use client";
import { useId, useMemo, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Checkbox } from "#app/_ui/checkbox.tsx";
import { cn } from "#app/_ui/cn.ts";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "#app/_ui/dialog.tsx";
import { keepChanges, runsOf } from "#app/_ui/diff/kept-changes.ts";

const marked = (mark: string, lines: readonly string[]): string => lines.map((line) => `${mark} ${line}`).join("\n");

/** Each change with a box: what is left makes a new revision, and its evidence is made anew. */
export default function ChooseChanges({
  original,
  modified,
  pending,
  onClose,
  onChosen,
}: {
  original: string;
  modified: string;
  pending: boolean;
  onClose: () => void;
  onChosen: (source: string) => void;
}) {
  const field = useId();
  const runs = useMemo(() => runsOf(original, modified), [original, modified]);
  const [kept, setKept] = useState<ReadonlySet<number>>(() => new Set(runs.keys()));
  function toggle(index: number): void {
    const next = new Set(kept);
    if (!next.delete(index)) next.add(index);
    setKept(next);
  }
  const ready = kept.size > 0 && kept.size < runs.length;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="max-w-2xl">
        <DialogHeader>
          <DialogTitle>Keep or drop each change</DialogTitle>
          <DialogDescription>
            What stays becomes a new revision. Its tests run again before it can be approved.
          </DialogDescription>
        </DialogHeader>
        <ul className="flex max-h-[60dvh] flex-col gap-2 overflow-y-auto" aria-label="Changes">
          {runs.map((run, index) => {
            const id = `${field}-${index}`;
            return (
              <li key={`${run.before}:${run.after}`} className="overflow-hidden rounded-md border">
                <div className="flex items-center gap-2 border-b bg-muted/50 px-3 py-1.5 text-13">
                  <Checkbox id={id} checked={kept.has(index)} onCheckedChange={() => toggle(index)} />
                  <label htmlFor={id} className="flex-1">
                    Keep change {index + 1} at line {run.after}
                  </label>
                  <span className="text-muted-foreground text-xs">
                    +{run.added.length} −{run.removed.length}
                  </span>
                </div>
                <pre
                  className={cn(
                    "overflow-x-auto py-1 font-mono text-xs leading-5",
                    !kept.has(index) && "line-through opacity-60",
                  )}
                >
                  {run.removed.length > 0 && (
                    <code className="block bg-danger-soft px-3">{marked("−", run.removed)}</code>
                  )}
                  {run.added.length > 0 && <code className="block bg-success-soft px-3">{marked("+", run.added)}</code>}
                </pre>
              </li>
            );
          })}
        </ul>
        {kept.size === 0 && (
          <p className="text-13 text-muted-foreground">Nothing would be left to test: reject the proposal instead.</p>
        )}
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button pending={pending} disabled={!ready} onClick={() => onChosen(keepChanges(original, modified, kept))}>
            Test with {kept.size} of {runs.length} changes
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
