/** The last decision of this window that can still be undone: kept while pages come and go. */
"use client";
import { useSyncExternalStore } from "react";

export type Undoable = {
  /** What undoing does, as a question: "Take back the rejection of proposal 31?". */
  readonly question: string;
  /** What follows from it, a sentence. */
  readonly effect: string;
  readonly button: string;
  /** A deployment is undone by a rollback, which no single key sets off. */
  readonly asks: boolean;
  readonly undo: () => void;
};

/** After so long nobody means this decision with "undo" any more. */
const KEPT_MS = 10 * 60_000;

let last: Undoable | null = null;
let expiry: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** Remembers what can be undone, or forgets it. */
export function rememberDecision(undoable: Undoable | null): void {
  clearTimeout(expiry);
  last = undoable;
  if (undoable !== null) expiry = setTimeout(() => rememberDecision(null), KEPT_MS);
  for (const listener of listeners) listener();
}

export function useLastDecision(): Undoable | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => last,
    () => null,
  );
}
