/** Has what was deployed, rolled back or merged committed, one tool after the other, in the order in which it happened. */
import type { Machinery } from "#lib/commands/command.ts";
import { keepInGit } from "#lib/commands/keep-in-git.ts";

/** @returns stops following; settles when the commit under way is made */
export function followDeployments(machinery: Machinery): () => Promise<void> {
  const { database } = machinery;
  const waiting = new Set<string>();
  let working: Promise<void> | null = null;
  const work = async (): Promise<void> => {
    for (const tool of waiting) {
      waiting.delete(tool);
      await keepInGit(machinery, tool).catch((error: unknown) => {
        process.stderr.write(`whetstone: ${error instanceof Error ? error.message : String(error)}\n`);
      });
    }
    working = null;
  };
  const take = (tool: string): void => {
    waiting.add(tool);
    working ??= work();
  };
  const stop = database.subscribe(({ kind, tool }) => {
    if ((kind === "deployment" || kind === "tool") && tool !== undefined) take(tool);
  });
  // What was deployed while the repository could not be written to.
  const caughtUp = database.tools.list().then(
    (tools) => tools.forEach(({ name }) => void take(name)),
    () => {},
  );
  return async () => {
    stop();
    await caughtUp;
    waiting.clear();
    await working;
  };
}
