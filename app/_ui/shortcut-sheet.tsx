"use client";
import { useMemo, useState } from "react";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from "./dialog.tsx";
import { Keys, OFF, type Shortcut, useShortcuts } from "./keyboard.tsx";
import { Label } from "./label.tsx";
import { Switch } from "./switch.tsx";

/** All shortcuts that act now, and the switch that turns single keys off. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const shortcuts = useShortcuts();
  const [off, setOff] = useState(() => localStorage.getItem(OFF) === "yes");
  const groups = useMemo(() => {
    const byGroup = new Map<string, Map<string, Shortcut>>();
    for (const shortcut of shortcuts) {
      const group = byGroup.get(shortcut.group) ?? new Map<string, Shortcut>();
      group.set(shortcut.keys, shortcut);
      byGroup.set(shortcut.group, group);
    }
    return [...byGroup];
  }, [shortcuts]);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="max-w-2xl">
        <DialogHeader>
          <DialogTitle>Keyboard shortcuts</DialogTitle>
          <DialogDescription>No single key deploys or rejects anything.</DialogDescription>
        </DialogHeader>
        <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
          {groups.map(([group, members]) => (
            <section key={group}>
              <h3 className="mb-1.5 font-medium text-muted-foreground text-xs">{group}</h3>
              <ul>
                {[...members.values()].map(({ keys, label }) => (
                  <li key={keys} className="flex items-center justify-between gap-4 py-1 text-13">
                    {label}
                    <Keys keys={keys} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
        <div className="flex items-center gap-2.5 border-t pt-4">
          <Switch
            id="single-keys"
            checked={!off}
            onCheckedChange={(on) => {
              localStorage.setItem(OFF, on ? "no" : "yes");
              setOff(!on);
            }}
          />
          <Label htmlFor="single-keys">Single keys act (those with a modifier always do)</Label>
        </div>
      </DialogContent>
    </Dialog>
  );
}
