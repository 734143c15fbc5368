/** The heartbeat: a look over all tools every so often, with their own cases; fixes for what it finds while the loop is on. */
import type { Machinery } from "#lib/commands/command.ts";
import { enqueueDueCases } from "./due-cases.ts";

const MINUTE_MS = 60_000;

/**
 * Asks for a detection every few minutes, and for the runs of cases that are due; while `backgroundLoop` is on, fixes are generated and tested for what is found.
 * Switching it takes effect at the next tick.
 * @returns stops the heartbeat
 */
export function startPeriodicDetection(
  machinery: Machinery,
  options: { everyMs?: number; onError?: (error: unknown) => void } = {},
): () => void {
  const { database, queue } = machinery;
  const everyMs = options.everyMs ?? 5 * MINUTE_MS;
  const timer = setInterval(() => {
    void tick().catch(options.onError ?? reportError);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);

  async function tick(): Promise<void> {
    const { backgroundLoop } = await database.settings.get();
    // Several processes beat at once: the key makes their requests one job.
    await queue.enqueue({ kind: "detect", input: { loop: backgroundLoop }, tool: null, key: "detect:periodic" });
    await enqueueDueCases(machinery);
  }
}

function reportError(error: unknown): void {
  process.stderr.write(`whetstone: the look for problems of every few minutes failed: ${String(error)}\n`);
}
