"use client";
import type { ReactNode } from "react";
import { Sheet, SheetContent } from "#app/_ui/sheet.tsx";
import { type NavigationCounts, NavigationList } from "./navigation-list.tsx";
import { Wordmark } from "./wordmark.tsx";

/** The navigation as a sheet from the left. */
export default function PhoneNavigation({
  counts,
  footer,
  onClose,
}: {
  counts: NavigationCounts;
  footer: ReactNode;
  onClose: () => void;
}) {
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()}>
      <SheetContent title="Navigation">
        <div className="flex h-12 items-center px-4">
          <Wordmark />
        </div>
        <div className="flex-1 overflow-y-auto px-2 py-2">
          <NavigationList counts={counts} onGo={onClose} />
        </div>
        <div className="border-t p-2">{footer}</div>
      </SheetContent>
    </Sheet>
  );
}
