"use client";
import { ThumbsUp } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { Json } from "#lib/core/json.ts";
import type { ReviewPage } from "#lib/queries/review-page.ts";
import { feedback } from "../../../_components/feedback-action.ts";
import { WrongButton } from "../../../_components/wrong-button.tsx";
import { testAgain } from "../actions.ts";

/** A person's word on the recorded answer: it turns labels, and with them the verdict, when the tests run again. */
export function JudgeAnswer({
  proposalId,
  executionId,
  said,
  output,
  proposed,
  baseVersion,
}: {
  proposalId: string;
  executionId: string;
  /** What was last said of it, where anything was: saying something else replaces it. */
  said: ReviewPage["said"][string] | undefined;
  output: string | null;
  /** The new version's answer where it is another one: saying that it is right says what the old one should have been. */
  proposed: Json | undefined;
  baseVersion: number;
}) {
  const again = useAction(testAgain, { onDone: () => toast.success("The tests run again.") });
  function offerTests(said: string): void {
    toast.success(said, {
      id: `judged ${proposalId}`,
      description: "The evidence counts it when the tests run again.",
      action: { label: "Test again", onClick: () => again.run({ id: proposalId }) },
      duration: 15_000,
    });
  }
  const right = useAction(feedback, {
    onDone: () => offerTests(`Version ${baseVersion}'s answer is marked as right.`),
  });
  const confirmed = useAction(feedback, { onDone: () => offerTests("The proposed answer is marked as right.") });
  const saidOfProposed = said?.expected !== undefined && said.expected === JSON.stringify(proposed);
  const wrong = said?.correct === false && !saidOfProposed;
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <span className="text-muted-foreground text-xs">Version {baseVersion}'s answer was</span>
      {output !== null && (
        <Button
          variant={said?.correct === true ? "secondary" : "outline"}
          size="sm"
          aria-pressed={said?.correct === true}
          pending={right.pending}
          onClick={() => right.run({ id: executionId, correct: true })}
        >
          {!right.pending && <ThumbsUp aria-hidden />}
          Right
        </Button>
      )}
      <WrongButton
        id={executionId}
        output={output}
        onSaved={() => offerTests(`Version ${baseVersion}'s answer is marked as wrong.`)}
        button={{ variant: wrong ? "secondary" : "outline", size: "sm", "aria-pressed": wrong }}
      >
        Wrong, it should be…
      </WrongButton>
      {proposed !== undefined && (
        <>
          <span className="ml-2 text-muted-foreground text-xs">The proposed answer is</span>
          <Button
            variant={saidOfProposed ? "secondary" : "outline"}
            size="sm"
            aria-label="The proposed answer is right"
            aria-pressed={saidOfProposed}
            pending={confirmed.pending}
            onClick={() => confirmed.run({ id: executionId, correct: false, expectedOutput: proposed })}
          >
            {!confirmed.pending && <ThumbsUp aria-hidden />}
            Right
          </Button>
        </>
      )}
      {said !== undefined && (
        <span className="w-full text-muted-foreground text-xs">
          Marked as {said.correct ? "right" : "wrong"} <RelativeTime at={said.at} />
          {!said.counted && ": the evidence counts it when the tests run again"}.
        </span>
      )}
    </div>
  );
}
