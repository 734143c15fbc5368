import { describe, expect, it, vi } from "vitest";
import { capsOf, confirmKey, matchKeys, type Press } from "./keys.ts";

const press = (key: string, change: Partial<Press> = {}): Press => ({
  key,
  metaKey: false,
  ctrlKey: false,
  altKey: false,
  ...change,
});

describe("matchKeys", () => {
  it("takes a single key, whatever its case", () => {
    expect(matchKeys("j", [press("j")])).toBe("full");
    expect(matchKeys("j", [press("J")])).toBe("full");
    expect(matchKeys("j", [press("k")])).toBe("no");
  });
  it("does not take a single key with a modifier: that belongs to the browser", () => {
    expect(matchKeys("r", [press("r", { metaKey: true })])).toBe("no");
    expect(matchKeys("r", [press("r", { altKey: true })])).toBe("no");
  });
  it("takes mod as ⌘ and as Ctrl", () => {
    expect(matchKeys("mod+enter", [press("Enter", { metaKey: true })])).toBe("full");
    expect(matchKeys("mod+enter", [press("Enter", { ctrlKey: true })])).toBe("full");
    expect(matchKeys("mod+enter", [press("Enter")])).toBe("no");
  });
  it("follows a sequence press by press", () => {
    expect(matchKeys("g t", [press("g")])).toBe("partial");
    expect(matchKeys("g t", [press("g"), press("t")])).toBe("full");
    expect(matchKeys("g t", [press("g"), press("p")])).toBe("no");
    expect(matchKeys("g", [press("g"), press("t")])).toBe("no");
  });
});

describe("confirmKey", () => {
  it("confirms once by ⌘↵ and Ctrl ↵, and leaves to an editor what it has taken", () => {
    const confirm = vi.fn();
    const hear = (one: Press, repeat = false, taken = false) => {
      const preventDefault = vi.fn();
      confirmKey(confirm)({ ...one, repeat, preventDefault, isDefaultPrevented: () => taken });
      return preventDefault.mock.calls.length;
    };
    expect(hear(press("Enter"))).toBe(0);
    expect(hear(press("Enter", { ctrlKey: true }), true)).toBe(0);
    expect(hear(press("Enter", { ctrlKey: true }), false, true)).toBe(0);
    expect(confirm).not.toHaveBeenCalled();
    expect(hear(press("Enter", { ctrlKey: true })) + hear(press("Enter", { metaKey: true }))).toBe(2);
    expect(confirm).toHaveBeenCalledTimes(2);
  });
});

describe("capsOf", () => {
  it("draws modifiers as the machine's own", () => {
    expect(capsOf("mod+enter", true)).toEqual([["⌘", "↵"]]);
    expect(capsOf("mod+k", false)).toEqual([["Ctrl", "k"]]);
    expect(capsOf("g t", false)).toEqual([["g"], ["t"]]);
  });
});
