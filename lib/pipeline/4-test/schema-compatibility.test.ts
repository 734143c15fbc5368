import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonSchema } from "#lib/core/tool.ts";
import { inputNarrowings, outputWidenings } from "./schema-compatibility.ts";

const object = (properties: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ type: "object", properties, ...more });
const a = { a: { type: "number" } };

describe("inputNarrowings", () => {
  it.each([
    ["a newly required member", object(a), object(a, { required: ["a"] })],
    ["a type less", { type: ["string", "null"] }, { type: "string" }],
    ["a type where there was none", {}, { type: "string" }],
    ["integers only", { type: "number" }, { type: "integer" }],
    ["a value less", { enum: ["x", "y"] }, { enum: ["x"] }],
    ["a list of values where there was none", { type: "string" }, { type: "string", enum: ["x"] }],
    ["a higher minimum", { type: "number", minimum: 0 }, { type: "number", minimum: 1 }],
    ["a new limit", { type: "string" }, { type: "string", maxLength: 9 }],
    ["a pattern", { type: "string" }, { type: "string", pattern: "^a" }],
    [
      "a member less of a closed object",
      object(a, { additionalProperties: false }),
      object({}, { additionalProperties: false }),
    ],
    ["a closed object", object(a), object(a, { additionalProperties: false })],
    [
      "deep inside",
      object({ list: { type: "array", items: object(a) } }),
      object({ list: { type: "array", items: object(a, { required: ["a"] }) } }),
    ],
    ["a word that is not understood", {}, { not: { type: "string" } }],
  ] as [string, JsonSchema, JsonSchema][])("finds %s, and the other way round nothing", (_, base, candidate) => {
    expect(inputNarrowings(base, candidate)).toHaveLength(1);
    expect(inputNarrowings(base, candidate)[0]?.message).toMatch(/^The input schema is narrower than before: .+\.$/);
    expect(outputWidenings(candidate, base)).toHaveLength(1);
    expect(outputWidenings(base, candidate)).toEqual([]);
  });

  it.each([
    [
      "a new optional member of a closed object",
      object(a, { additionalProperties: false }),
      object({ ...a, b: { type: "string" } }, { additionalProperties: false }),
    ],
    ["a member that is no longer required", object(a, { required: ["a"] }), object(a)],
    ["another description", { type: "string", description: "x" }, { type: "string", description: "y" }],
    ["one value more", { enum: ["x"] }, { enum: ["x", "y"] }],
    ["all numbers", { type: "integer" }, { type: "number" }],
    ["values of the named type", { enum: ["x", "y"] }, { type: "string" }],
    ["whole numbers of a list as integers", { enum: [1, 2] }, { type: "integer" }],
  ] as [string, JsonSchema, JsonSchema][])("takes %s", (_, base, candidate) => {
    expect(inputNarrowings(base, candidate)).toEqual([]);
  });

  it.each([
    ["the word", object(a), object(a, { required: ["a"] }), ["required"]],
    ["the member", object(a), object({ a: { type: "number", minimum: 1 } }), ["properties", "a", "minimum"]],
    ["the element", { items: {} }, { items: { type: "string" } }, ["items", "type"]],
    ["the value", { enum: ["x", "y"] }, { enum: ["x"] }, ["enum"]],
    ["the one value", {}, { const: "x" }, ["const"]],
  ] as [string, JsonSchema, JsonSchema, string[]][])("says where %s stands", (_, base, candidate, path) => {
    expect(inputNarrowings(base, candidate)[0]?.path).toEqual(path);
  });

  it("finds another type both ways", () => {
    const other = object({ a: { type: "string" } });
    expect(inputNarrowings(object(a), other)).toHaveLength(1);
    expect(outputWidenings(object(a), other)).toHaveLength(1);
  });

  it("has nothing against the same schema", () => {
    const schema = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonSchema>;
    fc.assert(
      fc.property(schema, (one) => {
        expect(inputNarrowings(one, structuredClone(one))).toEqual([]);
        expect(outputWidenings(one, structuredClone(one))).toEqual([]);
      }),
    );
  });
});
