import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countChanges, diffHunks, unifiedDiff } from "./diff.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-diff-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "c", "", "  d", "\\ e", "+f", "-g"), { maxLength: 12 }), fc.boolean())
  .map(([lines, closed]) => (lines.length === 0 ? "" : lines.join("\n") + (closed ? "\n" : "")));

describe("unifiedDiff", () => {
  it("names both sides and shows what changed", () => {
    expect(unifiedDiff("old.ts", "one\ntwo\n", "new.ts", "one\nthree\n")).toBe(
      "--- old.ts\n+++ new.ts\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n",
    );
  });

  it("is empty where nothing differs", () => {
    expect(unifiedDiff("a", "same", "b", "same")).toBe("");
    expect(diffHunks("same", "same")).toEqual([]);
  });

  it("is read by git, which makes the new text of the old one byte for byte", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        // git calls a patch of an empty file a creation or deletion, which other headers say.
        fc.pre(before !== after && before !== "" && after !== "");
        writeFileSync(join(folder, "tool.ts"), before);
        writeFileSync(join(folder, "change.patch"), unifiedDiff("a/tool.ts", before, "b/tool.ts", after));
        execFileSync("git", ["apply", "--whitespace=nowarn", "change.patch"], { cwd: folder, stdio: "pipe" });
        expect(readFileSync(join(folder, "tool.ts"), "utf8")).toBe(after);
      }),
      { numRuns: 40 },
    );
  });
});

describe("diffHunks", () => {
  it("gives both texts back, line by line, with their numbers", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffHunks(before, after, 1_000).flatMap((hunk) => hunk.lines);
        fc.pre(before !== after);
        const side = (skip: "added" | "removed"): string =>
          lines
            .filter(({ kind }) => kind !== skip)
            .map((line) => line.text + (line.unterminated ? "" : "\n"))
            .join("");
        expect(side("added")).toBe(before);
        expect(side("removed")).toBe(after);
        expect(lines.flatMap(({ before: number }) => number ?? [])).toEqual(
          lines.filter(({ kind }) => kind !== "added").map((_, index) => index + 1),
        );
        expect(lines.flatMap(({ after: number }) => number ?? [])).toEqual(
          lines.filter(({ kind }) => kind !== "removed").map((_, index) => index + 1),
        );
      }),
    );
  });

  it("counts what comes and goes", () => {
    expect(countChanges("a\nb\nc\n", "a\nx\ny\nc\n")).toEqual({ added: 2, removed: 1 });
  });
});
