"use client";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { PaletteEntry } from "./command-palette.tsx";
import { Dialog, DialogContent, DialogTitle } from "./dialog.tsx";
import { Keys, useShortcuts } from "./keyboard.tsx";
import { fits, namedPlaces } from "./palette-search.ts";

const itemClasses =
  "flex cursor-default items-center justify-between gap-4 rounded-md px-2.5 py-2 text-13 data-[selected=true]:bg-accent data-[selected=true]:text-accent-foreground";
const groupClasses =
  "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted-foreground [&_[cmdk-group-heading]]:text-xs";

export default function PaletteDialog({
  entries: known,
  more,
  onClose,
}: {
  entries: readonly PaletteEntry[];
  more: (() => Promise<readonly PaletteEntry[]>) | undefined;
  onClose: () => void;
}) {
  const router = useRouter();
  const [loaded, setLoaded] = useState<readonly PaletteEntry[]>([]);
  useEffect(() => {
    let gone = false;
    void more?.().then((late) => !gone && setLoaded(late));
    return () => {
      gone = true;
    };
  }, [more]);
  const [search, setSearch] = useState("");
  const named = namedPlaces(search).map((place) => ({ ...place, group: "By number or id", words: search }));
  const entries: readonly PaletteEntry[] = [...named, ...known, ...loaded];
  const shortcuts = useShortcuts();
  const groups = [...new Set(entries.map(({ group }) => group))];
  const offered = shortcuts.filter(({ inPalette }) => inPalette === true);

  function act(run: () => void): void {
    onClose();
    // After the dialog gave the focus back, so that the action may take it.
    setTimeout(run, 0);
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        aria-describedby={undefined}
        className="top-[12vh] max-w-xl translate-y-0 gap-0 overflow-hidden p-0 [&>button]:hidden"
      >
        <DialogTitle className="sr-only">Search and commands</DialogTitle>
        <Command loop label="Search and commands" filter={fits}>
          <div className="flex items-center gap-2 border-b px-3.5">
            <Search className="size-4 text-muted-foreground" aria-hidden />
            <Command.Input
              value={search}
              onValueChange={setSearch}
              placeholder="Go to a page or tool, or do something…"
              className="h-12 flex-1 bg-transparent text-sm outline-none placeholder:text-muted-foreground"
            />
          </div>
          <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
            <Command.Empty className="px-3 py-8 text-center text-muted-foreground text-13">
              Nothing is called that.
            </Command.Empty>
            {offered.length > 0 && (
              <Command.Group heading="On this page" className={groupClasses}>
                {offered.map((shortcut) => (
                  <Command.Item
                    key={shortcut.keys}
                    value={shortcut.label}
                    onSelect={() => act(shortcut.run)}
                    className={itemClasses}
                  >
                    {shortcut.label}
                    <Keys keys={shortcut.keys} />
                  </Command.Item>
                ))}
              </Command.Group>
            )}
            {groups.map((group) => (
              <Command.Group key={group} heading={group} className={groupClasses}>
                {entries
                  .filter((entry) => entry.group === group)
                  .map((entry) => (
                    <Command.Item
                      key={`${entry.href} ${entry.label}`}
                      value={`${entry.label} ${entry.words ?? ""} ${group}`}
                      onSelect={() => act(() => router.push(entry.href))}
                      className={itemClasses}
                    >
                      <span className="min-w-0 truncate">{entry.label}</span>
                      {entry.hint !== undefined && <Keys keys={entry.hint} />}
                    </Command.Item>
                  ))}
              </Command.Group>
            ))}
          </Command.List>
        </Command>
      </DialogContent>
    </Dialog>
  );
}
