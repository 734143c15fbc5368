import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Change, explainChanges, kindOfChange } from "./explained.ts";

const changes = (confirmed: number, open: number, kind = "result up"): Change[] => [
  ...Array.from({ length: confirmed }, () => ({ confirmed: true, kind })),
  ...Array.from({ length: open }, () => ({ confirmed: false, kind })),
];

describe("explainChanges", () => {
  it("explains changes of which half is known to be right", () => {
    expect(explainChanges(changes(8, 7))).toMatchObject({ explained: true, confirmed: 8, open: 7, missing: 0 });
  });
  it("does not explain what nobody confirmed", () => {
    expect(explainChanges(changes(0, 1)).explained).toBe(false);
    expect(explainChanges([]).explained).toBe(true);
  });
  it("says how many confirmations are missing", () => {
    const { explained, missing } = explainChanges(changes(10, 40));
    expect(explained).toBe(false);
    expect(explainChanges(changes(10 + missing, 40 - missing)).explained).toBe(true);
  });
  it("sees that one kind of change was never confirmed", () => {
    expect(explainChanges([...changes(50, 40, "to true"), ...changes(0, 8, "to false")]).explained).toBe(false);
    expect(explainChanges([...changes(50, 40, "to true"), ...changes(1, 2, "to false")]).explained).toBe(true);
  });
  it("more confirmations never take an explanation away", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(20), (confirmed, open, more) => {
        const before = explainChanges(changes(confirmed, open)).explained;
        if (before) expect(explainChanges(changes(confirmed + more, open)).explained).toBe(true);
      }),
    );
  });
});

describe("kindOfChange", () => {
  it.each([
    [{ result: 1 }, { result: 3 }, "result up"],
    [{ result: true }, { result: false }, "result to false"],
    [{ a: "x", b: [1] }, { a: "x", b: [1, 2] }, "b longer"],
    [{ a: null }, { a: 2 }, "a object to number"],
    [{ a: { b: 1 } }, { a: { b: 2 } }, "a object to object"],
  ])("%j to %j: %s", (before, after, kind) => {
    expect(kindOfChange(before, after)).toBe(kind);
  });
});
