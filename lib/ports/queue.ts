/** Durable long work. */
import type { Job } from "#lib/core/version.ts";

export type JobRequest = {
  readonly kind: Job["kind"];
  readonly input: Record<string, unknown>;
  readonly tool: string | null;
  /** Two requests with the same key are one job while the first is queued or running. */
  readonly key: string;
  /** Not before this many seconds from now. */
  readonly delaySeconds?: number;
};

/** Handed to a handler: progress out, stop in. */
export type JobContext = {
  readonly job: Job;
  readonly signal: AbortSignal;
  progress(stage: string, share: number): Promise<void>;
};

export type JobHandler = (context: JobContext) => Promise<Record<string, unknown>>;

export type Queue = {
  enqueue(request: JobRequest): Promise<Job>;
  /** Asks a job to stop; a queued one never starts. */
  cancel(id: string): Promise<Job>;
  /** Begins to work; jobs that a dead process left are taken up again. */
  start(handlers: Partial<Record<Job["kind"], JobHandler>>): Promise<void>;
  close(): Promise<void>;
};
