import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare } from "./comparison.ts";
import type { SideResult } from "./evidence.ts";
import type { Json } from "./json.ts";
import { type CaseToLabel, labelCase, meetsExpectation } from "./labels.ts";

const base = { latencyMs: 1, effects: [] };
const value = (output: Json): SideResult => ({ ...base, status: "succeeded", output });
const refusal = (code: string): SideResult => ({
  ...base,
  status: "refused",
  error: { name: "ToolError", code, message: "no", stack: "" },
});
const failure = (name = "TypeError"): SideResult => ({
  ...base,
  status: "failed",
  error: { name, message: "broke", stack: "" },
});
const timeout: SideResult = { ...base, status: "timed_out" };
const diverged: SideResult = { ...base, status: "diverged", askedFor: { kind: "fetch", request: {} } };

function caseOf(part: Partial<CaseToLabel> & Pick<CaseToLabel, "old" | "new">): CaseToLabel {
  const differences = compare(part.old.output, part.new.output);
  return { target: null, differences, masked: false, refusedFromInput: false, slower: false, ...part };
}

describe("a good case", () => {
  it.each([
    ["equal", value(1), value(1), {}, "agrees"],
    ["differs", value(1), value(2), {}, "changed"],
    ["differs only in noise", value(1), value(2), { differences: [] }, "agrees"],
    ["failed", value(1), failure(), {}, "regression"],
    ["timed out", value(1), timeout, {}, "regression"],
    ["newly refused", value(1), refusal("x"), {}, "regression"],
    ["its input is newly rejected", value(1), { ...base, status: "rejected" }, {}, "regression"],
    ["refused as before", refusal("x"), refusal("x"), {}, "agrees"],
    ["refused with another code", refusal("x"), refusal("y"), {}, "changed"],
    ["no longer refused", refusal("x"), value(1), {}, "changed"],
    ["refused before, fails now", refusal("x"), failure(), {}, "regression"],
    ["slower with an equal answer", value(1), value(1), { slower: true }, "slower"],
    ["slower and different", value(1), value(2), { slower: true }, "changed"],
    ["the case's value", value(3), value(3), { expectedOutput: 3 }, "agrees"],
    ["against the case's value", value(3), value(4), { expectedOutput: 3 }, "regression"],
    ["the case's refusal", refusal("x"), refusal("x"), { shouldThrow: "x" }, "agrees"],
    ["against the case's refusal", refusal("x"), value(1), { shouldThrow: "x" }, "regression"],
    ["the case's error by name", failure("RangeError"), failure("RangeError"), { shouldThrow: "RangeError" }, "agrees"],
    ["asked for an unrecorded effect", value(1), diverged, {}, "diverged"],
    ["the old one asked for an unrecorded effect", diverged, value(1), {}, "diverged"],
  ] as [string, SideResult, SideResult, Partial<CaseToLabel>, string][])("%s", (_, old, next, more, label) => {
    expect(labelCase(caseOf({ old, new: next, ...more }))).toBe(label);
  });
});

describe("a target", () => {
  const known = { target: "known_answer" } as const;
  const failed = { target: "failed" } as const;
  const marked = { target: "marked_wrong" } as const;
  it.each([
    ["the known right value", value(1), value(2), { ...known, expectedOutput: 2 }, "corrected"],
    ["the known right refusal", value(1), refusal("x"), { ...known, shouldThrow: "x" }, "corrected"],
    ["another value than the known one", value(1), value(3), { ...known, expectedOutput: 2 }, "still_wrong"],
    ["a failure where the answer is known", value(1), failure(), { ...known, expectedOutput: 2 }, "still_wrong"],
    ["a value where a refusal is right", failure(), value(0), { ...known, shouldThrow: "x" }, "still_wrong"],
    [
      "the known value, whatever the syntax",
      value(1),
      value(2),
      { ...known, expectedOutput: 2, masked: true },
      "corrected",
    ],
    ["a value that a case confirms", failure(), value(2), { ...failed, expectedOutput: 2 }, "repaired"],
    ["a refusal that a case asks for", failure(), refusal("x"), { ...failed, shouldThrow: "x" }, "handled"],
    ["a value that a case contradicts", failure(), value(3), { ...failed, expectedOutput: 2 }, "still_wrong"],
    ["a refusal that a case contradicts", failure(), refusal("y"), { ...failed, expectedOutput: 2 }, "still_wrong"],
    ["a value that nothing confirms", failure(), value(2), failed, "unconfirmed"],
    ["such a value from a swallow", failure(), value(null), { ...failed, masked: true }, "masked"],
    ["a refusal from the input", failure(), refusal("x"), { ...failed, refusedFromInput: true }, "handled"],
    ["a refusal decided afterwards", failure(), refusal("x"), failed, "unconfirmed"],
    ["a refusal in a catch", failure(), refusal("x"), { ...failed, masked: true }, "masked"],
    ["the failure", failure(), failure(), failed, "still_failing"],
    ["another failure", failure(), failure("RangeError"), failed, "still_failing"],
    ["out of time", failure(), timeout, failed, "still_failing"],
    ["the value that was marked wrong", value(1), value(1), marked, "still_wrong"],
    ["the refusal that was marked wrong", refusal("x"), refusal("x"), { ...marked, masked: true }, "still_wrong"],
    ["another value than the one marked wrong", value(1), value(2), marked, "unconfirmed"],
    [
      "a value that keeps the postcondition",
      failure("Postcondition"),
      value(1),
      { target: "postcondition" },
      "repaired",
    ],
    [
      "a default that keeps the postcondition",
      failure(),
      value(1),
      { target: "postcondition", masked: true },
      "masked",
    ],
    ["an unrecorded effect", failure(), diverged, failed, "diverged"],
  ] as [string, SideResult, SideResult, Partial<CaseToLabel>, string][])(
    "answered with %s",
    (_, old, next, more, label) => {
      expect(labelCase(caseOf({ old, new: next, ...more }))).toBe(label);
    },
  );
});

describe("labelCase", () => {
  it("has no label for lost machinery", () => {
    expect(() => labelCase(caseOf({ old: value(1), new: { ...base, status: "interrupted" } }))).toThrow(RangeError);
  });

  it("never calls a failure of the new version good, unless a case asks for it", () => {
    const side = fc.oneof(
      fc.integer().map(value),
      fc.constant(refusal("x")),
      fc.constant(failure()),
      fc.constant(timeout),
    );
    const target = fc.constantFrom(null, "failed", "marked_wrong", "postcondition") as fc.Arbitrary<
      CaseToLabel["target"]
    >;
    fc.assert(
      fc.property(side, fc.constantFrom(failure(), timeout), target, fc.boolean(), (old, next, reason, flag) => {
        const label = labelCase(caseOf({ old, new: next, target: reason, masked: flag, refusedFromInput: flag }));
        expect(["regression", "still_failing"]).toContain(label);
      }),
    );
  });

  it("agrees with itself", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer().map(value), fc.string().map(refusal)), (side) => {
        expect(labelCase(caseOf({ old: side, new: side }))).toBe("agrees");
      }),
    );
  });
});

describe("meetsExpectation", () => {
  it("takes the name of an error, but not from a value", () => {
    expect(meetsExpectation(failure("RangeError"), { shouldThrow: "RangeError" })).toBe(true);
    expect(meetsExpectation(refusal("x"), { shouldThrow: "ToolError" })).toBe(true);
    expect(meetsExpectation(value("x"), { shouldThrow: "x" })).toBe(false);
    expect(meetsExpectation(refusal("x"), {})).toBe(false);
  });
});
