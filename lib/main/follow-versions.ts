/** Keeps this replica's tools folder at what is active, wherever it was activated. */
import type { Machinery } from "#lib/commands/command.ts";

/**
 * Follows activations heard of by events, and looks at every tool after some may have been missed.
 * @returns stops following; settles when the writing under way has ended
 */
export function followVersions({ database, pipeline }: Pick<Machinery, "database" | "pipeline">): () => Promise<void> {
  /** Tools to look at; null stands for all. */
  const due = new Set<string | null>();
  let following: Promise<void> | null = null;
  let stopped = false;

  function look(tool: string | null): void {
    if (stopped) return;
    due.add(tool);
    following ??= followAll();
  }

  async function followAll(): Promise<void> {
    for (const tool of due) {
      due.delete(tool);
      await pipeline.follow(tool === null ? {} : { tool }).catch((error: unknown) => {
        process.stderr.write(`whetstone: the file of ${tool ?? "some tool"} does not follow: ${String(error)}\n`);
      });
    }
    following = null;
  }

  const unsubscribe = database.subscribe(
    (event) => {
      if (event.kind === "tool") look(event.tool ?? event.id);
    },
    () => look(null),
  );
  return async () => {
    stopped = true;
    due.clear();
    unsubscribe();
    await following;
  };
}
