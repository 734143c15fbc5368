import { useEffect, useSyncExternalStore } from "react";

/** What is changed on the page and not sent, in words: a decision would be on something else than what one sees. */
let unsent: string | null = null;
const listeners = new Set<() => void>();

function tell(words: string | null): void {
  unsent = words;
  for (const listener of listeners) listener();
}

/** Says what is not sent for as long as it is; null where nothing is. */
export function useTellUnsent(words: string | null): void {
  useEffect(() => {
    if (words === null) return;
    tell(words);
    // Closing the tab loses it: the browser asks first.
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => {
      window.removeEventListener("beforeunload", ask);
      tell(null);
    };
  }, [words]);
}

/** What is not sent, or null. */
export function useUnsent(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => unsent,
    () => null,
  );
}
