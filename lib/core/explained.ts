/**
 * Whether changed answers are explained by corrections that people confirmed. A fix of a silent bug changes every wrong
 * answer, of which only some were marked; a wrong patch changes right answers too, and those nobody marks.
 */
import type { Json } from "./json.ts";
import { regularisedBeta } from "./statistics-special.ts";

/** A recorded call whose answer changed. */
export type Change = {
  /** The new answer is known to be right; otherwise nobody said anything. */
  readonly confirmed: boolean;
  /** What kind of change it is: where, and in which direction. */
  readonly kind: string;
};

export type Explanation = {
  readonly confirmed: number;
  readonly open: number;
  /** Enough of the changes are confirmed, of each kind and of all. */
  readonly explained: boolean;
  /** How many more confirmations would explain the rest. */
  readonly missing: number;
};

/** A kind of change that is confirmed so rarely is another change than the confirmed ones. */
const UNLIKELY = 0.02;

/**
 * Judges the changes of one candidate: at least half of the answers that it changes must be known to be right, and no
 * kind of change may be confirmed clearly more rarely than that.
 */
export function explainChanges(changes: readonly Change[]): Explanation {
  const confirmed = changes.filter((one) => one.confirmed).length;
  const open = changes.length - confirmed;
  const kinds = Map.groupBy(changes, ({ kind }) => kind);
  const odd = [...kinds.values()].some(
    (some) => binomialAtMost(some.filter((one) => one.confirmed).length, some.length, 0.5) < UNLIKELY,
  );
  const enough = confirmed > 0 && confirmed >= open;
  return {
    confirmed,
    open,
    explained: open === 0 || (enough && !odd),
    missing: Math.max(0, Math.ceil((open - confirmed) / 2)),
  };
}

/** P(X <= k) for a binomial X of n throws. */
function binomialAtMost(k: number, n: number, p: number): number {
  return k >= n ? 1 : regularisedBeta(1 - p, n - k, k + 1);
}

/** The kind of a change: which members of the answer changed, and which way each went. */
export function kindOfChange(before: Json | undefined, after: Json | undefined): string {
  if (!isObject(before) || !isObject(after)) return wayOf(before, after);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .map((name) => [name, wayOf(before[name], after[name])])
    .filter(([, way]) => way !== "same")
    .map((part) => part.join(" "))
    .join(", ");
}

function wayOf(before: Json | undefined, after: Json | undefined): string {
  if (typeof before === "boolean" && typeof after === "boolean") return before === after ? "same" : `to ${after}`;
  if (typeof before === "number" && typeof after === "number") {
    return before === after ? "same" : after > before ? "up" : "down";
  }
  const [a, b] = [sizeOf(before), sizeOf(after)];
  if (a !== null && b !== null && Array.isArray(before) === Array.isArray(after)) {
    if (a !== b) return b > a ? "longer" : "shorter";
    return JSON.stringify(before) === JSON.stringify(after) ? "same" : "other";
  }
  return JSON.stringify(before) === JSON.stringify(after) ? "same" : `${typeof before} to ${typeof after}`;
}

function sizeOf(value: Json | undefined): number | null {
  return typeof value === "string" || Array.isArray(value) ? value.length : null;
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
