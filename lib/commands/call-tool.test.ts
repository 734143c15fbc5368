import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallTool, callTool } from "./call-tool.ts";

describe("a plain call", () => {
  it("is what the schema would take it for, or is left to the schema", () => {
    const name = fc.oneof(fc.constantFrom("calculator", "a.d", "a.test", "../x", "", "x".repeat(129)), fc.anything());
    const member = fc.oneof(fc.constant(undefined), fc.string(), fc.anything());
    const asked = fc.oneof(
      fc.record({ name, input: member, traceId: member, more: member }, { requiredKeys: [] }),
      fc.anything(),
    );
    fc.assert(
      fc.property(asked, (input) => {
        const plain = callTool.plainly?.(input) ?? null;
        if (plain !== null) expect(CallTool.safeParse(input)).toEqual({ success: true, data: plain });
      }),
      { numRuns: 1_000 },
    );
  });

  it("is taken without the schema", () => {
    for (const input of [{ a: 1 }, [], null, 0, ""])
      expect(callTool.plainly?.({ name: "calculator", input })).toEqual({ name: "calculator", input });
    expect(callTool.plainly?.({ name: "calculator", input: 1, traceId: "t" })).toBeNull();
  });
});
