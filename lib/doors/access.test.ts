import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCookie, sameSitePath } from "./access.ts";

describe("sameSitePath", () => {
  it.each([
    ["/proposals/3?tab=evidence#case-2", "/proposals/3?tab=evidence#case-2"],
    [null, "/"],
    ["", "/"],
    ["//evil.example/a", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["/\t/evil.example", "/"],
    ["/.//evil.example", "/"],
    ["/tools/good_sum?days=7&_rsc=1a2b", "/tools/good_sum?days=7"],
    ["/sign-in?next=/sign-in", "/"],
    ["/api/v1/tools", "/"],
  ])("%s leads to %s", (next, to) => {
    expect(sameSitePath(next)).toBe(to);
  });

  it("never leaves the site", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const to = new URL(sameSitePath(text), "http://here.example");
        expect(to.origin).toBe("http://here.example");
      }),
    );
  });
});

describe("readCookie", () => {
  it("finds one among others by its whole name", () => {
    expect(readCookie("a=1; whetstone_session=ws_x=y ; b=2", "whetstone_session")).toBe("ws_x=y");
    expect(readCookie("xwhetstone_session=1", "whetstone_session")).toBeNull();
    expect(readCookie("whetstone_session=", "whetstone_session")).toBeNull();
    expect(readCookie(null, "a")).toBeNull();
  });
});
