"use client";
import { ThumbsDown } from "lucide-react";
import type { ButtonProps } from "#app/_ui/button.tsx";
import { DialogButton, type Opened } from "#app/_ui/dialog-button.tsx";
import { onDemand } from "#app/_ui/on-demand.tsx";
import type { Wrong } from "./wrong-dialog.tsx";

const dialog = onDemand<Wrong & Opened>(() => import("./wrong-dialog.tsx"));

/** Asks what an answer should have been. */
export function WrongButton({ button, children, ...of }: Wrong & { button?: ButtonProps; children: string }) {
  return (
    <DialogButton
      dialog={dialog}
      button={{
        variant: "outline",
        ...button,
        children: (
          <>
            <ThumbsDown aria-hidden />
            {children}
          </>
        ),
      }}
      {...of}
    />
  );
}
