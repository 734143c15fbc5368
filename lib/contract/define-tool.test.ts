import { describe, expect, expectTypeOf, it } from "vitest";
import { defineTool, type FromSchema, type ToolContext, ToolError } from "./define-tool.ts";

describe("what a tool imports", () => {
  it("defineTool gives the definition back, and an error carries its code", () => {
    const definition = defineTool({
      name: "add",
      description: "Adds",
      inputSchema: { type: "object", required: ["a"], properties: { a: { type: "number" }, b: { type: "number" } } },
      outputSchema: { type: "object", required: ["sum"], properties: { sum: { type: "number" } } },
      characteristics: {
        idempotent: true,
        sideEffects: [],
        safeForShadowTesting: true,
        requiresMocking: [],
        testDataAvailable: false,
      },
      permissions: { network: [], kv: "none", secrets: [] },
      run(input, ctx) {
        expectTypeOf(input.a).toEqualTypeOf<number>();
        expectTypeOf(input.b).toEqualTypeOf<number | undefined>();
        expectTypeOf(ctx).not.toHaveProperty("fetch");
        expectTypeOf(ctx.now).returns.toEqualTypeOf<number>();
        return { sum: input.a + (input.b ?? 0) };
      },
    });
    expect(definition.run({ a: 1 }, {} as never)).toEqual({ sum: 1 });
    expect(new ToolError("too_large", "Too large")).toMatchObject({ name: "ToolError", code: "too_large" });
  });

  it("types follow schemas and permissions; what is not known is unknown", () => {
    expectTypeOf<FromSchema<{ type: "array"; items: { type: "string" } }>>().toEqualTypeOf<string[]>();
    expectTypeOf<FromSchema<{ enum: readonly ["a", "b"] }>>().toEqualTypeOf<"a" | "b">();
    expectTypeOf<FromSchema<{ const: 3 }>>().toEqualTypeOf<3>();
    expectTypeOf<FromSchema<{ type: readonly ["string", "null"] }>>().toEqualTypeOf<string | null>();
    expectTypeOf<FromSchema<{ $ref: "#/$defs/a" }>>().toEqualTypeOf<unknown>();
    expectTypeOf<FromSchema<{ anyOf: readonly [{ type: "string" }, { type: "number" }] }>>().toEqualTypeOf<
      string | number
    >();
    type Reads = ToolContext<{ network: readonly []; kv: "read"; secrets: readonly ["A", "B"] }>;
    expectTypeOf<Reads["kv"]>().not.toHaveProperty("set");
    expectTypeOf<Parameters<Reads["secret"]>[0]>().toEqualTypeOf<"A" | "B">();
    type Writes = ToolContext<{ network: readonly ["h"]; kv: "write"; secrets: readonly [] }>;
    expectTypeOf<Writes["kv"]>().toHaveProperty("delete");
    expectTypeOf<Writes>().toHaveProperty("fetch");
    expectTypeOf<Writes>().not.toHaveProperty("secret");
  });
});
