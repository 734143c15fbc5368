import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unseenDifference } from "./unseen-difference.ts";

describe("unseenDifference", () => {
  it("names what no editor draws", () => {
    expect(unseenDifference("a\nb\n", "\ufeffa\nb\n")).toBe("byte order mark");
    expect(unseenDifference("a\nb\n", "a\r\nb\r\n")).toBe("line ends");
    expect(unseenDifference("a\n", "a\r\n")).toBe("line ends");
    expect(unseenDifference("\ufeffa\r\nb\n", "a\nb\n")).toBe("byte order mark and line ends");
    expect(unseenDifference("a\nb\n", "a\nb")).toBe("last line break");
  });

  it("is silent where the texts are equal, or differ in what is seen", () => {
    expect(unseenDifference("a\n", "a\n")).toBeNull();
    expect(unseenDifference("a\nb\n", "a\r\nc\r\n")).toBeNull();
    expect(unseenDifference("a\n", "\ufeffb\n")).toBeNull();
  });

  it("has a name for every two texts that look the same", () => {
    const end = fc.constantFrom("\n", "\r\n");
    const dressed = fc.tuple(fc.constantFrom("", "\ufeff"), end, end, fc.constantFrom("", "\n", "\r\n"));
    fc.assert(
      fc.property(dressed, dressed, ([mark, a, b, last], [markThen, aThen, bThen, lastThen]) => {
        const [before, after] = [`${mark}x${a}y${b}z${last}`, `${markThen}x${aThen}y${bThen}z${lastThen}`];
        expect(unseenDifference(before, after) === null).toBe(before === after);
      }),
    );
  });
});
