/** Members of a body that nobody knows, where they are one that is known, written wrongly: what was meant would be left undone. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";

const SHORTEST = 4;
const MOST_SLIPS = 2;

/**
 * Refuses a body with a misspelt member. Other unknown members are no business of this server, as they are in most APIs.
 * @throws Problem invalid_input that names both
 */
export function refuseNearMisses(schema: z.ZodType, body: Readonly<Record<string, unknown>>): void {
  if (!(schema instanceof z.ZodObject)) return;
  const known = Object.keys(schema.shape);
  for (const given of Object.keys(body)) {
    if (known.includes(given) || given.length < SHORTEST) continue;
    const meant = known.find((name) => !Object.hasOwn(body, name) && isNear(given, name));
    if (meant !== undefined)
      throw new Problem("invalid_input", `${given}: is not known here. Did you mean ${meant}?`, {
        errors: [{ path: given, message: `is not known here. Did you mean ${meant}?` }],
      });
  }
}

function isNear(given: string, known: string): boolean {
  if (known.length < SHORTEST) return false;
  const [one, other] = [given.toLowerCase().replaceAll(/[_-]/g, ""), known.toLowerCase()];
  return one === other || (known.length > 2 * MOST_SLIPS && slips(one, other) <= MOST_SLIPS);
}

/** Letters that were left out, added, taken for another or swapped (Damerau 1964, restricted). */
function slips(one: string, other: string): number {
  const rows = Array.from({ length: one.length + 1 }, (_, i) =>
    Array.from({ length: other.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= one.length; i += 1)
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
      (rows[i] as number[])[j] = swapped ? Math.min(least, at(i - 2, j - 2) + 1) : least;
    }
  return at(one.length, other.length);
}
