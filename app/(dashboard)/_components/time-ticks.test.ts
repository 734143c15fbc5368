import { expect, test } from "vitest";
import { momentInWords, tickInWords, timeTicks } from "./time-ticks.ts";

const HOUR_MS = 3_600_000;
const slices = (from: Date, hours: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from.getTime() + (index * hours * HOUR_MS) / count);

test("a week has a tick at each of its days, equally far apart, none left out", () => {
  const ticks = timeTicks(slices(new Date(2026, 10, 22, 8, 44), 168, 84), 168);
  expect(ticks.map(({ names }) => tickInWords(names))).toEqual([
    "Mon 23",
    "Tue 24",
    "Wed 25",
    "Thu 26",
    "Fri 27",
    "Sat 28",
    "Sun 29",
  ]);
  const apart = ticks.slice(1).map(({ at }, index) => at - (ticks[index]?.at ?? 0));
  expect(new Set(apart)).toEqual(new Set([24 * HOUR_MS]));
  // Each stands at the slice that its moment falls into.
  for (const { at, names } of ticks) expect(names - at).toBeLessThan(2 * HOUR_MS);
});

test("a day has round hours, and the date where it turns", () => {
  const ticks = timeTicks(slices(new Date(2026, 10, 28, 10, 10), 24, 48), 24);
  expect(ticks.map(({ names }) => tickInWords(names))).toEqual(["12:00", "16:00", "20:00", "Sun 29", "04:00", "08:00"]);
});

test("a moment says its day where several are shown", () => {
  const at = new Date(2026, 10, 28, 10, 10).getTime();
  expect(momentInWords(at, 24)).toBe("10:10");
  expect(momentInWords(at, 168)).toBe("Sat 28 Nov, 10:10");
  expect(timeTicks([], 24)).toEqual([]);
});
