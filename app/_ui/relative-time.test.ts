import { describe, expect, it } from "vitest";
import { duration, latencyTick, milliseconds, relativeTime } from "./relative-time.ts";

const now = Date.parse("2026-11-23T12:00:00Z");

describe("relativeTime", () => {
  it.each([
    [0, "just now"],
    [4, "just now"],
    [-3, "just now"],
    [42, "42 s ago"],
    [60, "1 min ago"],
    [3_599, "59 min ago"],
    [7_200, "2 h ago"],
    [4 * 3_600 + 57 * 60, "5 h ago"],
    [4 * 3_600 + 29 * 60, "4 h ago"],
    [86_399, "1 d ago"],
    [86_400 * 2 - 3_600, "2 d ago"],
    [86_400 * 13.6, "2 wk ago"],
    [86_400 * 729, "2 yr ago"],
    [86_400 * 3, "3 d ago"],
    [86_400 * 30, "4 wk ago"],
    [86_400 * 100, "3 mo ago"],
    [86_400 * 800, "2 yr ago"],
    [-3_600, "in 1 h"],
  ])("%s seconds before now is %s", (seconds, text) => {
    expect(relativeTime(now - seconds * 1000, now)).toBe(text);
  });
});

describe("duration", () => {
  it.each([
    [12, "12 ms"],
    [12_000, "12 s"],
    [60_000, "1 min"],
    [185_000, "3 min 5 s"],
    [7_800_000, "2 h 10 min"],
  ])("%s ms is %s", (ms, text) => expect(duration(ms)).toBe(text));
});

describe("milliseconds", () => {
  it.each([
    [0.123, "0.12 ms"],
    [4.26, "4.3 ms"],
    [212.4, "212 ms"],
    [12_345, "12.3 s"],
  ])("%s is %s", (ms, text) => expect(milliseconds(ms)).toBe(text));
});

describe("latencyTick", () => {
  it.each([
    [0, "0 ms"],
    [750, "750 ms"],
    [1000, "1 s"],
    [1500, "1.5 s"],
    [6000, "6 s"],
    [60_000, "60 s"],
  ])("%s is %s", (ms, text) => expect(latencyTick(ms)).toBe(text));
});
