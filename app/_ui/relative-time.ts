const STEPS: readonly [limit: number, size: number, unit: string][] = [
  [60, 1, "s"],
  [3_600, 60, "min"],
  [86_400, 3_600, "h"],
  [86_400 * 14, 86_400, "d"],
  [86_400 * 60, 86_400 * 7, "wk"],
  [86_400 * 730, 86_400 * 30.44, "mo"],
];

/** Whole seconds and minutes that have passed; from hours up the nearest, as 4 h 57 min is said to be 5 h. */
function amountOf(distance: number, size: number): number {
  return size < 3_600 ? Math.floor(distance / size) : Math.round(distance / size);
}

/** A moment seen from now, in a few letters: "just now", "3 min ago", "in 2 h". */
export function relativeTime(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return "just now";
  // 23 h 40 min are rounded to the 24 hours that are said as one day.
  const [, size, unit] = STEPS.find(([limit, size]) => amountOf(distance, size) * size < limit) ?? [
    0,
    86_400 * 365.25,
    "yr",
  ];
  const amount = `${Math.max(1, amountOf(distance, size))} ${unit}`;
  return seconds < 0 ? `in ${amount}` : `${amount} ago`;
}

/** A span in milliseconds in words: "840 ms", "12 s", "3 min 5 s", "2 h 10 min". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** Milliseconds of a call as a table shows them: three figures are enough. */
export function milliseconds(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 100) return `${Math.round(ms)} ms`;
  if (ms >= 1) return `${Number(ms.toFixed(1))} ms`;
  return `${Number(ms.toFixed(2))} ms`;
}

/** A latency at an axis, in as few letters as there is room for: "6 s" and not "6000 ms". */
export function latencyTick(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toPrecision(3))} s` : milliseconds(ms);
}
