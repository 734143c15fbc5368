import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffHunks } from "#lib/core/diff.ts";
import { changesOf } from "./changes.ts";
import { lineChanges } from "./line-changes.ts";

const compare = (before: string, after: string) => changesOf(before, after, lineChanges(before, after));

describe("changesOf", () => {
  it("finds nothing in equal texts", () => {
    expect(compare("a\nb\n", "a\nb\n")).toEqual({ count: 0, added: 0, removed: 0, lineEnds: 0, hunks: [] });
  });

  it("counts runs of changes, and numbers the lines of both sides", () => {
    const changes = compare("a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\nf\n");
    expect(changes).toMatchObject({ count: 2, added: 2, removed: 1 });
    expect(changes.hunks[0]?.slice(0, 3)).toEqual([
      { kind: "same", text: "a", before: 1, after: 1 },
      { kind: "removed", text: "b", before: 2, after: null },
      { kind: "added", text: "B", before: null, after: 2 },
    ]);
  });

  it("counts lines that change by their end alone", () => {
    expect(compare("a\nb\nc\n", "a\r\nB\r\nc")).toMatchObject({ added: 3, removed: 3, lineEnds: 2 });
    expect(compare("a\nb\n", "a\nc\n").lineEnds).toBe(0);
  });

  it("has the lines of the diff that tools read, whatever the texts", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 40 })
      .map((lines) => `${lines.join("\n")}\n`);
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(compare(before, after).hunks).toEqual(diffHunks(before, after).map(({ lines }) => lines));
      }),
    );
  });
});
