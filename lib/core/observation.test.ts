import { describe, expect, it } from "vitest";
import { differenceOf, effectKindOf, isRepeatable } from "./observation.ts";

describe("differenceOf", () => {
  const error = { name: "Error", message: "no", stack: "Error: no\n    at run (t.ts:1:1)" };

  it("finds none between equal answers, whatever the order of their members and wherever they were thrown", () => {
    const first = { status: "succeeded" as const, output: { a: 1, b: [2] } };
    expect(differenceOf(first, { status: "succeeded", output: { b: [2], a: 1 } })).toBeNull();
    expect(differenceOf({ status: "failed", error }, { status: "failed", error: { ...error, stack: "" } })).toBeNull();
  });

  it.each([
    [{ status: "succeeded", output: 1 }, { status: "succeeded", output: 2 }, "its output was another one"],
    [{ status: "succeeded", output: null }, { status: "succeeded" }, null],
    [{ status: "succeeded", output: 1 }, { status: "failed", error }, "it succeeded and then failed"],
    [
      { status: "failed", error },
      { status: "failed", error: { ...error, name: "TypeError" } },
      "it threw another error",
    ],
    [
      { status: "refused", error: { ...error, code: "a" } },
      { status: "refused", error: { ...error, code: "b" } },
      "it threw another error",
    ],
    [
      { status: "failed", error },
      { status: "failed", error: { ...error, message: "No" } },
      "its error said something else",
    ],
  ] as const)("%j then %j: %s", (first, again, difference) => {
    expect(differenceOf(first, again)).toBe(difference);
  });
});

it("names requests with their method, and all else by its kind", () => {
  expect(effectKindOf({ kind: "fetch", request: { url: "https://x.test", method: "post" } })).toBe("fetch POST");
  expect(effectKindOf({ kind: "fetch", request: { url: "https://x.test" } })).toBe("fetch");
  expect(effectKindOf({ kind: "kv.set", request: { key: "a", value: 1 } })).toBe("kv.set");
  expect(effectKindOf({ kind: "now", request: null })).toBe("now");
});

it("only calls that ran to their end can be run again", () => {
  const all = ["succeeded", "refused", "failed", "timed_out", "rejected", "interrupted"] as const;
  expect(all.filter((status) => isRepeatable({ status }))).toEqual(["succeeded", "refused", "failed"]);
});
