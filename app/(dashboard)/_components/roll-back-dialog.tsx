"use client";
import { Redo2, Undo2 } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { ConfirmHint } from "#app/_ui/confirm-hint.tsx";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "#app/_ui/dialog.tsx";
import type { Opened } from "#app/_ui/dialog-button.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { Mode } from "#lib/core/words.ts";
import { rollBack } from "./roll-back-action.ts";

export type RollBack = {
  tool: string;
  version: number;
  activeVersion: number | null;
  mode: Mode;
  reasonRequired: boolean;
};

/** Says what taking a tool to a version will do in this mode, takes a reason, and tells how it went. */
export default function RollBackDialog({
  tool,
  version,
  activeVersion,
  mode,
  reasonRequired,
  open,
  onOpenChange,
}: RollBack & Opened) {
  const field = useId();
  const [reason, setReason] = useState("");
  const { run, pending } = useAction(rollBack, {
    onDone: ({ state, toVersion, fromVersion }) => {
      onOpenChange(false);
      setReason("");
      if (state === "done")
        toast.success(`Version ${toVersion} of ${tool} is active again.`, {
          ...(fromVersion === null
            ? {}
            : {
                action: {
                  label: "Undo",
                  onClick: () => run({ name: tool, version: fromVersion, reason: "undid the rollback" }),
                },
              }),
        });
      else if (state === "simulated")
        toast.success(`Simulated: nothing was written; version ${fromVersion ?? "none"} still answers.`);
      else toast.error("The rollback failed and was undone: nothing has changed.");
    },
  });
  const ready = !reasonRequired || reason.trim() !== "";
  const forward = activeVersion !== null && version > activeVersion;
  function confirm(): void {
    if (ready && !pending) run({ name: tool, version, reason });
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent onConfirm={confirm}>
        <DialogHeader>
          <DialogTitle>
            Make version {version} of {tool} active{forward ? "" : " again"}?
          </DialogTitle>
          <DialogDescription>
            {mode === "real"
              ? `The file is backed up and replaced by version ${version}, checked, and calls use it at once. Version ${activeVersion ?? "none"} stays in the history.`
              : `Simulated mode: it says what would be done. Version ${activeVersion ?? "none"} keeps answering and the file stays as it is.`}
          </DialogDescription>
        </DialogHeader>
        <div className="flex flex-col gap-1.5">
          <Label htmlFor={field}>
            Why{!reasonRequired && <span className="font-normal text-muted-foreground"> (optional)</span>}
          </Label>
          <Textarea
            id={field}
            value={reason}
            placeholder="Kept with the rollback"
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <DialogFooter className="sm:items-center">
          <ConfirmHint />
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button pending={pending} disabled={!ready} onClick={confirm}>
            {forward ? <Redo2 aria-hidden /> : <Undo2 aria-hidden />}
            {mode === "real" ? (forward ? "Make it active" : "Roll back") : "Simulate"}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
