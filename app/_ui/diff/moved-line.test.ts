import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { movedLine } from "./moved-line.ts";

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
