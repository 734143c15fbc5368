import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readInput } from "./read-input.ts";

function nested(levels: number, inside: unknown = 1): unknown {
  let value = inside;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

describe("readInput", () => {
  it("takes whatever JSON can hold, as it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(readInput(value)).toBe(value);
      }),
    );
  });

  it.each([
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    Symbol("a"),
    () => 1,
    new Date(0),
    new Map(),
    { a: undefined },
    [1, [Number.NaN]],
    { a: { b: new Date(0) } },
  ])("refuses what JSON cannot hold: %o", (value) => {
    expect(() => readInput(value)).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(() => readInput(value)).toThrow(/no JSON value/);
  });

  it("takes 200 levels and no more, and says so", () => {
    expect(readInput(nested(200))).toBeDefined();
    expect(() => readInput(nested(201))).toThrow(/nested deeper than 200 levels/);
    expect(() => readInput(nested(100_000))).toThrow(/nested deeper/);
    expect(() => readInput([undefined, nested(300)])).toThrow(/nested deeper/);
  });

  it("keeps members that have a name of the language's own", () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
    expect(JSON.stringify(readInput(value))).toBe('{"__proto__":{"a":1},"constructor":2}');
  });
});
