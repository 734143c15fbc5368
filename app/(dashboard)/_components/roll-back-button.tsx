"use client";
import { Redo2, Undo2 } from "lucide-react";
import type { ButtonProps } from "#app/_ui/button.tsx";
import { DialogButton, type Opened } from "#app/_ui/dialog-button.tsx";
import { onDemand } from "#app/_ui/on-demand.tsx";
import type { RollBack } from "./roll-back-dialog.tsx";

const dialog = onDemand<RollBack & Opened>(() => import("./roll-back-dialog.tsx"));

/** Takes a tool to another version, once that was asked. */
export function RollBackButton({ size = "sm", ...to }: RollBack & { size?: ButtonProps["size"] }) {
  const forward = to.activeVersion !== null && to.version > to.activeVersion;
  const Icon = forward ? Redo2 : Undo2;
  return (
    <DialogButton
      dialog={dialog}
      button={{
        variant: "outline",
        size,
        children: (
          <>
            <Icon aria-hidden />
            {forward ? `Make v${to.version} active` : `Roll back to v${to.version}`}
          </>
        ),
      }}
      {...to}
    />
  );
}
