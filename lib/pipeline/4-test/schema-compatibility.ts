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

/** Where a candidate's schema asks for other values than the base's: its members from the schema's root, and a sentence. */
export type SchemaFault = { readonly path: readonly string[]; readonly message: string };

/** What a caller could send before and can no longer send, a sentence each. */
export function inputNarrowings(base: JsonSchema, candidate: JsonSchema): SchemaFault[] {
  return exclusions(base, candidate, { words: "the input", path: [] }).map(({ path, what }) => ({
    path,
    message: `The input schema is narrower than before: ${what}.`,
  }));
}

/** What callers could rely on before and can no longer rely on, a sentence each. */
export function outputWidenings(base: JsonSchema, candidate: JsonSchema): SchemaFault[] {
  return exclusions(candidate, base, { words: "the output", path: [] }).map(({ path, what }) => ({
    path,
    message: `The output schema is wider than before: ${what}.`,
  }));
}

/** A place in both schemas, in words and as members from the root. */
type Place = { readonly words: string; readonly path: readonly string[] };
type Exclusion = { readonly path: readonly string[]; readonly what: string };

function inside({ path }: Place, words: string, ...members: string[]): Place {
  return { words, path: [...path, ...members] };
}

/** An exclusion by one word of a schema. */
function by(at: Place, word: string, what: string): Exclusion {
  return { path: [...at.path, word], what: `${at.words} ${what}` };
}

/**
 * Where `outer` refuses a value that `inner` takes. What cannot be compared word for word counts as refused, so an
 * unknown change is never waved through.
 */
function exclusions(inner: Json | undefined, outer: Json | undefined, at: Place): Exclusion[] {
  if (canonicalJson(inner ?? true) === canonicalJson(outer ?? true)) return [];
  if (outer === undefined || outer === true || inner === false) return [];
  if (outer === false) return [{ path: at.path, what: `${at.words} is not taken at all on one side` }];
  const a = inner === undefined || inner === true ? {} : asObject(inner);
  const b = asObject(outer);
  return [
    ...typeExclusions(a, b, at),
    ...valueExclusions(a, b, at),
    ...limitExclusions(a, b, at),
    ...memberExclusions(a, b, at),
    ...itemExclusions(a, b, at),
    ...otherExclusions(a, b, at),
  ];
}

function itemExclusions(a: JsonSchema, b: JsonSchema, at: Place): Exclusion[] {
  if (b.items === undefined || !mayBe(a, "array")) return [];
  return exclusions(a.items, b.items, inside(at, `each element of ${at.words}`, "items"));
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

function typeExclusions(a: JsonSchema, b: JsonSchema, at: Place): Exclusion[] {
  const outer = typesOf(b);
  if (outer === null) return [];
  const inner = typesOf(a) ?? typesOfValues(a);
  if (inner === null)
    return [by(at, "type", `may be anything on one side and only ${outer.join(" or ")} on the other`)];
  const missing = inner.filter((type) => !outer.includes(type) && !(type === "integer" && outer.includes("number")));
  return missing.length === 0 ? [] : [by(at, "type", `may be ${missing.join(" or ")} on one side only`)];
}

/** The types of a schema that lists its values instead. */
function typesOfValues(schema: JsonSchema): string[] | null {
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? null : [schema.const];
  return values && [...new Set(values.map(typeOfValue))];
}

function typeOfValue(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function valuesOf(schema: JsonSchema): string[] | null {
  if (schema.const !== undefined) return [canonicalJson(schema.const)];
  return Array.isArray(schema.enum) ? schema.enum.map(canonicalJson) : null;
}

function valueExclusions(a: JsonSchema, b: JsonSchema, at: Place): Exclusion[] {
  const outer = valuesOf(b);
  if (outer === null) return [];
  const inner = valuesOf(a);
  const word = b.const === undefined ? "enum" : "const";
  if (inner === null) return [by(at, word, "is bound to listed values on one side only")];
  const missing = inner.filter((value) => !outer.includes(value));
  return missing.length === 0 ? [] : [by(at, word, `may be ${missing.slice(0, 5).join(", ")} on one side only`)];
}

function limitExclusions(a: JsonSchema, b: JsonSchema, at: Place): Exclusion[] {
  const found: Exclusion[] = [];
  const number = (schema: JsonSchema, word: string) => (typeof schema[word] === "number" ? schema[word] : undefined);
  for (const word of LOWER_LIMITS) {
    const limit = number(b, word);
    if (limit !== undefined && !((number(a, word) ?? Number.NEGATIVE_INFINITY) >= limit)) {
      if (!(word.startsWith("min") && word !== "minimum" && limit === 0))
        found.push(by(at, word, `has another "${word}"`));
    }
  }
  for (const word of UPPER_LIMITS) {
    const limit = number(b, word);
    if (limit !== undefined && !((number(a, word) ?? Number.POSITIVE_INFINITY) <= limit))
      found.push(by(at, word, `has another "${word}"`));
  }
  for (const word of ["pattern", "format", "multipleOf"]) {
    if (b[word] !== undefined && canonicalJson(a[word] ?? null) !== canonicalJson(b[word]))
      found.push(by(at, word, `has another "${word}"`));
  }
  if (b.uniqueItems === true && a.uniqueItems !== true)
    found.push(by(at, "uniqueItems", "must have unique elements on one side only"));
  return found;
}

function memberExclusions(a: JsonSchema, b: JsonSchema, at: Place): Exclusion[] {
  if (!mayBe(a, "object")) return [];
  const found: Exclusion[] = [];
  const names = (value: Json | undefined) => (Array.isArray(value) ? value.map(String) : []);
  for (const name of names(b.required)) {
    if (!names(a.required).includes(name))
      found.push({
        path: [...at.path, "required"],
        what: `"${name}" of ${at.words} is required on one side only`,
      });
  }
  const [inner, outer] = [asObject(a.properties), asObject(b.properties)];
  for (const [name, schema] of Object.entries(inner)) {
    const where = inside(at, `"${name}" of ${at.words}`, "properties", name);
    if (Object.hasOwn(outer, name)) found.push(...exclusions(schema, outer[name], where));
    else if (b.additionalProperties === false)
      found.push({ path: where.path, what: `${where.words} exists on one side only` });
    else found.push(...exclusions(schema, b.additionalProperties, where));
  }
  if (a.additionalProperties !== false && b.additionalProperties !== undefined) {
    const where = inside(at, `any further member of ${at.words}`, "additionalProperties");
    found.push(...exclusions(a.additionalProperties, b.additionalProperties, where));
  }
  return found;
}

/** Words without a rule here must be the same on both sides; dropping one from the outer side only takes more. */
function otherExclusions(a: JsonSchema, b: JsonSchema, at: Place): Exclusion[] {
  return Object.keys(b)
    .filter((word) => !ANNOTATIONS.has(word) && !UNDERSTOOD.has(word) && !word.startsWith("x-"))
    .filter((word) => canonicalJson(a[word] ?? null) !== canonicalJson(b[word]))
    .map((word) => by(at, word, `has another "${word}"`));
}
