/** Patterns of schemas are written by tools and meet texts of callers: none may hold the process up. */
import { createContext, Script } from "node:vm";

/** A pattern needs microseconds; one that takes this long backtracks without end. */
const PATTERN_MS = 100;
/** How often one is tried that had no turn in its time. */
const MOST_TRIES = 5;
/** Texts up to this length cannot make any pattern slow enough to matter. */
const SHORT = 16;
/** One repeated character class is quadratic at worst, which shows on long texts only. */
const LONG = 2_000;

export class PatternTooSlow extends Error {
  override readonly name = "PatternTooSlow";
}

/**
 * Compiles a pattern so that no text holds it up: where it might, it runs under a limit.
 * @throws SyntaxError where it is no pattern; the result's `test` throws PatternTooSlow
 */
export function boundedPattern(pattern: string, flags: string): { test(text: string): boolean; toString(): string } {
  const expression = new RegExp(pattern, flags);
  const repeats = repetitions(pattern);
  const simple = repeats === 1 && !/\)[*+?{]/.test(pattern);
  return {
    // Schema compilers tell patterns apart by this.
    toString: () => String(expression),
    test(text) {
      if (repeats === 0 || text.length <= SHORT || (simple && text.length <= LONG)) return expression.test(text);
      return testWithin(expression, text);
    },
  };
}

/** How many unbounded or large repetitions a pattern may have, counting too many rather than too few. */
function repetitions(pattern: string): number {
  return pattern.match(/[*+]|\{\d+,\}|\{\d+,\d{2,}\}|\{\d{2,}\}|\\[1-9k]/g)?.length ?? 0;
}

const room = createContext({ expression: /a/, text: "" });
const testInRoom = new Script("expression.test(text)");

function testWithin(expression: RegExp, text: string): boolean {
  Object.assign(room, { expression, text });
  for (let left = MOST_TRIES; ; left -= 1) {
    const before = process.threadCpuUsage();
    try {
      return testInRoom.runInContext(room, { timeout: PATTERN_MS }) as boolean;
    } catch (error) {
      // It comes from the other realm: `instanceof Error` is false.
      if ((error as { code?: unknown } | null)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      // The limit is one of the clock: on a busy machine it passes while the pattern waits for its turn.
      const { user, system } = process.threadCpuUsage(before);
      if (left > 1 && user + system < (PATTERN_MS * 1_000) / 2) continue;
      throw new PatternTooSlow(`the pattern ${expression.source} takes longer than ${PATTERN_MS} ms on this text`);
    }
  }
}
