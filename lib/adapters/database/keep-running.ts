/** The supervisor of the embedded server: whatever ends it, it comes back on the same port, until it is stopped. */
import { type Place, readPidFile, startServer, stopServer } from "./postgres-server.ts";

const LOOK_MS = 200;
const REST_MS = 1_000;

/** Whether a process is there; one that belongs to somebody else is. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Watches over a server that runs, of this process or an earlier one.
 * @param url its address, which stays the same
 */
export function keepRunning(place: Place, password: string, url: string): { stop(): Promise<void> } {
  const port = Number(new URL(url).port);
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  let pid: number | null = null;

  async function look(): Promise<void> {
    pid ??= (await readPidFile(place))?.pid ?? null;
    if (stopped || (pid !== null && isAlive(pid))) return;
    pid = null;
    process.stderr.write("whetstone: PostgreSQL ended by itself: it is started again\n");
    try {
      await startServer(place, password, port);
      process.stderr.write("whetstone: PostgreSQL is back\n");
    } catch (error) {
      process.stderr.write(`whetstone: ${error instanceof Error ? error.message : String(error)}\n`);
      await new Promise((resolve) => setTimeout(resolve, REST_MS).unref());
    }
  }

  function lookAgain(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      looking = look().finally(lookAgain);
    }, LOOK_MS);
    timer.unref();
  }

  lookAgain();
  return {
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await looking;
      await stopServer(place);
    },
  };
}
