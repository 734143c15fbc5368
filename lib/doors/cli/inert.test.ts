import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inert, inertJson } from "./inert.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: what may never reach a terminal
const LIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe("inert", () => {
  it("writes escape sequences out instead of sending them", () => {
    expect(inert("\u001b]0;title\u0007\u001b[2Jgone")).toBe("\\x1b]0;title\\x07\\x1b[2Jgone");
    expect(inert("a\rb\u009b31m\u202eevil")).toBe("a\\x0db\\x9b31m\\u202eevil");
    expect(inert("line\n\ttab\r\nnext")).toBe("line\n\ttab\nnext");
  });

  it("leaves nothing live in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(inert(text)).not.toMatch(LIVE);
      }),
    );
  });

  it("keeps the value of JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = inertJson(value);
        expect(text).not.toMatch(LIVE);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
