import { describe, expect, it } from "vitest";
import { load } from "./in-process.ts";

const all = (source: string, args: number[]) =>
  [...(load(source, "f")?.(args.map((one) => [one])) ?? [])].map(({ ran }) => ran);

describe("load", () => {
  it("answers each call in its place: values, exceptions, what is no JSON and what never ends", () => {
    const source = `function f(n) {
      if (n === 3) throw new TypeError("no");
      if (n === 5) return NaN;
      if (n % 7 === 0) for (;;) {}
      return { n };
    }`;
    expect(all(source, [1, 3, 7, 4, 5, 14, 21, 8])).toEqual([
      { value: '{"n":1}' },
      { failure: "TypeError" },
      { failure: "TimedOut" },
      { value: '{"n":4}' },
      { failure: "OutputNotJson" },
      { failure: "TimedOut" },
      { failure: "TimedOut" },
      { value: '{"n":8}' },
    ]);
  });
  it("stops where nobody asks on", () => {
    const run = load("let calls = 0; function f() { calls += 1; return calls; }", "f");
    const first = run?.([[1], [2], [3]]).next().value;
    expect(first?.ran).toEqual({ value: "1" });
  });
  it("is null for a source that does not load", () => {
    expect(load("function f( {", "f")).toBeNull();
  });
});
