"use client";
import dynamic from "next/dynamic";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Kbd } from "./kbd.tsx";
import { capsOf, isTyping, matchKeys, type Press } from "./keys.ts";

export type Shortcut = {
  /** `j`, `mod+enter`, or a sequence such as `g t`. */
  readonly keys: string;
  readonly label: string;
  /** Heading in the list of shortcuts. */
  readonly group: string;
  readonly run: () => void;
  /** Also offered by the command palette. */
  readonly inPalette?: boolean;
};

type Registry = {
  register(shortcut: Shortcut): () => void;
  list(): readonly Shortcut[];
  subscribe(listener: () => void): () => void;
};

const RegistryContext = createContext<Registry | null>(null);
/** Loaded when it is first asked for. */
const ShortcutSheet = dynamic(() => import("./shortcut-sheet.tsx"), { ssr: false });

export const OFF = "whetstone.single-keys-off";
const SEQUENCE_MS = 900;
const NOTHING: readonly Shortcut[] = [];

function createRegistry(): Registry {
  let shortcuts: readonly Shortcut[] = NOTHING;
  const listeners = new Set<() => void>();
  function change(next: readonly Shortcut[]): void {
    shortcuts = next;
    for (const listener of listeners) listener();
  }
  return {
    register(shortcut) {
      change([...shortcuts, shortcut]);
      return () => change(shortcuts.filter((one) => one !== shortcut));
    },
    list: () => shortcuts,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

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
      if (!modified && (isTyping(event.target) || localStorage.getItem(OFF) === "yes")) return;
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
      {sheetOpen && <ShortcutSheet onClose={() => setSheetOpen(false)} />}
    </RegistryContext>
  );
}

function OpenSheet({ open }: { open: () => void }) {
  useShortcut({ keys: "?", label: "This list", group: "Everywhere", run: open });
  return null;
}

/** Registers a shortcut for as long as the component is shown; `enabled: false` leaves it out. */
export function useShortcut(shortcut: Shortcut & { enabled?: boolean }): void {
  const registry = useContext(RegistryContext);
  const { keys, label, group, inPalette = false, enabled = true } = shortcut;
  const run = useRef(shortcut.run);
  useEffect(() => {
    run.current = shortcut.run;
  });
  useEffect(() => {
    if (registry === null || !enabled) return;
    return registry.register({ keys, label, group, inPalette, run: () => run.current() });
  }, [registry, keys, label, group, inPalette, enabled]);
}

/** All shortcuts that act now. */
export function useShortcuts(): readonly Shortcut[] {
  const registry = useContext(RegistryContext);
  return useSyncExternalStore(
    useCallback((listener) => registry?.subscribe(listener) ?? (() => {}), [registry]),
    () => registry?.list() ?? NOTHING,
    () => NOTHING,
  );
}

/** Whether ⌘ is the machine's modifier; false until the browser is asked. */
export function useIsApple(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => /mac|iphone|ipad/i.test(navigator.platform),
    () => false,
  );
}

/** The caps of a shortcut, drawn. */
export function Keys({ keys }: { keys: string }) {
  const apple = useIsApple();
  return (
    <span className="inline-flex items-center gap-1">
      {capsOf(keys, apple).map((chord) => (
        <span key={chord.join()} className="inline-flex gap-0.5">
          {chord.map((cap) => (
            <Kbd key={cap}>{cap}</Kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
