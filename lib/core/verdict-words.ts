/** How counts, shares and times are said in a verdict. */

/** How long so many calls take at today's traffic, as the end of a sentence; nothing where that is unknown. */
export function waitFor(calls: number, perDay: number | null): string {
  if (perDay === null || perDay <= 0) return "";
  const hours = (calls / perDay) * 24;
  if (hours < 1) return `, about ${Math.max(1, Math.round(hours * 60))} min at today's traffic`;
  if (hours < 48) return `, about ${Math.round(hours)} h at today's traffic`;
  return `, about ${Math.round(hours / 24)} days at today's traffic`;
}

/** "1 call", "3 calls"; the last word takes the plural. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A share in percent with one decimal, rounded to the side that claims less. */
export function percent(share: number, side: "up" | "down"): string {
  const tenths = share * 1000;
  // A hair of rounding error is not a tenth of a percent.
  return `${(side === "down" ? Math.floor(tenths + 1e-6) : Math.ceil(tenths - 1e-6)) / 10} %`;
}

/** A duration, rounded down. */
export function milliseconds(value: number): string {
  return `${value >= 10 ? Math.floor(value) : Math.floor(value * 100) / 100} ms`;
}

export type GoodAnswers = {
  readonly agreed: number;
  readonly comparable: number;
  /** Those that changed and are left out of what is compared, since confirmed changes explain them. */
  readonly changed?: number | undefined;
};

/** The good answers, all of them counted. The bound is said of those that were compared. */
export function goodAnswers({ agreed, comparable, changed = 0 }: GoodAnswers, lowerBound: number, why = ""): string {
  const bound = `at least ${percent(lowerBound, "down")}`;
  const unchanged = `${agreed} of ${comparable + changed} good answers unchanged`;
  return changed === 0 ? `${unchanged} (${bound})` : `${unchanged}, ${changed} changed${why} (${bound} of the others)`;
}
