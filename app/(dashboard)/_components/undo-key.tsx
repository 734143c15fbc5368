"use client";
import { useState } from "react";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from "#app/_ui/alert-dialog.tsx";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { rememberDecision, useLastDecision } from "./last-decision.ts";

/** `.` undoes the last decision while it can be undone; what would write a file is asked about first. */
export function UndoKey() {
  const last = useLastDecision();
  const [asking, setAsking] = useState(false);
  function undo(): void {
    setAsking(false);
    rememberDecision(null);
    last?.undo();
  }
  useShortcut({
    keys: ".",
    label: "Undo the last decision",
    group: "Review",
    enabled: last !== null,
    inPalette: true,
    run: () => (last?.asks === true ? setAsking(true) : undo()),
  });
  return (
    <AlertDialog open={asking && last !== null} onOpenChange={setAsking}>
      {last !== null && (
        <AlertDialogContent>
          <AlertDialogHeader>
            <AlertDialogTitle>{last.question}</AlertDialogTitle>
            <AlertDialogDescription>{last.effect}</AlertDialogDescription>
          </AlertDialogHeader>
          <AlertDialogFooter>
            <AlertDialogCancel>Cancel</AlertDialogCancel>
            <AlertDialogAction onClick={undo}>{last.button}</AlertDialogAction>
          </AlertDialogFooter>
        </AlertDialogContent>
      )}
    </AlertDialog>
  );
}
