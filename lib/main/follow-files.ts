/** Looks at the tools folder whenever it changed: one look at a time, and one more where it changed meanwhile. */
import type { Machinery } from "#lib/commands/command.ts";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";

/**
 * Follows the folder from what the first look saw.
 * @returns stops following; settles when the look under way has ended
 */
export function followFiles(machinery: Machinery, atFirst: ReadonlySet<string>): () => Promise<void> {
  let looking: Promise<void> | null = null;
  let seen = atFirst;
  let again = false;
  let stopped = false;
  const look = async (): Promise<void> => {
    do {
      again = false;
      try {
        ({ seen } = await takeInEdits(machinery, seen));
      } catch (error) {
        process.stderr.write(`whetstone: the tools folder could not be read again: ${String(error)}\n`);
      }
    } while (again && !stopped);
    looking = null;
  };
  const unwatch = machinery.files.watch(() => {
    if (stopped) return;
    if (looking === null) looking = look();
    else again = true;
  });
  return async () => {
    stopped = true;
    unwatch();
    await looking;
  };
}
