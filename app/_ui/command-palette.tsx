"use client";
import { Search } from "lucide-react";
import { useState } from "react";
import { Button } from "./button.tsx";
import { Keys, useShortcut } from "./keyboard.tsx";
import { Brought, onDemand } from "./on-demand.tsx";

/** Where the palette can go: pages, tools. */
export type PaletteEntry = {
  readonly label: string;
  readonly href: string;
  readonly group: string;
  readonly hint?: string;
  /** Found by these words, too. */
  readonly words?: string;
};

const paletteDialog = onDemand(() => import("./palette-dialog.tsx"));

/** ⌘K: goes anywhere, does what the page offers, and leads to whatever else can be done. Renders the button that opens it. */
export function CommandPalette({
  entries,
  more,
}: {
  entries: readonly PaletteEntry[];
  /** Entries that are loaded with the palette, since few pages need them. */
  more?: () => Promise<readonly PaletteEntry[]>;
}) {
  const [open, setOpen] = useState(false);
  useShortcut({ keys: "mod+k", label: "Command palette", group: "Everywhere", run: () => setOpen(!open) });
  return (
    <>
      <Button
        variant="outline"
        onClick={() => setOpen(true)}
        aria-label="Search and commands"
        className="w-full justify-start bg-background px-2 font-normal text-muted-foreground shadow-none"
      >
        <Search aria-hidden />
        <span className="flex-1 text-left">Search…</span>
        <Keys keys="mod+k" />
      </Button>
      {open && <Brought part={paletteDialog} entries={entries} more={more} onClose={() => setOpen(false)} />}
    </>
  );
}
