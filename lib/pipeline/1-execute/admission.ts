/** How many calls run at once, and how many may wait: beyond that a caller is told to come back, at once. */
import { Problem } from "#lib/core/problem.ts";

export type AdmissionLimits = {
  /** Calls of one tool that run at once: what a slow tool can take of the whole. */
  readonly perTool: number;
  /** Calls of all tools that run at once. */
  readonly total: number;
  /** Calls of one tool that wait for their turn. */
  readonly waitingPerTool: number;
  /** Calls of all tools that wait. */
  readonly waiting: number;
};

export const HOUSE_LIMITS: AdmissionLimits = { perTool: 64, total: 512, waitingPerTool: 512, waiting: 2_048 };

const RETRY_SECONDS = 1;

type Line = { running: number; readonly waiting: Set<() => void> };

export type Admission = {
  /**
   * Takes a place for a call of a tool; undefined where there was one at once.
   * @throws Problem too_many where no more may wait; a call that is taken back while it waits gives its place up
   */
  enter(tool: string, signal?: AbortSignal): Promise<void> | undefined;
  /** Gives the place back, to the tool that has waited longest for a turn. */
  leave(tool: string): void;
};

/** Places are given tool by tool in turn, so that a crowd at one tool does not hold up a single call of another. */
export function createAdmission(limits: AdmissionLimits = HOUSE_LIMITS): Admission {
  const lines = new Map<string, Line>();
  /** Tools with calls that wait, the next in turn first. */
  const turns = new Set<string>();
  let running = 0;
  let waiting = 0;

  function lineOf(tool: string): Line {
    let line = lines.get(tool);
    if (line === undefined) {
      line = { running: 0, waiting: new Set() };
      lines.set(tool, line);
    }
    return line;
  }

  function begin(line: Line): void {
    line.running += 1;
    running += 1;
  }

  /** Lets in whoever may come in now. */
  function admit(): void {
    for (const tool of turns) {
      if (running >= limits.total) return;
      const line = lineOf(tool);
      if (line.running >= limits.perTool) continue;
      const [next] = line.waiting;
      turns.delete(tool);
      if (next === undefined) continue;
      line.waiting.delete(next);
      waiting -= 1;
      if (line.waiting.size > 0) turns.add(tool);
      begin(line);
      next();
    }
  }

  return {
    enter(tool, signal) {
      const line = lineOf(tool);
      if (line.running < limits.perTool && running < limits.total && line.waiting.size === 0) {
        begin(line);
        return undefined;
      }
      const crowded = line.waiting.size >= limits.waitingPerTool;
      if (crowded || waiting >= limits.waiting) {
        const where = crowded ? `${line.waiting.size} calls of ${tool} wait already` : `${waiting} calls wait already`;
        throw new Problem("too_many", `${where}: try again in a moment.`, { retryAfterSeconds: RETRY_SECONDS });
      }
      return new Promise((resolve, reject) => {
        const come = (): void => {
          signal?.removeEventListener("abort", goAway);
          resolve();
        };
        const goAway = (): void => {
          if (!line.waiting.delete(come)) return;
          waiting -= 1;
          reject(new Problem("conflict", `The call of ${tool} was taken back before its turn came.`));
        };
        line.waiting.add(come);
        waiting += 1;
        turns.add(tool);
        signal?.addEventListener("abort", goAway, { once: true });
      });
    },
    leave(tool) {
      const line = lineOf(tool);
      line.running -= 1;
      running -= 1;
      if (turns.size > 0) admit();
      if (line.running === 0 && line.waiting.size === 0) lines.delete(tool);
    },
  };
}
