import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visible } from "./visible-text.ts";

describe("visible", () => {
  it("shows what would turn the text or not be seen as an escape", () => {
    expect(visible("a\u202egnp.exe")).toBe("a\\u202egnp.exe");
    expect(visible("\u001b[31mred\u0007\u0000")).toBe("\\u001b[31mred\\u0007\\u0000");
    expect(visible("half \ud83d")).toBe("half \\ud83d");
    expect(visible("\u2066\u061c\u200f")).toBe("\\u2066\\u061c\\u200f");
  });

  it("leaves letters of any direction, emoji, tabs and lines as they are", () => {
    const text = "שלום مرحبا 😀👨‍👩‍👧 naïve\n\tline\r\n";
    expect(visible(text)).toBe(text);
  });

  it("is well formed and says the same again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
        const shown = visible(`${text}\udc00`);
        expect(shown.isWellFormed()).toBe(true);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });
});
