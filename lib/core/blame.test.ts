import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BlamedVersion, blame } from "./blame.ts";

const owners = (versions: BlamedVersion[], number: number): number[] =>
  blame(versions, number).map(({ version }) => version);

describe("blame", () => {
  const one = { number: 1, source: "a\nb\nc\n", parents: [] };

  it("gives each line to the version that brought it in", () => {
    const two = { number: 2, source: "a\nB\nc\n", parents: [1] };
    const three = { number: 3, source: "new\na\nB\nc\n", parents: [2] };
    expect(owners([one, two, three], 3)).toEqual([3, 1, 2, 1]);
    expect(blame([one], 1)).toEqual([
      { line: 1, text: "a", version: 1 },
      { line: 2, text: "b", version: 1 },
      { line: 3, text: "c", version: 1 },
    ]);
  });

  it("follows a merge into both of its parents", () => {
    const left = { number: 2, source: "left\nb\nc\n", parents: [1] };
    const right = { number: 3, source: "a\nb\nright\n", parents: [1] };
    const merged = { number: 4, source: "left\nb\nright\n", parents: [2, 3] };
    expect(owners([one, left, right, merged], 4)).toEqual([2, 1, 3]);
  });

  it("keeps a line that came again with those who brought it again, and ends where history does", () => {
    const without = { number: 2, source: "a\nc\n", parents: [1] };
    const again = { number: 3, source: "a\nb\nc\n", parents: [2] };
    expect(owners([one, without, again], 3)).toEqual([1, 3, 1]);
    expect(owners([{ ...again, parents: [99, 3] }], 3)).toEqual([3, 3, 3]);
    expect(blame([one], 7)).toEqual([]);
  });

  it("has every line once, with its own text, from a version that has that line", () => {
    const source = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 8 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5)), (sources, parents) => {
        const versions = sources.map((text, index) => ({
          number: index + 1,
          source: text,
          parents: index === 0 ? [] : [1 + ((parents[index] ?? index - 1) % index)],
        }));
        const last = versions.length;
        const lines = blame(versions, last);
        const text = versions[last - 1]?.source ?? "";
        expect(lines.map((line) => line.text).join("\n")).toBe(text.endsWith("\n") ? text.slice(0, -1) : text);
        for (const line of lines) expect(versions[line.version - 1]?.source.split("\n")).toContain(line.text);
      }),
    );
  });
});
