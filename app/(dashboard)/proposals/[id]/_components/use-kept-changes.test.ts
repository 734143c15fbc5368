import { describe, expect, it } from "vitest";
import { lineChanges } from "#app/_ui/diff/line-changes.ts";
import { changeAt } from "./use-kept-changes.ts";

describe("changeAt", () => {
  const runs = lineChanges("a\nb\nc\nd\ne\nf\n", "a\nB\nB2\nc\nd\ne\nF\n");

  it("is the change that the line is in", () => {
    expect([2, 3, 7].map((line) => changeAt(runs, line))).toEqual([0, 0, 1]);
  });

  it("is the nearest one elsewhere", () => {
    expect([1, 4, 6, 100].map((line) => changeAt(runs, line))).toEqual([0, 0, 1, 1]);
  });
});
