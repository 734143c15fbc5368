/** Waiting in tests for what comes about by itself: looked at again at every event, never by the clock. */
import type { Database } from "#lib/ports/database.ts";

const PATIENCE_MS = 60_000;

/** Settles with the first answer that is not null. */
export function until<T>(database: Pick<Database, "subscribe">, look: () => Promise<T | null>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("it did not come about")), PATIENCE_MS);
    const stop = database.subscribe(() => again());
    const again = (): void => {
      look().then((answer) => {
        if (answer === null) return;
        stop();
        clearTimeout(limit);
        resolve(answer);
      }, reject);
    };
    again();
  });
}
