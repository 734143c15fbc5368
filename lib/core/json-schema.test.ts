import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSchema, validateJson } from "./json-schema.ts";
import type { JsonSchema } from "./tool.ts";

const SCHEMA: JsonSchema = {
  type: "object",
  required: ["operation", "a"],
  properties: {
    operation: { enum: ["add", "divide"] },
    a: { type: "number", exclusiveMinimum: 0 },
    email: { type: "string", format: "email", "x-sensitive": true },
    list: { type: "array", prefixItems: [{ type: "string" }], items: { type: "integer" } },
  },
  additionalProperties: false,
};
const errorsOf = (schema: JsonSchema, value: unknown) => {
  const check = validateJson(schema, value);
  return check.ok ? [] : check.errors;
};

describe("validateJson", () => {
  it("says where and what, for all errors at once", () => {
    expect(validateJson(SCHEMA, { operation: "add", a: 1, email: "a@b.example", list: ["x", 1] })).toEqual({
      ok: true,
    });
    expect(errorsOf(SCHEMA, { operation: "root", b: 1, email: "none", list: ["x", 1.5] })).toEqual(
      expect.arrayContaining([
        { path: "", message: 'must have the member "a"' },
        { path: "", message: 'must not have the member "b"' },
        { path: "/operation", message: 'must be one of ["add","divide"]' },
        { path: "/email", message: 'must match format "email"' },
        { path: "/list/1", message: "must be integer" },
      ]),
    );
    expect(errorsOf({ const: 3 }, 4)).toEqual([{ path: "", message: "must be 3" }]);
  });

  it("speaks draft 2020-12", () => {
    const schema = {
      $defs: { n: { type: "number" } },
      type: "object",
      properties: { a: { $ref: "#/$defs/n" } },
      unevaluatedProperties: false,
    };
    expect(errorsOf(schema, { a: "x" })).toEqual([{ path: "/a", message: "must be number" }]);
    expect(errorsOf(schema, { b: 1 })).toHaveLength(1);
    expect(errorsOf({ type: "object", dependentRequired: { a: ["b"] } }, { a: 1 })).toHaveLength(1);
  });

  it("sees a value's own members alone, not what every object inherits", () => {
    const properties = { constructor: { type: "string" }, toString: { type: "string" } };
    const optional: JsonSchema = { type: "object", properties, additionalProperties: false };
    expect(validateJson(optional, { constructor: "Brunel" })).toEqual({ ok: true });
    expect(validateJson(optional, {})).toEqual({ ok: true });
    expect(errorsOf(optional, { constructor: 1 })).toEqual([{ path: "/constructor", message: "must be string" }]);
    expect(errorsOf({ ...optional, required: ["constructor"] }, {})).toEqual([
      { path: "", message: 'must have the member "constructor"' },
    ]);
    expect(validateJson({ dependentRequired: { constructor: ["year"] } }, {})).toEqual({ ok: true });
    expect(validateJson({ dependentSchemas: { constructor: false } }, {})).toEqual({ ok: true });
    expect(validateJson({ patternProperties: { "^a": { type: "string" } } }, { a: "x" })).toEqual({ ok: true });
  });

  it("answers the same for equal schemas, whatever object and key order they come as", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const turned = Object.fromEntries(Object.entries(SCHEMA).reverse()) as JsonSchema;
        expect(validateJson(turned, value)).toEqual(validateJson(structuredClone(SCHEMA), value));
      }),
    );
  });

  it("keeps two tools apart that use one $id", () => {
    const a = { $id: "https://example.com/x", type: "string" };
    const b = { $id: "https://example.com/x", type: "number" };
    expect([errorsOf(a, "s"), errorsOf(b, 1)]).toEqual([[], []]);
    expect([errorsOf(a, 1).length, errorsOf(b, "s").length]).toEqual([1, 1]);
  });

  it.each([
    ["^(a+)+$", `${"a".repeat(40)}b`],
    ["^(a|aa)+$", `${"a".repeat(60)}b`],
    ["^(?:[\\w.]+\\s?)*$", `${"a".repeat(60)}!`],
    ["(x+x+)+y", "x".repeat(60)],
    ["a*$", `${"a".repeat(3_000_000)}b`],
  ])("no pattern holds the process up: %s", (pattern, text) => {
    const before = performance.now();
    expect(errorsOf({ type: "string", pattern }, text)[0]?.message).toMatch(/cannot be checked: .*longer than/);
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(errorsOf({ type: "string", pattern: "^[a-z]+@[a-z]+$" }, "someone-long-enough@example")).toHaveLength(1);
    expect(errorsOf({ type: "string", pattern: "^[a-z-]+@[a-z]+$" }, "someone-long-enough@example")).toEqual([]);
  });

  it("a value that is too deep is an error, not a crash", () => {
    let deep: unknown = {};
    for (let level = 0; level < 200_000; level += 1) deep = { next: deep };
    const schema = { type: "object", properties: { next: { $ref: "#" } } };
    expect(errorsOf(schema, deep)[0]?.message).toMatch(/too deep/);
  });
});

describe("checkSchema", () => {
  it.each([
    [{ type: "strng" }, /type must be/],
    [{ properties: 1 }, /properties/],
    [{ type: "string", pattern: "(" }, /regular|pattern|Unterminated/i],
    [{ $ref: "https://example.com/schema" }, /example\.com/],
    [{ $async: true, type: "object" }, /async/],
  ])("says what is wrong with %j", (schema, message) => {
    expect(checkSchema(schema as JsonSchema)).toMatchObject({ ok: false, message: expect.stringMatching(message) });
    expect(validateJson(schema as JsonSchema, 1).ok).toBe(false);
  });

  it("takes what is a schema", () => {
    for (const schema of [{}, SCHEMA, { "x-anything": 1 }]) expect(checkSchema(schema)).toEqual({ ok: true });
  });
});
