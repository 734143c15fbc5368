"use client";
import { Undo2 } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { rememberDecision, useLastDecision } from "../../../_components/last-decision.ts";
import { undo } from "../actions.ts";
import { insteadOfDecided } from "./use-aftermath.ts";

/** Takes the last decision back where its notice is long gone: the proposal waits for its review again. */
export function TakeBack({ proposalId }: { proposalId: string }) {
  const { run, pending } = useAction(undo, {
    onDone: ({ number }) => {
      rememberDecision(null);
      toast.success(`The decision on proposal ${number} is taken back.`, insteadOfDecided(proposalId));
    },
  });
  const remembered = useLastDecision();
  useShortcut({
    keys: ".",
    label: "Take the decision back",
    group: "Review",
    // What this window decided last comes first.
    enabled: remembered === null && !pending,
    inPalette: true,
    run: () => run({ id: proposalId }),
  });
  return (
    <Button variant="outline" size="sm" pending={pending} onClick={() => run({ id: proposalId })}>
      {!pending && <Undo2 aria-hidden />}
      Take the decision back
    </Button>
  );
}
