import { describe, expect, it } from "vitest";
import { mergeThreeWay } from "#lib/core/merge.ts";
import { hasMarks, linesOn, textOfChoices } from "./merge-choices.ts";

const NAMES = { disk: "the file", database: "the active version" };
const { regions } = mergeThreeWay({
  base: "a\nb\nc\nd\ne\n",
  disk: "a\nleft\nc\ndisk\ndisk\ne\n",
  database: "a\nright\nc\ne\n",
});

describe("choices of a merge", () => {
  it("mark what is open, and put in what was chosen", () => {
    const none = textOfChoices(regions, [], NAMES);
    expect(none.open).toBe(2);
    expect(hasMarks(none.text)).toBe(true);
    const one = textOfChoices(regions, ["disk", null], NAMES);
    expect(one.open).toBe(1);
    expect(one.text.startsWith("a\nleft\nc\n<<<<<<< the file\ndisk\ndisk\n")).toBe(true);
    expect(textOfChoices(regions, ["database", "disk"], NAMES)).toEqual({
      text: "a\nright\nc\ndisk\ndisk\ne\n",
      places: [
        { from: 2, count: 1 },
        { from: 4, count: 2 },
      ],
      open: 0,
    });
    const both = textOfChoices(regions, ["both", "database"], NAMES);
    expect(both).toMatchObject({ text: "a\nleft\nright\nc\ne\n", open: 0 });
    expect(both.places).toEqual([
      { from: 2, count: 2 },
      { from: 5, count: 0 },
    ]);
    expect(hasMarks(both.text)).toBe(false);
  });

  it("know their lines on both sides", () => {
    expect(linesOn(regions, "disk")).toEqual([
      { from: 2, count: 1 },
      { from: 4, count: 2 },
    ]);
    expect(linesOn(regions, "database").map(({ count }) => count)).toEqual([1, 0]);
  });

  it("take no operator for a mark", () => {
    expect(hasMarks("const a = 1 >>>>>>> 2;\n  <<<<<<< x\n")).toBe(false);
    expect(hasMarks("a\n=======\nb\n")).toBe(true);
  });
});
