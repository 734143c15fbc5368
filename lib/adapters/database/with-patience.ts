/** Reads that a call cannot do without, asked again while the server is away for a moment. */
import { setTimeout as wait } from "node:timers/promises";
import { Problem } from "#lib/core/problem.ts";
import type { Repeatable } from "./repeatable.ts";

/** The embedded server is back within about a second after it was killed. */
const PATIENCE_MS = 5_000;
const LONGEST_PAUSE_MS = 500;

const LOST =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|connection (terminated|closed|is closed)|server closed|timeout (expired|exceeded)/i;

/** Whether an error says that the server was out of reach, not that it minded what was asked. */
export function isOutOfReach(error: unknown): boolean {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 4; one = one.cause, depth += 1) {
    const { code, message } = one as Error & { code?: unknown };
    if (typeof code === "string") {
      // PostgreSQL's classes 08, 53 and 57, Prisma's words for the same, and the system's own.
      if (/^(08|53|57)[0-9A-Z]{3}$/.test(code) || /^P10(01|02|08|17)$|^P2024$/.test(code) || LOST.test(code))
        return true;
    }
    // Prisma puts PostgreSQL's code into its words where it has none of its own for it.
    if (LOST.test(message) || /\bCode: `(08|53|57)[0-9A-Z]{3}`/.test(message)) return true;
  }
  return false;
}

/**
 * Asks until there is an answer, while the server is out of reach.
 * @param mayRepeat whether asking again is harmless; asked after each failure
 * @throws Problem unavailable after five seconds; any other error at once
 */
export async function withPatience<T>(
  ask: () => Promise<T>,
  mayRepeat: () => boolean = () => true,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let pause = 20; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!isOutOfReach(error) || !mayRepeat()) throw error;
      if (performance.now() + pause > deadline)
        throw new Problem("unavailable", "The database is out of reach for the moment: try again.");
    }
    await wait(pause);
  }
}

/** The repository with reads that outlast a server that is away; writes are asked once, and say so where they fail. */
export function patientReads<T extends object>(repository: T, methods: Repeatable<T>): T {
  const patient = Object.entries(repository).map(([name, method]: [string, unknown]) => {
    if (methods[name as keyof T] !== "read" || typeof method !== "function") return [name, method];
    return [name, (...args: unknown[]) => withPatience(async () => method(...args))];
  });
  return Object.fromEntries(patient) as T;
}
