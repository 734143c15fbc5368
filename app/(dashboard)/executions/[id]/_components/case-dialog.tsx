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
import { MASK } from "#lib/core/sensitive.ts";
import { parseJson } from "../../../_components/parse-json.ts";
import { saveCase } from "../actions.ts";

/** What a test case of a call starts from. */
export type NewCase = {
  /** Of the execution. */
  id: string;
  description: string;
  output: string | null;
  errorCode: string | null;
};

/** Asks what the right answer to a call's input is, and keeps both as a test case. */
export default function CaseDialog({ id, description, output, errorCode, open, onOpenChange }: NewCase & Opened) {
  const field = useId();
  const [name, setName] = useState(description);
  const [expected, setExpected] = useState(output ?? "");
  const [code, setCode] = useState(errorCode ?? "");
  const [fault, setFault] = useState("");
  const { run, pending } = useAction(saveCase, {
    onDone: () => {
      onOpenChange(false);
      toast.success("Saved as a test case: every later change is held to it.");
    },
    onRefused: ({ message }) => setFault(message),
  });
  function save(): void {
    const described = name.trim() === "" ? {} : { description: name };
    const parsed = parseJson(expected);
    // The recorded answer is taken as it is, with what the page hides.
    const asRecorded = output !== null && expected === output && expected.includes(MASK);
    if (code.trim() !== "") run({ id, retest: true, ...described, shouldThrow: code.trim() });
    else if (asRecorded) run({ id, retest: true, ...described });
    else if (!parsed.ok) setFault("Say what is right: an output as JSON, or the code of a refusal.");
    else run({ id, retest: true, ...described, expectedOutput: parsed.value });
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent onConfirm={() => !pending && save()}>
        <DialogHeader>
          <DialogTitle>Make a test case of this call</DialogTitle>
          <DialogDescription>Its input and recorded effects are kept; say what the right answer is.</DialogDescription>
        </DialogHeader>
        <div className="grid gap-3">
          <div className="grid gap-1">
            <Label htmlFor={`${field}-name`}>Description</Label>
            <Input id={`${field}-name`} value={name} onChange={(event) => setName(event.target.value)} />
          </div>
          <div className="grid gap-1">
            <Label htmlFor={`${field}-expected`}>Right output (JSON)</Label>
            <Textarea
              id={`${field}-expected`}
              rows={5}
              className="font-mono text-xs"
              value={expected}
              onChange={(event) => setExpected(event.target.value)}
            />
          </div>
          <div className="grid gap-1">
            <Label htmlFor={`${field}-code`}>Or it should refuse with the code</Label>
            <Input
              id={`${field}-code`}
              value={code}
              placeholder="division_by_zero"
              onChange={(event) => setCode(event.target.value)}
            />
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
            Save test case
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
