"use client";
import { useRef } from "react";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { OpportunityState } from "#lib/core/words.ts";
import { rememberDecision } from "../../../_components/last-decision.ts";
import { change } from "../../actions.ts";

/** What a change may alter, and its undo brings back. */
export type Kept = { state: OpportunityState; assignee: string; note: string; snoozedUntil: Date | null };

type Change = Omit<Parameters<typeof change>[0], "id">;

/** The change that takes another one back. */
function inverse(done: Change, before: Kept): Change {
  const snoozed = before.state === "snoozed" && before.snoozedUntil !== null && before.snoozedUntil > new Date();
  return {
    ...(done.assignee === undefined ? {} : { assignee: before.assignee === "" ? null : before.assignee }),
    // With its state the reason for it comes back.
    ...(done.note === undefined && done.state === undefined ? {} : { note: before.note }),
    ...(done.state === undefined
      ? {}
      : before.state === "dismissed"
        ? { state: "dismissed" as const }
        : snoozed
          ? { state: "snoozed" as const, snoozedUntil: before.snoozedUntil?.toISOString() }
          : { state: "open" as const }),
  };
}

/** Changes an opportunity at once, with a notice that undoes it; the full stop key does as well. */
export function useUndoableChange(id: string, tool: string, before: Kept) {
  const words = useRef("");
  const undoing = useAction(change, {
    onDone: () => toast.success("Taken back."),
  });
  const pendingUndo = useRef<() => void>(() => {});
  const { run, pending } = useAction(change, {
    onDone: () => {
      const undo = pendingUndo.current;
      rememberDecision({
        question: `Take back what was done with the problem of ${tool}?`,
        effect: "It is as it was before.",
        button: "Take back",
        asks: false,
        undo,
      });
      toast.success(words.current, {
        action: {
          label: "Undo",
          onClick: () => {
            rememberDecision(null);
            undo();
          },
        },
      });
    },
  });
  return {
    pending: pending || undoing.pending,
    run(done: Change, notice: string): void {
      words.current = notice;
      pendingUndo.current = () => undoing.run({ id, ...inverse(done, before) });
      run({ id, ...done });
    },
  };
}
