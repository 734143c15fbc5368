import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

type Values = { isPlain(value: unknown): boolean; plain(value: unknown, what: string): unknown };
const { isPlain, plain } = runInThisContext(readFileSync(new URL("./values.js", import.meta.url), "utf8")) as Values;

describe("a value on its way out of the guest", () => {
  it("is written as it stands only where the careful copy would be the same text", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withDate: true,
          withBigInt: true,
          withMap: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          if (isPlain(value)) expect(JSON.stringify(value)).toBe(JSON.stringify(plain(value, "the value")));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is taken as it stands where it is JSON", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => isPlain(JSON.parse(JSON.stringify(value)))));
  });

  it("takes the careful way where JSON would leave something out, change it or never end", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const odd = [
      undefined,
      Number.NaN,
      1n,
      () => 1,
      Symbol("s"),
      new Date(0),
      new Map(),
      [undefined],
      cycle,
      { toJSON: () => 1 },
    ];
    for (const value of odd) expect(isPlain(value)).toBe(false);
  });
});
