"use client";
import { useId, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { ConfirmHint } from "#app/_ui/confirm-hint.tsx";
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "#app/_ui/dialog.tsx";
import type { Opened } from "#app/_ui/dialog-button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { equalJson } from "#lib/core/comparison.ts";
import type { Json } from "#lib/core/json.ts";
import { feedback } from "./feedback-action.ts";
import { parseJson } from "./parse-json.ts";

export type Wrong = {
  /** Of the execution. */
  id: string;
  output: string | null;
  onSaved?: () => void;
};

/** Says that an answer is wrong, and what it should have been. */
export default function WrongDialog({ id, output, onSaved, open, onOpenChange }: Wrong & Opened) {
  const field = useId();
  const [expected, setExpected] = useState(output ?? "");
  const [note, setNote] = useState("");
  const [fault, setFault] = useState("");
  const { run, pending } = useAction(feedback, {
    onDone: () => {
      onOpenChange(false);
      if (onSaved === undefined) toast.success("Marked as wrong: detection and the next fix take it into account.");
      else onSaved();
    },
    onRefused: ({ message }) => setFault(message),
  });
  function save(): void {
    const parsed = expected.trim() === "" ? null : parseJson(expected);
    if (parsed !== null && !parsed.ok)
      setFault("The right output has to be JSON; leave it empty where you do not know it.");
    else if (parsed !== null && output !== null && equalJson(parsed.value as Json, JSON.parse(output)))
      setFault("This is the answer that it gave: write what it should have been, or leave it empty.");
    else
      run({
        id,
        correct: false,
        ...(parsed === null ? {} : { expectedOutput: parsed.value, checked: true }),
        ...(note.trim() === "" ? {} : { note }),
      });
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent onConfirm={() => !pending && save()}>
        <DialogHeader>
          <DialogTitle>This answer is wrong</DialogTitle>
          <DialogDescription>
            A wrong value raises no exception: your word is how it is found. With the right answer, a fix can be proved.
          </DialogDescription>
        </DialogHeader>
        <div className="grid gap-3">
          <div className="grid gap-1">
            <Label htmlFor={`${field}-expected`}>It should have been (JSON, empty if unknown)</Label>
            <Textarea
              id={`${field}-expected`}
              rows={6}
              className="font-mono text-xs"
              value={expected}
              onChange={(event) => setExpected(event.target.value)}
            />
          </div>
          <div className="grid gap-1">
            <Label htmlFor={`${field}-note`}>Note</Label>
            <Input id={`${field}-note`} value={note} onChange={(event) => setNote(event.target.value)} />
          </div>
          {fault !== "" && (
            <p role="alert" className="text-13 text-danger">
              {fault}
            </p>
          )}
        </div>
        <DialogFooter className="sm:items-center">
          <ConfirmHint />
          <Button pending={pending} onClick={save}>
            Mark as wrong
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
