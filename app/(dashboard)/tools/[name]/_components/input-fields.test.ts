import { describe, expect, test } from "vitest";
import { inputErrors } from "#lib/core/outcome.ts";
import { faultsOf, fieldsOf, inputOf, WHOLE_INPUT } from "./input-fields.ts";

const schema = {
  type: "object",
  required: ["operation", "a"],
  properties: {
    operation: { type: "string", enum: ["add", "divide"] },
    a: { type: "number", description: "first" },
    exact: { type: "boolean" },
    tags: { type: "array" },
  },
};

describe("a form from a schema", () => {
  test("fields carry what the schema says, filled from the example", () => {
    const fields = fieldsOf(schema, { operation: "divide", a: 3 });
    expect(fields.map(({ name, kind, required, initial }) => [name, kind, required, initial])).toEqual([
      ["operation", "text", true, "divide"],
      ["a", "number", true, "3"],
      ["exact", "boolean", false, ""],
      ["tags", "json", false, ""],
    ]);
  });

  test("what was typed becomes an input, empty optional fields left out", () => {
    const fields = fieldsOf(schema, undefined);
    expect(inputOf(fields, { operation: "add", a: "2.5", exact: "", tags: '["x"]' })).toEqual({
      ok: true,
      value: { operation: "add", a: 2.5, tags: ["x"] },
    });
    expect(inputOf(fields, { operation: "add", a: "many" })).toEqual({
      ok: false,
      faults: new Map([["a", "takes a number"]]),
    });
    expect(inputOf(fields, { operation: "add", a: "1", tags: "[" })).toEqual({
      ok: false,
      faults: new Map([["tags", "takes JSON"]]),
    });
  });

  test("a schema without members gets one field for JSON", () => {
    const fields = fieldsOf({ type: "array" }, [1]);
    expect(fields).toHaveLength(1);
    expect(inputOf(fields, { [WHOLE_INPUT]: "[1, 2]" })).toEqual({ ok: true, value: [1, 2] });
  });
});

describe("choices", () => {
  const of = (...members: (string | number | boolean | null)[]) => ({
    type: "object",
    required: ["level"],
    properties: { level: { enum: members } },
  });

  test("each member is offered, and sent as what it is", () => {
    const fields = fieldsOf(of("low", 1, 2.5, true, null), { level: 2.5 });
    expect(fields[0]?.choices?.map(({ shown }) => shown)).toEqual(["low", "1", "2.5", "true", "null"]);
    expect(fields[0]?.initial).toBe("2.5");
    const sent = ["low", "1", "true", "null"].map((level) => inputOf(fields, { level }));
    expect(sent).toEqual(["low", 1, true, null].map((level) => ({ ok: true, value: { level } })));
  });

  test("a text that looks like another member, or like none, is told from it", () => {
    const fields = fieldsOf(of(1, "1", ""), undefined);
    expect(fields[0]?.choices?.map(({ shown }) => shown)).toEqual(["1", '"1"', '""']);
    expect(inputOf(fields, { level: '"1"' })).toEqual({ ok: true, value: { level: "1" } });
    expect(inputOf(fields, { level: '""' })).toEqual({ ok: true, value: { level: "" } });
  });
});

test("all that cannot be sent as it was typed is named at once", () => {
  const schema = {
    type: "object",
    required: ["id", "to"],
    properties: { id: { type: "integer" }, to: { type: "object" } },
  };
  expect(inputOf(fieldsOf(schema, undefined), { id: "9007199254740993", to: "{" })).toEqual({
    ok: false,
    faults: new Map([
      ["id", "is an integer too large for JSON to carry exactly"],
      ["to", "takes JSON"],
    ]),
  });
  // Within JSON as well, but not in its texts.
  const nested = '{"n": [1, 12345678901234567890], "s": "12345678901234567890", "f": -1.5e300}';
  expect(inputOf(fieldsOf(schema, undefined), { id: "1", to: nested })).toEqual({
    ok: false,
    faults: new Map([["to", "holds 12345678901234567890, which is an integer too large for JSON to carry exactly"]]),
  });
  expect(inputOf(fieldsOf(schema, undefined), { id: "1", to: nested.replace("12345678901234567890]", "2]") }).ok).toBe(
    true,
  );
});

test("a member that is called as what every object has is a field as any other", () => {
  const inherited = { type: "object", properties: { constructor: { type: "string" } } };
  expect(fieldsOf(inherited, {})[0]?.initial).toBe("");
  const schema = JSON.parse('{"type": "object", "properties": {"__proto__": {"type": "number"}}}');
  expect(inputOf(fieldsOf(schema, undefined), JSON.parse('{"__proto__": "1"}'))).toEqual({
    ok: true,
    value: JSON.parse('{"__proto__": 1}'),
  });
});

describe("what the schema refuses", () => {
  const inputSchema = {
    type: "object",
    required: ["amount"],
    additionalProperties: false,
    properties: {
      amount: { type: "number", minimum: 1, multipleOf: 2 },
      to: {
        type: "object",
        required: ["city"],
        properties: { lines: { type: "array", items: { type: "string" } }, "a/b": { type: "string" } },
      },
      note: { type: "string" },
    },
  };
  const refused = (input: object) => [
    ...faultsOf(fieldsOf(inputSchema, undefined), inputErrors({ inputSchema }, input)),
  ];

  test("stands at the field that it is about, with the place inside it", () => {
    expect(refused({ amount: -1, to: { lines: ["x", 2], "a/b": 1 } })).toEqual([
      ["amount", "must be >= 1; must be multiple of 2"],
      ["to", 'must have the member "city"; lines.1 must be string; a/b must be string'],
    ]);
    expect(refused({ note: "x" })).toEqual([["amount", "is missing"]]);
  });

  test("about no field stays where it is said", () => {
    expect(refused({ amount: 2, other: 1 })).toEqual([]);
  });

  test("of a form with one field for JSON stands there, wherever it is", () => {
    const whole = { type: "array", items: { type: "object", required: ["id"] } };
    const faults = faultsOf(fieldsOf(whole, undefined), inputErrors({ inputSchema: whole }, [{}]));
    expect(faults).toEqual(new Map([[WHOLE_INPUT, '0 must have the member "id"']]));
  });
});
