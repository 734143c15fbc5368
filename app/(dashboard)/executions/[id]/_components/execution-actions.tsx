"use client";
import { FlaskConical, ThumbsUp } from "lucide-react";
import { useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { DialogButton, type Opened } from "#app/_ui/dialog-button.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { onDemand } from "#app/_ui/on-demand.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { feedback } from "../../../_components/feedback-action.ts";
import { WrongButton } from "../../../_components/wrong-button.tsx";
import type { NewCase } from "./case-dialog.tsx";

const caseDialog = onDemand<NewCase & Opened>(() => import("./case-dialog.tsx"));

/** Right, wrong with the right answer, or a test case: what a person may say of one call. */
export function ExecutionActions({
  id,
  description,
  output,
  errorCode,
  maySay,
  mayKeep,
  rejected,
  recorded,
  markedWrong,
}: {
  id: string;
  description: string;
  output: string | null;
  errorCode: string | null;
  /** Say that an answer is right or wrong. */
  maySay: boolean;
  /** Make a test case of it. */
  mayKeep: boolean;
  /** It never reached the tool, so there is nothing to hold a version to. */
  rejected: boolean;
  /** Its values are on record, so that one can judge them. */
  recorded: boolean;
  /** Who says that its answer is wrong, where that is what counts. */
  markedWrong: string | null;
}) {
  const [asking, setAsking] = useState(false);
  const right = useAction(feedback, { onDone: () => toast.success("Marked as right.") });
  if (!maySay && !mayKeep) return <NotAllowed scope="call">Saying that an answer is right or wrong</NotAllowed>;
  if (!recorded)
    return (
      <p className="max-w-md text-13 text-muted-foreground">
        Its values are not on record, so here it can neither be marked as right or wrong nor become a test case.
      </p>
    );
  return (
    <>
      {maySay && (
        <>
          <Button
            variant="outline"
            pending={right.pending}
            onClick={() => (markedWrong === null ? right.run({ id, correct: true }) : setAsking(true))}
          >
            {!right.pending && <ThumbsUp aria-hidden />}
            Correct
          </Button>
          {asking && (
            <AskedQuestion
              title="Call this answer right?"
              effect={`${markedWrong} marked it as wrong. Your word takes the place of that: no fix is held to it any more. What was said stays on this page.`}
              button="It is right"
              onYes={() => right.run({ id, correct: true })}
              onClose={() => setAsking(false)}
            />
          )}
          <WrongButton id={id} output={output}>
            Wrong output…
          </WrongButton>
        </>
      )}
      {mayKeep && !rejected && (
        <DialogButton
          dialog={caseDialog}
          button={{
            variant: "outline",
            children: (
              <>
                <FlaskConical aria-hidden />
                Make test case
              </>
            ),
          }}
          id={id}
          description={description}
          output={output}
          errorCode={errorCode}
        />
      )}
    </>
  );
}
