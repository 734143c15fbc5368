"use client";
import { Rocket } from "lucide-react";
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
import { RelativeTime } from "#app/_ui/time.tsx";
import type { DecisionFacts } from "./review.tsx";
import { VerdictInLine, WarningsTold } from "./what-tests-said.tsx";

export type ToDeploy = { page: DecisionFacts; pending: boolean; onConfirm: () => void };

/** Asks before what was approved goes live: who approved it, in which mode, and what its tests said. */
export default function DeployDialog({ page, pending, onConfirm, open, onOpenChange }: ToDeploy & Opened) {
  const { tool, nextVersion, approvals, verdict, warnings } = page;
  function confirm(): void {
    if (!pending) onConfirm();
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="max-w-xl" onConfirm={confirm}>
        <DialogHeader>
          <DialogTitle>
            Deploy version {nextVersion} of {tool}?
          </DialogTitle>
          <DialogDescription>
            The file is backed up, then written, and calls use version {nextVersion} at once. Undone by itself when a
            step fails or the watch says it got worse. Watched for {page.monitorCalls} calls.
          </DialogDescription>
        </DialogHeader>
        <ul aria-label="Approvals" className="flex flex-col gap-1 text-13">
          {approvals.by.map(({ id, name, at }) => (
            <li key={id} className="[overflow-wrap:anywhere]">
              {name} approved it <RelativeTime at={at} />.
            </li>
          ))}
          {approvals.simulated !== null && (
            <li className="[overflow-wrap:anywhere]">
              {approvals.simulated.approving ? (
                <>
                  That was in <strong className="font-medium">simulated mode</strong>: nothing was written.
                </>
              ) : (
                <>
                  {approvals.simulated.by} simulated it <RelativeTime at={approvals.simulated.at} />: nothing was
                  written.
                </>
              )}
            </li>
          )}
        </ul>
        <VerdictInLine verdict={verdict} headline={page.headline} />
        <WarningsTold warnings={warnings} />
        <DialogFooter className="sm:items-center">
          <ConfirmHint />
          <DialogClose asChild>
            <Button variant="outline">Cancel</Button>
          </DialogClose>
          <Button pending={pending} onClick={confirm}>
            {!pending && <Rocket aria-hidden />}
            Deploy v{nextVersion}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
