import { describe, expect, it } from "vitest";
import { fits, namedPlaces } from "./palette-search.ts";

describe("fits", () => {
  it("takes words as they are typed, in any order, and scattered letters never", () => {
    expect(fits("Look for problems now detect Commands", "detect")).toBeGreaterThan(0);
    expect(fits("Look for problems now detect Commands", "now look")).toBeGreaterThan(0);
    expect(fits("Delete a secret of tools secrets.delete", "detect")).toBe(0);
    expect(fits("End a watch: roll back", "dark")).toBe(0);
  });

  it("puts what begins so before what holds it at the start of a word, and that before the rest", () => {
    const ranks = ["nnnn_tool", "the nnnn tool", "connnnect"].map((value) => fits(value, "nnnn"));
    expect(ranks).toEqual([1, 0.8, 0.5]);
  });

  it("reads what is typed as text, and not as a pattern", () => {
    expect(fits("a (b) [c]", "(b) [c")).toBeGreaterThan(0);
    expect(fits("abc", ".*")).toBe(0);
  });
});

describe("namedPlaces", () => {
  it("knows proposals by number, and anything by its id", () => {
    expect(namedPlaces("proposal 12")).toEqual([{ label: "Proposal 12", href: "/proposals/12" }]);
    expect(namedPlaces("#7")[0]?.href).toBe("/proposals/7");
    const id = "0190a000-0000-7000-8000-000000000000";
    expect(namedPlaces(` ${id} `).map(({ href }) => href)).toContain(`/executions/${id}`);
    expect(namedPlaces("calculator")).toEqual([]);
  });
});
