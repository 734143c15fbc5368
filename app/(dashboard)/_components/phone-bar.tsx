"use client";
import { Menu } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Sheet, SheetContent, SheetTrigger } from "#app/_ui/sheet.tsx";
import { type NavigationCounts, NavigationList } from "./navigation-list.tsx";
import { Wordmark } from "./wordmark.tsx";

/** The navigation where there is no room for the sidebar. */
export function PhoneBar({ counts, mode, footer }: { counts: NavigationCounts; mode: ReactNode; footer: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-sidebar/95 px-3 backdrop-blur lg:hidden">
      <Sheet open={open} onOpenChange={setOpen}>
        <SheetTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="Open the navigation">
            <Menu aria-hidden />
          </Button>
        </SheetTrigger>
        <SheetContent title="Navigation">
          <div className="flex h-12 items-center px-4">
            <Wordmark />
          </div>
          <div className="flex-1 overflow-y-auto px-2 py-2">
            <NavigationList counts={counts} onGo={() => setOpen(false)} />
          </div>
          <div className="border-t p-2">{footer}</div>
        </SheetContent>
      </Sheet>
      <Wordmark />
      <div className="ml-auto flex items-center gap-1.5">{mode}</div>
    </div>
  );
}
