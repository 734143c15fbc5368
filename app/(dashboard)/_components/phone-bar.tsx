"use client";
import { Menu } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Brought, onDemand } from "#app/_ui/on-demand.tsx";
import type { NavigationCounts } from "./navigation-list.tsx";
import { Wordmark } from "./wordmark.tsx";

const phoneNavigation = onDemand(() => import("./phone-navigation.tsx"));

/** The top bar where there is no room for the sidebar. */
export function PhoneBar({ counts, mode, footer }: { counts: NavigationCounts; mode: ReactNode; footer: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <header className="sticky top-(--strip,0px) z-30 flex h-12 items-center gap-2 border-b bg-sidebar/95 px-3 backdrop-blur lg:hidden">
      <Button
        variant="ghost"
        size="icon"
        aria-label="Open the navigation"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(true)}
      >
        <Menu aria-hidden />
      </Button>
      {open && <Brought part={phoneNavigation} counts={counts} footer={footer} onClose={() => setOpen(false)} />}
      <Wordmark />
      <div className="ml-auto flex items-center gap-1.5">{mode}</div>
    </header>
  );
}
