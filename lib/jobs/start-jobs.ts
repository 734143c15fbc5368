/** Begins all long work of a process: handlers, what an earlier process left, and periodic detection. */
import type { Machinery } from "#lib/commands/command.ts";
import { createJobHandlers } from "./handlers.ts";
import { startPeriodicDetection } from "./periodic-detection.ts";
import { resumeUnfinished } from "./resume-unfinished.ts";

/** @returns stops periodic detection; the queue is closed by its owner */
export async function startJobs(machinery: Machinery): Promise<() => void> {
  await machinery.queue.start(createJobHandlers(machinery));
  await resumeUnfinished(machinery);
  return startPeriodicDetection(machinery);
}
