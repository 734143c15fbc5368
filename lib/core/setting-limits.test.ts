import { describe, expect, it } from "vitest";
import { faultOfFigure, SETTING_LIMITS, takes } from "./setting-limits.ts";
import { Settings } from "./version.ts";

const { target, requiredApprovals, monitorHours } = SETTING_LIMITS;

describe("the figures among the settings", () => {
  it("say what they take", () => {
    expect(takes(target)).toBe("takes a number from 0.5 to 0.9999 (50 % to 99.99 %)");
    expect(takes(requiredApprovals)).toBe("takes a whole number from 1 to 5");
    expect(takes(monitorHours)).toBe("takes a number above 0, at most 8,760");
  });
  it.each(["", "  ", "much", "0,99", "1e999", "NaN"])("%j needs a number, and is none", (text) => {
    expect(faultOfFigure(target, text)).toBe("needs a number from 0.5 to 0.9999 (50 % to 99.99 %)");
  });
  it("tell what does not fit, with their ends", () => {
    for (const fits of ["0.5", "0.9999", " .75 "]) expect(faultOfFigure(target, fits)).toBeNull();
    for (const not of ["0", "0.49", "1", "99"]) expect(faultOfFigure(target, not)).toBe(takes(target));
    expect(faultOfFigure(requiredApprovals, "1.5")).toBe(takes(requiredApprovals));
    expect(faultOfFigure(monitorHours, "0")).toBe(takes(monitorHours));
    expect(faultOfFigure(monitorHours, "0.1")).toBeNull();
  });
  it("are held to the same by the schema of the settings", () => {
    const said = (change: object): string | undefined => Settings.safeParse(change).error?.issues[0]?.message;
    expect(said({ target: 1.2 })).toBe(takes(target));
    expect(said({ target: Number.NaN })).toBe(takes(target));
    expect(said({ requiredApprovals: 1.5 })).toBe(takes(requiredApprovals));
    expect(said({ monitorHours: 0 })).toBe(takes(monitorHours));
    expect(said({})).toBeUndefined();
  });
});
