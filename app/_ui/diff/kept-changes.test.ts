import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepChanges, runsOf } from "./kept-changes.ts";

const texts = fc
  .array(fc.constantFrom("a", "b", "c", "", "  d"), { maxLength: 12 })
  .chain((lines) => fc.boolean().map((ended) => lines.join("\n") + (ended ? "\n" : "")));

describe("keepChanges", () => {
  it("drops one change and keeps the other", () => {
    const [before, after] = ["a\nb\nc\nd\n", "a\nB\nc\nD\n"];
    expect(runsOf(before, after)).toEqual([
      { removed: ["b"], added: ["B"], before: 2, after: 2 },
      { removed: ["d"], added: ["D"], before: 4, after: 4 },
    ]);
    expect(keepChanges(before, after, new Set([1]))).toBe("a\nb\nc\nD\n");
  });

  it("is the new text with all changes and the old one with none", () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const every = new Set(runsOf(before, after).keys());
        expect(keepChanges(before, after, every)).toBe(after);
        expect(keepChanges(before, after, new Set())).toBe(before);
      }),
    );
  });

  it("leaves nothing of a dropped change, and does not need it for the others", () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), (before, after, pick) => {
        const runs = runsOf(before, after);
        if (runs.length === 0) return;
        const dropped = pick % runs.length;
        const kept = new Set([...runs.keys()].filter((index) => index !== dropped));
        const mixed = keepChanges(before, after, kept);
        expect(keepChanges(before, mixed, new Set(runsOf(before, mixed).keys()))).toBe(mixed);
        if (runs.length === 1) expect(mixed).toBe(before);
      }),
    );
  });
});
