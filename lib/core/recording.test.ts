import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvidenceCase } from "./evidence.ts";
import type { Execution } from "./execution.ts";
import { recorded, shapeOf } from "./recording.ts";
import { MASK, maskCase, maskExecution, maskSensitive } from "./sensitive.ts";

const schemas = {
  inputSchema: {
    type: "object",
    properties: { email: { type: "string", "x-sensitive": true }, n: { type: "number" } },
  },
  outputSchema: {
    type: "object",
    properties: { card: { $ref: "#/$defs/card" }, greeting: { type: "string" } },
    $defs: { card: { type: "object", "x-sensitive": true } },
  },
};

const SECRETS = ["ada@example.com", "4111111111111111"];

const execution: Execution = {
  id: "0198c5a0-0000-7000-8000-000000000000",
  tool: "t",
  version: 1,
  startedAt: new Date(0),
  latencyMs: 1,
  status: "failed",
  input: { email: "ada@example.com", n: 1 },
  output: { card: { number: "4111111111111111" }, greeting: "Dear ada@example.com" },
  error: { name: "Error", message: "no ada@example.com", stack: "Error: no ada@example.com\n    at run (t.ts:1:2)" },
  effects: [
    {
      call: 0,
      kind: "fetch",
      request: { url: "https://x.test/?q=ada@example.com" },
      response: { body: '{"card":"4111111111111111"}' },
      startedMs: 0,
      endedMs: 1,
    },
    {
      call: 1,
      kind: "kv.get",
      request: { key: "ada@example.com" },
      error: { name: "E", message: "ada@example.com" },
      startedMs: 1,
      endedMs: 2,
    },
  ],
  caller: "c",
  cluster: "k",
  shape: "s",
};

describe("what is put on record", () => {
  it("all of it, by full", () => {
    expect(recorded("full", schemas, execution)).toBe(execution);
  });

  it("a shape stays one where it is shown", () => {
    const shown = maskExecution(schemas, recorded("shape", schemas, execution));
    expect(shown).toMatchObject({ input: { n: "number" }, output: { greeting: "string" } });
    expect(shown.effects[1]?.request).toEqual({ key: "string" });
  });

  it.each(["redacted", "shape", "off"] as const)("no marked value anywhere, by %s", (mode) => {
    const kept = recorded(mode, schemas, execution);
    for (const secret of SECRETS) expect(JSON.stringify(kept)).not.toContain(secret);
    const { id, tool, version, startedAt, latencyMs, status, caller, cluster, shape } = execution;
    expect(kept).toMatchObject({ id, tool, version, startedAt, latencyMs, status, caller, cluster, shape });
    expect(kept.error?.name).toBe("Error");
  });

  it("by redacted all that is not marked stays", () => {
    expect(recorded("redacted", schemas, execution)).toMatchObject({
      input: { email: MASK, n: 1 },
      output: { card: MASK, greeting: `Dear ${MASK}` },
      error: { message: `no ${MASK}` },
      effects: [{ request: { url: `https://x.test/?q=${MASK}` } }, { request: { key: MASK } }],
    });
  });

  it("by shape the kinds of values stand in their places", () => {
    expect(recorded("shape", schemas, execution)).toMatchObject({
      input: { email: "string", n: "number" },
      output: { card: { number: "string" }, greeting: "string" },
      error: { name: "Error", message: "", stack: "    at run (t.ts:1:2)" },
      effects: [{ kind: "fetch", request: { url: "string" }, response: { body: "string" } }, { kind: "kv.get" }],
    });
  });

  it("by off nothing but how it ended", () => {
    const kept = recorded("off", schemas, execution);
    expect(kept).toMatchObject({ input: null, effects: [], status: "failed" });
    expect(kept).not.toHaveProperty("output");
  });

  it("a shape holds no value, whatever is recorded", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const leaves = JSON.stringify(shapeOf(JSON.parse(JSON.stringify(value))), (_key, member) =>
          member !== null && typeof member === "object"
            ? member
            : ["null", "string", "number", "boolean"].includes(member)
              ? 0
              : "value",
        );
        expect(leaves).not.toContain('"value"');
      }),
    );
  });
});

describe("what is shown", () => {
  it("hides marked values, and leaves tools that mark nothing alone", () => {
    const shown = JSON.stringify(maskExecution(schemas, execution));
    for (const secret of SECRETS) expect(shown).not.toContain(secret);
    expect(maskExecution({ inputSchema: {}, outputSchema: {} }, execution)).toBe(execution);
  });

  it("hides them in tested cases, on both sides and in their differences", () => {
    const { status: _status, output = null, error, effects } = execution;
    const side = {
      status: "failed" as const,
      latencyMs: 1,
      output,
      effects,
      ...(error === undefined ? {} : { error }),
    };
    const one: EvidenceCase = {
      index: 0,
      label: "changed",
      source: "recorded",
      description: "no ada@example.com",
      input: execution.input,
      target: false,
      expectedOutput: output,
      old: side,
      new: { ...side, output: { card: { number: "5500005555555559" } } },
      differences: [{ path: "/card/number", before: "4111111111111111", after: "5500005555555559" }],
    };
    const shown = maskCase(schemas, one);
    for (const secret of [...SECRETS, "5500005555555559"]) expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown).toMatchObject({
      label: "changed",
      source: "recorded",
      differences: [{ path: "/card/number", before: MASK }],
    });
  });

  it.each([
    [{ additionalProperties: { "x-sensitive": true } }, { a: "hidden" }],
    [{ patternProperties: { "^a": { "x-sensitive": true } } }, { a: "hidden" }],
    [{ prefixItems: [{ "x-sensitive": true }] }, ["hidden"]],
    [{ items: { properties: { a: { "x-sensitive": true } } } }, [{ a: "hidden" }]],
    [{ anyOf: [{ type: "null" }, { properties: { a: { "x-sensitive": true } } }] }, { a: "hidden" }],
    [{ else: { properties: { a: { "x-sensitive": true } } } }, { a: "hidden" }],
    [
      { $ref: "#/$defs/a", $defs: { a: { properties: { next: { $ref: "#" }, a: { "x-sensitive": true } } } } },
      { next: { a: "hidden" } },
    ],
    [{ "x-sensitive": true }, "hidden"],
  ])("finds the mark in %j", (schema, value) => {
    const found = new Set<string>();
    expect(JSON.stringify(maskSensitive(value, schema, found))).not.toContain("hidden");
    expect([...found]).toEqual(["hidden"]);
  });
});
