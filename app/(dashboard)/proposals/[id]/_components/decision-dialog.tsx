"use client";
import { useEffect, useId, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Callout } from "#app/_ui/callout.tsx";
import { Checkbox } from "#app/_ui/checkbox.tsx";
import { ConfirmHint } from "#app/_ui/confirm-hint.tsx";
import {
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "#app/_ui/dialog.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import type { DecisionFacts } from "./review.tsx";
import { VerdictInLine, WarningsTold } from "./what-tests-said.tsx";

export type Choice = "approve" | "approve_only" | "request_changes" | "reject";

/** Asks for what a decision needs: a reason, and each warning acknowledged one by one. ⌘↵ confirms. */
export function DecisionDialog({
  choice,
  page,
  deploys,
  pending,
  maySend,
  changed,
  onSeen,
  words: begun,
  onWords,
  onClose,
  onConfirm,
}: {
  choice: Choice;
  page: DecisionFacts;
  deploys: boolean;
  pending: boolean;
  /** Whether the decision may still be made: somebody else may have been faster. */
  maySend: boolean;
  /** Whether what would be decided on is no longer what was shown when the question came up. */
  changed: boolean;
  /** Takes what is shown now for seen. */
  onSeen: () => void;
  /** What was written before and not sent, and who keeps what is written now. */
  words: string;
  onWords: (words: string) => void;
  onClose: () => void;
  onConfirm: (reason: string, acknowledge: string[]) => void;
}) {
  const field = useId();
  const [reason, setReason] = useState(begun);
  const [acknowledged, setAcknowledged] = useState<ReadonlySet<string>>(new Set());
  const approving = choice === "approve" || choice === "approve_only";
  const asked = approving ? page.warnings.filter(({ mustAcknowledge }) => mustAcknowledge) : [];
  const told = approving ? page.warnings.filter(({ mustAcknowledge }) => !mustAcknowledge) : [];
  const reasonNeeded = choice === "request_changes" || page.reasonRequired;
  // What was written is not taken away with the question.
  const late = !maySend && !pending;
  const written = reason.trim() !== "";
  useEffect(() => {
    if (late && !written) onClose();
  }, [late, written, onClose]);
  const ready =
    maySend && !changed && asked.every(({ id }) => acknowledged.has(id)) && (!reasonNeeded || reason.trim() !== "");
  const words = wordsOf(choice, page, deploys);

  function confirm(): void {
    if (ready && !pending) onConfirm(reason, [...acknowledged]);
  }

  return (
    <DialogContent className="max-w-xl" onConfirm={confirm}>
      <DialogHeader>
        <DialogTitle>{words.title}</DialogTitle>
        <DialogDescription>{words.effect}</DialogDescription>
      </DialogHeader>
      {approving && <VerdictInLine verdict={page.verdict} headline={page.headline} />}
      {changed && maySend && (
        <Callout
          tone="warning"
          title={`Meanwhile it changed: this would decide on revision ${page.revision} as it is now.`}
          action={
            <Button
              variant="outline"
              size="sm"
              onClick={() => {
                setAcknowledged(new Set());
                onSeen();
              }}
            >
              Decide on what it is now
            </Button>
          }
        >
          Close this to look at it first.
        </Callout>
      )}
      {asked.length > 0 && (
        <fieldset className="flex flex-col gap-2.5">
          <legend className="mb-2 font-medium text-13">Acknowledge each of these</legend>
          {asked.map(({ id, text }) => (
            <div key={id} className="flex items-start gap-2.5">
              <Checkbox
                id={`${field}-${id}`}
                checked={acknowledged.has(id)}
                className="mt-0.5"
                onCheckedChange={(checked) => {
                  const next = new Set(acknowledged);
                  if (checked) next.add(id);
                  else next.delete(id);
                  setAcknowledged(next);
                }}
              />
              <Label htmlFor={`${field}-${id}`} className="font-normal leading-5">
                {text}
              </Label>
            </div>
          ))}
        </fieldset>
      )}
      <WarningsTold warnings={told} />
      <div className="flex flex-col gap-1.5">
        {late && written && (
          <Callout tone="warning" title="This can no longer be decided here: the page behind says why.">
            What you wrote stays until you close this; copy it where it is needed, a comment for example.
          </Callout>
        )}
        <Label htmlFor={field}>
          {approving && reasonNeeded ? "Why (required)" : words.ask}
          {!approving && reasonNeeded && <span className="font-normal text-muted-foreground"> (required)</span>}
          {!reasonNeeded && <span className="font-normal text-muted-foreground"> (optional)</span>}
        </Label>
        <Textarea
          id={field}
          value={reason}
          required={reasonNeeded}
          placeholder={words.hint}
          onChange={(event) => {
            setReason(event.target.value);
            onWords(event.target.value);
          }}
        />
      </div>
      <DialogFooter className="sm:items-center">
        <ConfirmHint />
        <DialogClose asChild>
          <Button variant="outline">Cancel</Button>
        </DialogClose>
        <Button
          variant={choice === "reject" ? "destructive" : "default"}
          pending={pending}
          disabled={!ready}
          onClick={confirm}
        >
          {words.button}
        </Button>
      </DialogFooter>
    </DialogContent>
  );
}

function wordsOf(choice: Choice, page: DecisionFacts, deploys: boolean) {
  if (choice === "reject")
    return {
      title: `Reject proposal ${page.number}?`,
      // Only what waited for its review goes back to it.
      effect: `It is closed${page.state === "awaiting_review" ? ", and you can take that back" : " for good"}. The next attempt at this problem reads why.`,
      ask: "Why",
      hint: "What is wrong with it",
      button: "Reject",
    };
  if (choice === "request_changes")
    return {
      title: "Request changes",
      effect: "The next attempt gets your words and the comments beside the failures.",
      ask: "What should be different",
      hint: "For example: refuse with a clear code instead of answering null",
      button: "Request changes",
    };
  if (choice === "approve_only")
    return {
      title: `Approve proposal ${page.number} for ${page.tool}`,
      effect: "Nothing is deployed yet: it waits, approved, until somebody deploys it.",
      ask: "A note",
      hint: "Kept with the decision",
      button: "Approve only",
    };
  const simulated = page.mode === "simulated";
  return {
    title: `Approve proposal ${page.number} for ${page.tool}`,
    effect: `${page.approveWords.effect}${!simulated && deploys ? ` Watched for ${page.monitorCalls} calls.` : ""}`,
    ask: "A note",
    hint: "Kept with the decision",
    button: simulated ? "Approve (simulated)" : deploys ? page.approveWords.button : "Approve",
  };
}
