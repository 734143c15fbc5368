/** Access keys that calls ask for again and again, kept for a moment and dropped the moment that one is taken back. */
import type { AccessKey, ServerEvent } from "#lib/ports/database.ts";

/** A bound on what a lost event could do: no key outlives its end by more. */
const KEPT_MS = 5_000;
const MOST_KEPT = 10_000;

export type KnownKeys = {
  /** The key of a secret's digest; only keys that open something are kept. */
  find(secretHash: string): Promise<AccessKey | null>;
  /** Drops one key, or all of them. */
  forget(id?: string): void;
};

/**
 * @param ask looks a key up
 * @param subscribe events of all replicas: a change to a key is told with its id
 */
export function createKnownKeys(
  ask: (secretHash: string) => Promise<AccessKey | null>,
  subscribe: (listener: (event: ServerEvent) => void, onGap: () => void) => void,
  now: () => number = () => performance.now(),
): KnownKeys {
  const kept = new Map<
    string,
    { readonly key: AccessKey; readonly until: number; readonly answer: Promise<AccessKey> }
  >();
  /** Counts what was forgotten: an answer that was asked for before is not kept. */
  let forgotten = 0;

  function forget(id?: string): void {
    forgotten += 1;
    if (id === undefined) kept.clear();
    else for (const [hash, { key }] of kept) if (key.id === id) kept.delete(hash);
  }

  subscribe(
    ({ kind, id }) => {
      if (kind === "activity") forget(id);
    },
    () => forget(),
  );

  return {
    find(secretHash) {
      const known = kept.get(secretHash);
      if (known !== undefined && known.until > now()) return known.answer;
      const before = forgotten;
      const asked = ask(secretHash);
      return asked.then((key) => {
        if (key === null || forgotten !== before) return key;
        if (kept.size >= MOST_KEPT) kept.clear();
        kept.set(secretHash, { key, until: now() + KEPT_MS, answer: Promise.resolve(key) });
        return key;
      });
    },
    forget,
  };
}
