import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeAt, changeBeside, keepChanges, lineChanges, linesOf, movedLine } from "./line-changes.ts";

const texts = fc
  .array(fc.constantFrom("a", "b", "c", "", "  d"), { maxLength: 12 })
  .chain((lines) => fc.boolean().map((ended) => lines.join("\n") + (ended ? "\n" : "")));

describe("lineChanges", () => {
  it("says where lines go out and come in", () => {
    expect(lineChanges("a\nb\nc\nd\n", "a\nB\nB2\nc\n")).toEqual([
      { before: 2, removed: 1, after: 2, added: 2 },
      { before: 4, removed: 1, after: 5, added: 0 },
    ]);
  });

  it("finds nothing in equal texts, and the missing line break in others", () => {
    expect(lineChanges("a\nb\n", "a\nb\n")).toEqual([]);
    expect(lineChanges("a\nb", "a\nb\n")).toEqual([{ before: 2, removed: 1, after: 2, added: 1 }]);
  });

  it("what lies between the changes is the same on both sides, and no two changes touch", () => {
    fc.assert(
      fc.property(texts, texts, (original, modified) => {
        const [old, fresh] = [linesOf(original), linesOf(modified)];
        let [before, after] = [1, 1];
        for (const [index, change] of lineChanges(original, modified).entries()) {
          expect(change.removed + change.added).toBeGreaterThan(0);
          if (index > 0) expect(change.before).toBeGreaterThan(before);
          expect(old.slice(before - 1, change.before - 1)).toEqual(fresh.slice(after - 1, change.after - 1));
          [before, after] = [change.before + change.removed, change.after + change.added];
        }
        expect(old.slice(before - 1)).toEqual(fresh.slice(after - 1));
      }),
    );
  });

  it("is not mistaken about a pair whose texts meet elsewhere", () => {
    expect(lineChanges("a\n", "b\nc\n")).not.toEqual(lineChanges("a\nb\n", "c\n"));
  });
});

describe("keepChanges", () => {
  it("drops one change and keeps the other", () => {
    expect(keepChanges("a\nb\nc\nd\n", "a\nB\nc\nD\n", new Set([1]))).toBe("a\nb\nc\nD\n");
  });

  it("is the new text with all changes and the old one with none", () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const every = new Set(lineChanges(before, after).keys());
        expect(keepChanges(before, after, every)).toBe(after);
        expect(keepChanges(before, after, new Set())).toBe(before);
      }),
    );
  });

  it("leaves nothing of a dropped change, and does not need it for the others", () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), (before, after, pick) => {
        const changes = lineChanges(before, after);
        if (changes.length === 0) return;
        const dropped = pick % changes.length;
        const mixed = keepChanges(before, after, new Set([...changes.keys()].filter((index) => index !== dropped)));
        expect(keepChanges(before, mixed, new Set(lineChanges(before, mixed).keys()))).toBe(mixed);
        if (changes.length === 1) expect(mixed).toBe(before);
      }),
    );
  });
});

describe("movedLine", () => {
  it("follows a line past what came in and went out above it", () => {
    expect(movedLine("a\nb\nc\n", "new\na\nb\nc\n", 2)).toBe(3);
    expect(movedLine("a\nb\nc\n", "c\n", 3)).toBe(1);
    expect(movedLine("a\nb\nc\n", "a\nb\nc\nd\n", 3)).toBe(3);
  });

  it("loses a line that was changed", () => {
    expect(movedLine("a\nb\nc\n", "a\nB\nc\n", 2)).toBeNull();
    expect(movedLine("a\nb\nc\n", "a\nc\n", 2)).toBeNull();
  });

  it("only ever answers a line that says the same", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: 1 }).map((lines) => `${lines.join("\n")}\n`);
    fc.assert(
      fc.property(text, text, fc.nat(20), (before, after, seed) => {
        const lines = before.slice(0, -1).split("\n");
        const line = (seed % lines.length) + 1;
        const moved = movedLine(before, after, line);
        if (moved !== null) expect(after.split("\n")[moved - 1]).toBe(lines[line - 1]);
      }),
    );
  });
});

describe("the change at a line", () => {
  const changes = lineChanges("a\nb\nc\nd\ne\nf\n", "a\nB\nB2\nc\nd\ne\nF\n");

  it("is the one that the line is in, or the nearest", () => {
    expect([2, 3, 7].map((line) => changeAt(changes, line))).toEqual([0, 0, 1]);
    expect([1, 4, 6, 100].map((line) => changeAt(changes, line))).toEqual([0, 0, 1, 1]);
  });

  it("is followed by the next, and the last one by the first", () => {
    expect([1, 2, 3, 5, 7].map((line) => changeBeside(changes, line, "next"))).toEqual([0, 1, 1, 1, 0]);
    expect([1, 2, 3, 5, 7].map((line) => changeBeside(changes, line, "previous"))).toEqual([1, 1, 1, 0, 0]);
  });
});
