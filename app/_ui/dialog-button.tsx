"use client";
import { useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { Brought, type Part } from "./on-demand.tsx";

/** What a dialog that is brought on demand is told by its button. */
export type Opened = { readonly open: boolean; onOpenChange(open: boolean): void };

/** A button and the dialog it opens, whose script comes when the page is at rest; what was typed in it outlives its closing. */
export function DialogButton<Props extends object>({
  dialog,
  button,
  ...props
}: { dialog: Part<Props & Opened>; button: ButtonProps } & Props) {
  const [open, setOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  if (open && !wasOpened) setWasOpened(true);
  return (
    <>
      <Button {...button} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(true)} />
      {wasOpened && (
        <Brought
          part={dialog}
          {...(props as unknown as Props)}
          open={open}
          onOpenChange={(next: boolean) => setOpen(next)}
        />
      )}
    </>
  );
}
