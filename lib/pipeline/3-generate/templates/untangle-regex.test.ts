import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { enumerate } from "./enumerate.ts";
import { doubledRepetitions } from "./untangle-regex.ts";

function untangle(literal: string): string {
  const cut = new Set(doubledRepetitions(literal));
  return [...literal].filter((_, at) => !cut.has(at)).join("");
}

describe("doubledRepetitions", () => {
  it.each([
    ["/^(?:a+)+$/", "/^(?:a)+$/"],
    ["/(?:[^[\\]]+|\\[[^\\]]*\\])*x/", "/(?:[^[\\]]|\\[[^\\]]*\\])*x/"],
    ["/^(?:\\w+\\s?)*$/", "/^(?:\\w\\s?)*$/"],
    ["/^(?:\\p{L}+-?)+$/u", "/^(?:\\p{L}-?)+$/u"],
    ["/(?:(?:ab)+)*/", "/(?:(?:ab))*/"],
  ])("%s becomes %s", (before, after) => {
    expect(untangle(before)).toBe(after);
  });

  it.each([
    "/^(a+)+$/",
    "/(?:a+b)*/",
    "/(?:a+)?/",
    "/(?:a+){2}/",
    "/[(a+)+]/",
    "/\\((?:a)+\\)+/",
    "/(?:a+?)*/",
    "/a+b*/",
  ])("%s stays", (literal) => {
    expect(untangle(literal)).toBe(literal);
  });

  it("never changes which texts match", () => {
    const atom = fc.constantFrom("a", "b", "[ab]", "(?:ab)", "(?:a|bb)", "\\w");
    const mark = fc.constantFrom("", "+", "?", "*", "+?");
    const alternative = fc
      .array(fc.tuple(atom, mark), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.flat().join(""));
    const body = fc.array(alternative, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("|"));
    const pattern = fc
      .tuple(body, fc.constantFrom("*", "+", "?", "{2,}", "{1,2}"))
      .map(([inner, q]) => `^(?:${inner})${q}$`);
    fc.assert(
      fc.property(pattern, fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 9 }), (source, letters) => {
        const after = new RegExp(untangle(`/${source}/`).slice(1, -1));
        expect(after.test(letters.join(""))).toBe(new RegExp(source).test(letters.join("")));
      }),
      { numRuns: 2_000 },
    );
  });
});

it("mends the sample link extractor: the text that took for ever takes a moment", async () => {
  const source = await readFile(new URL("../../../../tools/extract_links.ts", import.meta.url), "utf8");
  const input = { markdown: `[${"a".repeat(40)}` };
  const [first] = enumerate(source, {
    failures: [{ errorName: "TimedOut", message: "", lines: [], input }],
    passing: [],
    refusals: [],
    answers: [],
    inputSchema: {},
  });
  expect(first?.template).toBe("untangle a regular expression");
  const literal = /const LINK = (\/.*\/)g;/.exec(first?.source ?? "")?.[1] ?? "";
  const started = performance.now();
  expect([..."x".matchAll(new RegExp(literal.slice(1, -1), "g"))]).toEqual([]);
  expect([...`${"[a".repeat(500)}`.matchAll(new RegExp(literal.slice(1, -1), "g"))]).toEqual([]);
  expect(performance.now() - started).toBeLessThan(1_000);
});
