/** Looks at the tools folder whenever it changed: one look at a time, and one more where it changed meanwhile. */
import type { Machinery } from "#lib/commands/command.ts";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";

const LOOK_FOR_COMMITS_MS = 10_000;

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
  const take = (): void => {
    if (stopped) return;
    if (looking === null) looking = look();
    else again = true;
  };
  const unwatch = machinery.files.watch(take);
  // A commit changes no tool's file, but says whose an edit is.
  let head: string | null = null;
  const commits = setInterval(async () => {
    const now = (await machinery.git?.head().catch(() => null)) ?? null;
    if (now !== head && head !== null) take();
    head = now;
  }, LOOK_FOR_COMMITS_MS);
  commits.unref();
  return async () => {
    stopped = true;
    clearInterval(commits);
    unwatch();
    await looking;
  };
}
