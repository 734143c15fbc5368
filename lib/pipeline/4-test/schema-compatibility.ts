/** Whether every value that one JSON schema takes is taken by another, and where not. Pure. */
import { canonicalJson, type Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/core/tool.ts";

/** Words that describe and never refuse. */
const ANNOTATIONS = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$comment",
  "$schema",
  "$id",
]);
const LOWER_LIMITS = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"];
const UPPER_LIMITS = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"];
/** Words that are compared by a rule of their own below. */
const UNDERSTOOD = new Set([
  "type",
  "enum",
  "const",
  "required",
  "properties",
  "additionalProperties",
  "items",
  "pattern",
  "format",
  "multipleOf",
  "uniqueItems",
  ...LOWER_LIMITS,
  ...UPPER_LIMITS,
]);

/** What a caller could send before and can no longer send, a sentence each. */
export function inputNarrowings(base: JsonSchema, candidate: JsonSchema): string[] {
  return exclusions(base, candidate, "the input").map((what) => `The input schema is narrower than before: ${what}.`);
}

/** What callers could rely on before and can no longer rely on, a sentence each. */
export function outputWidenings(base: JsonSchema, candidate: JsonSchema): string[] {
  return exclusions(candidate, base, "the output").map((what) => `The output schema is wider than before: ${what}.`);
}

/**
 * Where `outer` refuses a value that `inner` takes. What cannot be compared word for word counts as refused, so an
 * unknown change is never waved through.
 */
function exclusions(inner: Json | undefined, outer: Json | undefined, at: string): string[] {
  if (canonicalJson(inner ?? true) === canonicalJson(outer ?? true)) return [];
  if (outer === undefined || outer === true || inner === false) return [];
  if (outer === false) return [`${at} is not taken at all on one side`];
  const a = inner === undefined || inner === true ? {} : asObject(inner);
  const b = asObject(outer);
  return [
    ...typeExclusions(a, b, at),
    ...valueExclusions(a, b, at),
    ...limitExclusions(a, b, at),
    ...memberExclusions(a, b, at),
    ...(b.items === undefined || !mayBe(a, "array") ? [] : exclusions(a.items, b.items, `each element of ${at}`)),
    ...otherExclusions(a, b, at),
  ];
}

function asObject(schema: Json | undefined): JsonSchema {
  return schema !== null && typeof schema === "object" && !Array.isArray(schema) ? schema : {};
}

function typesOf(schema: JsonSchema): string[] | null {
  if (typeof schema.type === "string") return [schema.type];
  return Array.isArray(schema.type) ? schema.type.map(String) : null;
}

function mayBe(schema: JsonSchema, type: string): boolean {
  return typesOf(schema)?.includes(type) ?? true;
}

function typeExclusions(a: JsonSchema, b: JsonSchema, at: string): string[] {
  const outer = typesOf(b);
  if (outer === null) return [];
  const inner = typesOf(a) ?? typesOfValues(a);
  if (inner === null) return [`${at} may be anything on one side and only ${outer.join(" or ")} on the other`];
  const missing = inner.filter((type) => !outer.includes(type) && !(type === "integer" && outer.includes("number")));
  return missing.length === 0 ? [] : [`${at} may be ${missing.join(" or ")} on one side only`];
}

/** The types of a schema that lists its values instead. */
function typesOfValues(schema: JsonSchema): string[] | null {
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? null : [schema.const];
  return (
    values && [
      ...new Set(values.map((value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value))),
    ]
  );
}

function valuesOf(schema: JsonSchema): string[] | null {
  if (schema.const !== undefined) return [canonicalJson(schema.const)];
  return Array.isArray(schema.enum) ? schema.enum.map(canonicalJson) : null;
}

function valueExclusions(a: JsonSchema, b: JsonSchema, at: string): string[] {
  const outer = valuesOf(b);
  if (outer === null) return [];
  const inner = valuesOf(a);
  if (inner === null) return [`${at} is bound to listed values on one side only`];
  const missing = inner.filter((value) => !outer.includes(value));
  return missing.length === 0 ? [] : [`${at} may be ${missing.slice(0, 5).join(", ")} on one side only`];
}

function limitExclusions(a: JsonSchema, b: JsonSchema, at: string): string[] {
  const found: string[] = [];
  const number = (schema: JsonSchema, word: string) => (typeof schema[word] === "number" ? schema[word] : undefined);
  for (const word of LOWER_LIMITS) {
    const limit = number(b, word);
    if (limit !== undefined && !((number(a, word) ?? Number.NEGATIVE_INFINITY) >= limit)) {
      if (!(word.startsWith("min") && word !== "minimum" && limit === 0)) found.push(`${at} has another "${word}"`);
    }
  }
  for (const word of UPPER_LIMITS) {
    const limit = number(b, word);
    if (limit !== undefined && !((number(a, word) ?? Number.POSITIVE_INFINITY) <= limit))
      found.push(`${at} has another "${word}"`);
  }
  for (const word of ["pattern", "format", "multipleOf"]) {
    if (b[word] !== undefined && canonicalJson(a[word] ?? null) !== canonicalJson(b[word]))
      found.push(`${at} has another "${word}"`);
  }
  if (b.uniqueItems === true && a.uniqueItems !== true) found.push(`${at} must have unique elements on one side only`);
  return found;
}

function memberExclusions(a: JsonSchema, b: JsonSchema, at: string): string[] {
  if (!mayBe(a, "object")) return [];
  const found: string[] = [];
  const names = (value: Json | undefined) => (Array.isArray(value) ? value.map(String) : []);
  for (const name of names(b.required)) {
    if (!names(a.required).includes(name)) found.push(`"${name}" of ${at} is required on one side only`);
  }
  const [inner, outer] = [asObject(a.properties), asObject(b.properties)];
  for (const [name, schema] of Object.entries(inner)) {
    const where = `"${name}" of ${at}`;
    if (Object.hasOwn(outer, name)) found.push(...exclusions(schema, outer[name], where));
    else if (b.additionalProperties === false) found.push(`${where} exists on one side only`);
    else found.push(...exclusions(schema, b.additionalProperties, where));
  }
  if (a.additionalProperties !== false && b.additionalProperties !== undefined) {
    found.push(...exclusions(a.additionalProperties, b.additionalProperties, `any further member of ${at}`));
  }
  return found;
}

/** Words without a rule here must be the same on both sides; dropping one from the outer side only takes more. */
function otherExclusions(a: JsonSchema, b: JsonSchema, at: string): string[] {
  return Object.keys(b)
    .filter((word) => !ANNOTATIONS.has(word) && !UNDERSTOOD.has(word) && !word.startsWith("x-"))
    .filter((word) => canonicalJson(a[word] ?? null) !== canonicalJson(b[word]))
    .map((word) => `${at} has another "${word}"`);
}
