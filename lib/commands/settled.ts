/** Waits for a job without asking over and over: its row announces itself. */
import type { Job } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";

function isOver(job: Job): boolean {
  return job.state !== "queued" && job.state !== "running";
}

/**
 * The job when it has ended, or as it stands when the time is up.
 * @param seconds 0 does not wait at all
 */
export async function settled(database: Database, job: Job, seconds: number): Promise<Job> {
  if (seconds <= 0 || isOver(job)) return job;
  return new Promise<Job>((resolve, reject) => {
    const look = (): void => {
      database.jobs.find(job.id).then(
        (row) => (row !== null && isOver(row) ? finish(row) : undefined),
        (error: unknown) => {
          stop();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    };
    const stopListening = database.subscribe((event) => {
      if (event.kind === "job" && event.id === job.id) look();
    });
    // An announcement may be lost while the listener reconnects, so the row is looked at now and then as well.
    const poll = setInterval(look, 500);
    const limit = setTimeout(() => {
      stop();
      database.jobs.find(job.id).then((row) => resolve(row ?? job), reject);
    }, seconds * 1000);
    function stop(): void {
      stopListening();
      clearInterval(poll);
      clearTimeout(limit);
    }
    function finish(row: Job): void {
      stop();
      resolve(row);
    }
    look();
  });
}
