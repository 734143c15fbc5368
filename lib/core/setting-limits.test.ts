import { describe, expect, it } from "vitest";
import { needs, SETTING_LIMITS, takes } from "./setting-limits.ts";
import { Settings } from "./version.ts";

const { target, requiredApprovals, monitorCalls, monitorHours } = SETTING_LIMITS;

const said = (change: object): string | undefined => Settings.safeParse(change).error?.issues[0]?.message;

describe("the figures among the settings", () => {
  it("say what they take", () => {
    expect(takes(target)).toBe("takes a number from 0.5 to 0.9999 (50 % to 99.99 %)");
    expect(takes(requiredApprovals)).toBe("takes a whole number from 1 to 5");
    expect(takes(monitorHours)).toBe("takes a number above 0");
    expect(takes(monitorCalls)).toBe("takes a whole number of at least 10");
  });
  it.each([Number.NaN, "0.9", null, Number.POSITIVE_INFINITY])("%j is no number", (value) => {
    expect(said({ target: value })).toBe(needs(target));
    expect(needs(target)).toBe("needs a number from 0.5 to 0.9999 (50 % to 99.99 %)");
  });
  it("tell what does not fit, with their ends", () => {
    for (const fits of [0.5, 0.75, 0.9999]) expect(said({ target: fits })).toBeUndefined();
    for (const not of [0, 0.49, 1, 99]) expect(said({ target: not })).toBe(takes(target));
    for (const not of [0, 1.5, 6]) expect(said({ requiredApprovals: not })).toBe(takes(requiredApprovals));
    expect(said({ monitorHours: 0 })).toBe(takes(monitorHours));
    expect(said({ monitorHours: 0.1 })).toBeUndefined();
    // What an earlier version stored is read, or nothing would start any more.
    expect(said({ monitorCalls: 5_000_000, monitorHours: 20_000 })).toBeUndefined();
    expect(said({})).toBeUndefined();
  });
});
