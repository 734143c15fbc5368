"use client";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { createRegistry, OFF, RegistryContext, useShortcut } from "./keyboard.tsx";
import { isHushed, isTyping, matchKeys, type Press } from "./keys.ts";
import { Brought, onDemand } from "./on-demand.tsx";

const shortcutSheet = onDemand(() => import("./shortcut-sheet.tsx"));

/** How long the keys of a sequence may lie apart. */
const SEQUENCE_MS = 900;

/** Hears the keys of a page. Of two shortcuts with the same keys the one registered last acts. */
export function KeyboardProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(createRegistry);
  const [sheetOpen, setSheetOpen] = useState(false);
  const presses = useRef<Press[]>([]);
  const forget = useRef<ReturnType<typeof setTimeout>>(undefined);

  const onKey = useCallback(
    (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || /^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
      const modified = event.metaKey || event.ctrlKey;
      if (!modified && (isHushed(event.timeStamp) || isTyping(event.target) || localStorage.getItem(OFF) === "yes"))
        return;
      // In a dialog only that dialog's own keys act, and they carry a modifier.
      if (!modified && document.querySelector("[role=dialog],[role=alertdialog],[role=menu],[role=listbox]") !== null)
        return;
      clearTimeout(forget.current);
      let soFar = [...presses.current, event];
      let candidates = registry.list().filter(({ keys }) => matchKeys(keys, soFar) !== "no");
      if (candidates.length === 0) {
        soFar = [event];
        candidates = registry.list().filter(({ keys }) => matchKeys(keys, soFar) !== "no");
      }
      const full = candidates.findLast(({ keys }) => matchKeys(keys, soFar) === "full");
      presses.current = full === undefined && candidates.length > 0 ? soFar : [];
      if (presses.current.length > 0) forget.current = setTimeout(() => (presses.current = []), SEQUENCE_MS);
      if (full === undefined) return;
      event.preventDefault();
      full.run();
    },
    [registry],
  );

  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onKey]);

  return (
    <RegistryContext value={registry}>
      <OpenSheet open={() => setSheetOpen(true)} />
      {children}
      {sheetOpen && <Brought part={shortcutSheet} onClose={() => setSheetOpen(false)} />}
    </RegistryContext>
  );
}

function OpenSheet({ open }: { open: () => void }) {
  useShortcut({ keys: "?", label: "This list", group: "Everywhere", run: open });
  return null;
}
