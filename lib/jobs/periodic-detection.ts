/** The background loop's heartbeat: a look over all tools every so often, while the settings say so. */
import type { Machinery } from "#lib/commands/command.ts";

const MINUTE_MS = 60_000;

/**
 * Asks for a detection every few minutes while `backgroundLoop` is on; switching it takes effect at the next tick.
 * @returns stops the heartbeat
 */
export function startPeriodicDetection(
  { database, queue }: Machinery,
  options: { everyMs?: number; onError?: (error: unknown) => void } = {},
): () => void {
  const everyMs = options.everyMs ?? 5 * MINUTE_MS;
  const timer = setInterval(() => {
    void tick().catch(options.onError ?? reportError);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);

  async function tick(): Promise<void> {
    const { backgroundLoop } = await database.settings.get();
    // Several processes beat at once: the key makes their requests one job.
    if (backgroundLoop) await queue.enqueue({ kind: "detect", input: { loop: true }, tool: null, key: "detect:loop" });
  }
}

function reportError(error: unknown): void {
  process.stderr.write(`whetstone: the background loop could not look for problems: ${String(error)}\n`);
}
