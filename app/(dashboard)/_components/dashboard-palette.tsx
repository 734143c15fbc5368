"use client";
import { usePathname } from "next/navigation";
import { useCallback } from "react";
import { CommandPalette, type PaletteEntry } from "#app/_ui/command-palette.tsx";
import type { Scope } from "#lib/core/words.ts";

/** The palette with pages and tools at once, and the commands that the caller may give once it is opened. */
export function DashboardPalette({ entries, scopes }: { entries: readonly PaletteEntry[]; scopes: readonly Scope[] }) {
  const here = usePathname();
  const more = useCallback(async (): Promise<readonly PaletteEntry[]> => {
    const { COMMAND_PLACES } = await import("./command-places.ts");
    return COMMAND_PLACES.filter(({ scope }) => scopes.includes("admin") || scopes.includes(scope)).map(
      ({ name, label, href }) => ({
        label,
        // Whoever looks at one tool, call or proposal is where it is done already.
        href: here.startsWith(`${href}/`) ? here : href,
        group: "Where it is done",
        words: name,
      }),
    );
  }, [scopes, here]);
  return <CommandPalette entries={entries} more={more} />;
}
