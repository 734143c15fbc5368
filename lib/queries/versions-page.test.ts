import { describe, expect, it } from "vitest";
import { pairToCompare, previousActive } from "./versions-page.ts";

describe("pairToCompare", () => {
  it("shows what made the active version, when not asked", () => {
    expect(pairToCompare([3, 2, 1], 3, {})).toEqual({ from: 2, to: 3 });
    expect(pairToCompare([3, 2, 1], 2, {})).toEqual({ from: 1, to: 2 });
  });
  it("compares the first version with its successor where it is active again", () => {
    expect(pairToCompare([2, 1], 1, {})).toEqual({ from: 1, to: 2 });
  });
  it("leaves out what never answered: the active version against the one that it took over from", () => {
    expect(pairToCompare([3, 2, 1], 3, { before: 1 })).toEqual({ from: 1, to: 3 });
    expect(pairToCompare([3, 2, 1], 1, { before: 3 })).toEqual({ from: 1, to: 3 });
    expect(pairToCompare([3, 2, 1], 3, { before: 1, to: 2 })).toEqual({ from: 1, to: 2 });
    expect(pairToCompare([4, 3, 2, 1], 4, { before: 1, to: 3 })).toEqual({ from: 2, to: 3 });
    expect(pairToCompare([3, 2, 1], 3, { before: 1, from: 2 })).toEqual({ from: 2, to: 3 });
  });
  it("takes the two that were asked for, in that direction", () => {
    expect(pairToCompare([5, 4, 3, 2, 1], 5, { from: 5, to: 1 })).toEqual({ from: 5, to: 1 });
    expect(pairToCompare([5, 4, 3, 2, 1], 5, { to: 3 })).toEqual({ from: 2, to: 3 });
  });
  it("does not take versions that do not exist", () => {
    expect(pairToCompare([2, 1], 2, { from: 9, to: 17 })).toEqual({ from: 1, to: 2 });
  });
  it("has nothing to compare with fewer than two, and never one with itself", () => {
    expect(pairToCompare([], null, {})).toBeNull();
    expect(pairToCompare([1], 1, {})).toBeNull();
    expect(pairToCompare([2, 1], 2, { from: 2, to: 2 })).toEqual({ from: 1, to: 2 });
  });
});

describe("previousActive", () => {
  const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 12, minute));
  it("is where the last deployment came from", () => {
    const done = [
      { fromVersion: 1, toVersion: 2, startedAt: at(1) },
      { fromVersion: 2, toVersion: 3, startedAt: at(2) },
    ];
    expect(previousActive(done, 3)).toBe(2);
  });
  it("follows a rollback: back and forth between the two", () => {
    const done = [
      { fromVersion: 2, toVersion: 1, startedAt: at(2) },
      { fromVersion: 1, toVersion: 2, startedAt: at(1) },
    ];
    expect(previousActive(done, 1)).toBe(2);
  });
  it("is nothing for a version that no deployment made active", () => {
    expect(previousActive([], 1)).toBeNull();
  });
});
