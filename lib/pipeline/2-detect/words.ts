/** The plain sentences of detection: counts beside every share, times that can be placed. */
import type { Cluster } from "#lib/core/opportunity.ts";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS = 24 * 3_600_000;

/** A time as one says it on the day of `now`: `14:02`, `Tue 14:02`, `3 Nov 14:02`. In UTC, and says so. */
export function sayTime(at: Date, now: Date): string {
  const clock = `${at.toISOString().slice(11, 16)} UTC`;
  const days = Math.floor(now.getTime() / DAY_MS) - Math.floor(at.getTime() / DAY_MS);
  if (days === 0) return clock;
  if (days > 0 && days < 7) return `${WEEKDAYS[at.getUTCDay()]} ${clock}`;
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${clock}`;
}

/** `1 call`, `5 calls`, `10,000 calls`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** A share in percent with no more digits than it deserves. */
export function percent(share: number): string {
  const value = share * 100;
  // Near the ends the digits are what it is about, and what is not all must not read 100 %.
  if (value >= 99.95 && value < 100) return `${Math.floor(value * 100) / 100} %`;
  if (value > 99 && value < 100) return `${value.toFixed(1)} %`;
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value)} %`;
}

/** A duration in milliseconds or seconds. */
export function duration(ms: number): string {
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`;
  if (ms >= 1000) return `${Number((ms / 1000).toFixed(1))} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${Number(ms.toPrecision(2))} ms`;
}

/** Any text on one line, cut where it gets long. */
export function brief(text: string, length = 120): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** How likely it is that chance alone did it. */
export function sayChance(pValue: number): string {
  return pValue < 0.000001 ? "below one in a million" : `about ${pValue.toPrecision(1)}`;
}

/** What tells a kind of failure from the others: its code or name, and its message where others have that name too. */
export function kindOf({ errorCode, errorName, message }: Cluster, among: readonly Cluster[]): string {
  const name = errorCode ?? errorName;
  const alike = among.filter((other) => (other.errorCode ?? other.errorName) === name).length > 1;
  return alike && message !== "" ? `${name} (${brief(message, 80)})` : name;
}
