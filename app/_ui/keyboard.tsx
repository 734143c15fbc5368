"use client";
import { createContext, useCallback, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { Kbd } from "./kbd.tsx";
import { capsOf } from "./keys.ts";

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

export const RegistryContext = createContext<Registry | null>(null);
/** Where the browser remembers that single keys are off. */
export const OFF = "whetstone.single-keys-off";
const NOTHING: readonly Shortcut[] = [];

/** The shortcuts that act now, and who wants to hear of changes. */
export function createRegistry(): Registry {
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
