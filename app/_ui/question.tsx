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
} from "./alert-dialog.tsx";
import { buttonVariants } from "./button.tsx";
import { confirmKey } from "./keys.ts";

/**
 * Asks before something is done that one may not want: what it does, the button that does it, and a way out. ⌘↵ does it.
 * @param instead another thing that can be done
 */
export default function Question({
  title,
  effect,
  button,
  instead,
  onYes,
  onClose,
}: {
  title: string;
  effect: string;
  button: string;
  instead?: { readonly button: string; readonly run: () => void };
  onYes: () => void;
  onClose: () => void;
}) {
  return (
    <AlertDialog open onOpenChange={(open) => !open && onClose()}>
      <AlertDialogContent
        onKeyDown={confirmKey(() => {
          onYes();
          onClose();
        })}
      >
        <AlertDialogHeader>
          <AlertDialogTitle>{title}</AlertDialogTitle>
          <AlertDialogDescription className="[overflow-wrap:anywhere]">{effect}</AlertDialogDescription>
        </AlertDialogHeader>
        <AlertDialogFooter>
          <AlertDialogCancel>Cancel</AlertDialogCancel>
          {instead !== undefined && (
            <AlertDialogAction className={buttonVariants({ variant: "outline" })} onClick={instead.run}>
              {instead.button}
            </AlertDialogAction>
          )}
          <AlertDialogAction onClick={onYes}>{button}</AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
