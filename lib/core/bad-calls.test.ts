import { expect, test } from "vitest";
import { sayBadCalls, saySpan } from "./bad-calls.ts";

const until = new Date("2026-11-29T14:12:00Z");
const ago = (minutes: number): Date => new Date(until.getTime() - minutes * 60_000);

test("a day is told where one was seen, with no more digits than it deserves", () => {
  const lastDay = { since: ago(24 * 60), calls: 400 };
  const counted = { bad: 16, since: ago(12) };
  expect(sayBadCalls({ badCallsPerDay: 143.2, lastDay, counted, until })).toBe("about 140 a day");
  expect(sayBadCalls({ badCallsPerDay: 12_345, lastDay, counted, until }, "bad calls")).toBe(
    "about 12,000 bad calls a day",
  );
  expect(sayBadCalls({ badCallsPerDay: 0.3, lastDay, counted, until }, "bad calls")).toBe("less than 1 bad call a day");
});

test("of less than a day, what was counted and in which time", () => {
  const lastDay = { since: ago(14), calls: 40 };
  expect(sayBadCalls({ badCallsPerDay: 40, lastDay, counted: { bad: 16, since: ago(12) }, until })).toBe(
    "16 in 12 min",
  );
  expect(sayBadCalls({ badCallsPerDay: 1, lastDay, counted: { bad: 1, since: ago(5 * 60) }, until }, "bad calls")).toBe(
    "1 bad call in 5 h",
  );
  expect(sayBadCalls({ badCallsPerDay: 0, lastDay, counted: undefined, until })).toBe("no calls counted");
});

test("what was found before a day was kept with it is told as it was", () => {
  const old = { lastDay: undefined, counted: undefined, until };
  expect(sayBadCalls({ badCallsPerDay: 79.6, ...old }, "bad calls")).toBe("about 80 bad calls a day");
});

test("spans have one unit", () => {
  expect([1, 40_000, 12 * 60_000, 5 * 3_600_000, 60 * 3_600_000].map(saySpan)).toEqual([
    "1 s",
    "40 s",
    "12 min",
    "5 h",
    "3 d",
  ]);
});
