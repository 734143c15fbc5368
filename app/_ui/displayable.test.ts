import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginning, displayable, inert } from "./displayable.ts";

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

describe("inert", () => {
  it("writes what turns text around or shows as a box as its escape", () => {
    const value = { "\u202ek": ["\u001b[31m\u0007\u0000", "a\u2066b\u2069\u200e\u200f\u061c", "half \ud83d"] };
    expect(inert(value)).toEqual({
      "\\u202ek": ["\\u001b[31m\\u0007\\u0000", "a\\u2066b\\u2069\\u200e\\u200f\\u061c", "half \\ud83d"],
    });
    expect(inert(JSON.stringify("\u202e\u001b\ud83d"))).toBe('"\\u202e\\u001b\\ud83d"');
  });

  it("keeps letters of every script, emoji, tabs and line ends", () => {
    const text = "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd 👩‍👩‍👧‍👦 é\ta\r\nb\n";
    expect(inert(text)).toBe(text);
    expect(inert({ at: new Date(5), n: null })).toEqual({ at: new Date(5), n: null });
  });

  it("leaves nothing that acts, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(inert(`${text}\u202e\ud83d`)).not.toMatch(
          /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\p{Cs}]|[^\P{Cc}\t\n\r]/u,
        );
      }),
    );
  });
});
