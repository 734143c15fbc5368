import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedInputs, inputsOfSchema } from "./generated-inputs.ts";
import { canonicalJson, type Json } from "./json.ts";
import { validateJson } from "./json-schema.ts";

const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns = 300): T[] => fc.sample(arbitrary, { seed: 7, numRuns });

describe("changedInputs", () => {
  const recorded: Json[] = [
    { name: "ada", tags: ["x"], age: 3, nested: { on: true } },
    { name: "grace", tags: ["y", "z"], age: 40, nested: { on: false } },
  ];
  it("keeps the members of what it was made from", () => {
    for (const { input, like } of sample(changedInputs(recorded))) {
      expect(like).not.toBeNull();
      expect(Object.keys(input as object)).toEqual(["name", "tags", "age", "nested"]);
    }
  });
  it("changes something in most inputs, each in few places", () => {
    const made = sample(changedInputs(recorded));
    const changed = made.filter(({ input, like }) => canonicalJson(input) !== canonicalJson(recorded[like ?? 0]));
    expect(changed.length).toBeGreaterThan(made.length * 0.8);
    expect(new Set(made.map(({ input }) => canonicalJson(input))).size).toBeGreaterThan(80);
  });
  it("does not fail on inputs without places", () => {
    expect(sample(changedInputs([{}, [], null]), 20)).toHaveLength(20);
    expect(sample(changedInputs([]), 5).every(({ input }) => input === null)).toBe(true);
  });
  it("shrinks a counterexample", () => {
    const property = fc.property(changedInputs(recorded), ({ input }) => (input as { age: number }).age < 35);
    const { failed, numShrinks, counterexample } = fc.check(property, { seed: 3 });
    expect(failed).toBe(true);
    expect(numShrinks).toBeGreaterThan(0);
    expect(counterexample?.[0].input).toMatchObject({ age: expect.toSatisfy((age: number) => age >= 35) });
  });
});

describe("inputsOfSchema", () => {
  const schema = {
    type: "object",
    required: ["n", "kind", "list"],
    properties: {
      n: { type: "integer", minimum: 1, maximum: 9 },
      kind: { enum: ["a", "b"] },
      list: { type: "array", items: { type: ["string", "null"] }, maxItems: 3 },
      share: { type: "number", minimum: 0, maximum: 1 },
      either: { anyOf: [{ type: "boolean" }, { const: 7 }] },
      unknown: {},
    },
    additionalProperties: false,
  };
  it("makes only what the schema allows", () => {
    const made = inputsOfSchema(schema);
    expect(made).not.toBeNull();
    for (const { input } of sample(made as NonNullable<typeof made>)) {
      expect(validateJson(schema, input)).toEqual({ ok: true });
    }
  });
  it("says that it cannot where a required member is open", () => {
    expect(inputsOfSchema({ type: "object", required: ["x"], properties: { x: {} } })).toBeNull();
    expect(inputsOfSchema({ type: "string", pattern: "^a+$" })).toBeNull();
    expect(inputsOfSchema({})).toBeNull();
  });
});
