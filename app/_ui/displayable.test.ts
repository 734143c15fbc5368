import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginning, displayable } from "./displayable.ts";

describe("displayable", () => {
  it("keeps everything that HTML can hold", () => {
    const at = new Date(5);
    const value = { a: ["😀", 1, null, true], b: { at }, c: undefined };
    expect(displayable(value)).toEqual(value);
    expect(displayable(value).b.at).toBe(at);
  });

  it("leaves no text that a page would change, wherever it stands", () => {
    const text = fc.string({ unit: "binary", maxLength: 8 });
    fc.assert(
      fc.property(fc.jsonValue(), text, fc.nat(12), (value, raw, most) => {
        const half = `${raw}\ud83d`;
        const shown = JSON.stringify(displayable({ [half]: [half, "\u0000", value] }));
        expect(shown).not.toMatch(/\\u0000|\\ud[89a-f]/i);
        expect(beginning(`😀${raw}😀`, most).isWellFormed()).toBe(true);
      }),
    );
  });
});
