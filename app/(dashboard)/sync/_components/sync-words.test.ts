import { describe, expect, it } from "vitest";
import { doubtOf, keepOrder, offersFor } from "./sync-words.ts";

describe("offersFor", () => {
  it("puts no file back where something else stands in its place", () => {
    expect(offersFor({ state: "unloadable", answers: true, diskHash: null })).toEqual([]);
    expect(offersFor({ state: "unloadable", answers: true, diskHash: "a" })).toEqual(["take_database"]);
    expect(offersFor({ state: "missing", answers: true, diskHash: null })).toEqual(["take_database"]);
    expect(offersFor({ state: "missing", answers: false, diskHash: null })).toEqual([]);
  });
});

describe("doubtOf", () => {
  it("says one thing of an edit: that it did not pass, or that nobody knows yet", () => {
    expect(doubtOf(null)).toBe("It was not tested yet.");
    expect(doubtOf({ verdict: null, headline: "" })).toBe("Its tests have not ended yet.");
    expect(doubtOf({ verdict: "failed", headline: "Failed: 1 case." })).toBe(
      "It did not pass its tests. Failed: 1 case.",
    );
  });
});

describe("keepOrder", () => {
  it("leaves rows where they were, and puts new ones last", () => {
    expect(keepOrder(["b", "a"], ["a", "b"])).toEqual(["b", "a"]);
    expect(keepOrder(["b", "a"], ["c", "a", "b"])).toEqual(["b", "a", "c"]);
    // What went for a while comes back to its place.
    expect(keepOrder(["b", "a"], ["a"])).toEqual(["b", "a"]);
  });
});
