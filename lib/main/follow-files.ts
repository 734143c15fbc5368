/** Looks at the tools folder whenever it changed: one look at a time, and one more where it changed meanwhile. */
import type { Machinery } from "#lib/commands/command.ts";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";

/** @returns stops following; settles when the look under way has ended */
export function followFiles(machinery: Machinery): () => Promise<void> {
  let looking: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const look = async (): Promise<void> => {
    do {
      again = false;
      await takeInEdits(machinery).catch((error: unknown) => {
        process.stderr.write(`whetstone: the tools folder could not be read again: ${String(error)}\n`);
      });
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
