/** A tick of the axis: the slice that it stands at, and the moment in it that it names. */
export type Tick = { readonly at: number; readonly names: number };

/** Hours between ticks: days where several are shown, else parts of one. */
const stepOf = (hours: number): number => (hours > 48 ? 24 : 4);

/**
 * Ticks at round times of the clock, equally far apart, at the slices that these fall into.
 * @param starts beginnings of equal slices, oldest first
 */
export function timeTicks(starts: readonly number[], hours: number): Tick[] {
  const [first, second] = starts;
  const last = starts.at(-1);
  if (first === undefined || second === undefined || last === undefined) return [];
  const step = stepOf(hours);
  const round = new Date(first);
  round.setHours(Math.floor(round.getHours() / step) * step, 0, 0, 0);
  const ticks: Tick[] = [];
  while (round.getTime() < last + (second - first)) {
    const at = starts.findLast((start) => start <= round.getTime());
    if (at !== undefined) ticks.push({ at, names: round.getTime() });
    round.setHours(round.getHours() + step);
  }
  return ticks;
}

/** Short, so that a phone has room for some. */
const TICK = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** A day at its beginning, else the time of it. */
export function tickInWords(names: number): string {
  return new Date(names).getHours() === 0 ? TICK.format(names) : CLOCK.format(names);
}

/** A moment whole: the day too, where several are shown. */
export function momentInWords(at: number, hours: number): string {
  return hours > 48 ? `${DAY.format(at)}, ${CLOCK.format(at)}` : CLOCK.format(at);
}
