"use client";
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
import type { Undoable } from "./last-decision.ts";

/** Asks whether what would write a file is undone. */
export default function UndoQuestion({
  about,
  onUndo,
  onClose,
}: {
  about: Pick<Undoable, "question" | "effect" | "button">;
  onUndo: () => void;
  onClose: () => void;
}) {
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()}>
      <AlertDialogContent>
        <AlertDialogHeader>
          <AlertDialogTitle>{about.question}</AlertDialogTitle>
          <AlertDialogDescription>{about.effect}</AlertDialogDescription>
        </AlertDialogHeader>
        <AlertDialogFooter>
          <AlertDialogCancel>Cancel</AlertDialogCancel>
          <AlertDialogAction onClick={onUndo}>{about.button}</AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
