/** How long a replayed call may compute: recorded effects answer at once, so only the computing counts. */
import { DEFAULT_LIMITS } from "#lib/ports/sandbox.ts";

const SHORTEST_MS = 500;
/** How many times longer than the slowest good recording a good answer may take before it is called endless. */
const TIMES = 20;
/** Without a recording nothing is known of the tool's own time. */
const UNKNOWN_MS = 5_000;

/** The budget of one run, from the slowest good recording; null where there is none. */
export function timeBudget(slowestMs: number | null): number {
  if (slowestMs === null) return UNKNOWN_MS;
  return Math.min(DEFAULT_LIMITS.timeMs, Math.max(SHORTEST_MS, Math.ceil(slowestMs * TIMES)));
}

export type Patience = {
  budget(): number;
  tell(status: string): void;
  /** Enough were endless to believe that the next would be too. */
  spent(): boolean;
  /** So many that trying on is not worth the time. */
  over(): boolean;
};

const MOST = 3;

/** Runs that ended only with their time are few and tell little each: after some of them the next get less. */
export function createPatience(timeMs: number): Patience {
  let endless = 0;
  return {
    budget: () => (endless >= MOST ? Math.max(100, timeMs / 5) : timeMs),
    tell(status) {
      if (status === "timed_out") endless += 1;
    },
    spent: () => endless >= MOST,
    over: () => endless >= 2 * MOST,
  };
}
