/** Inputs that nobody sent yet: recorded ones changed a little, and fresh ones from the input schema. */
import fc from "fast-check";
import type { Json } from "./json.ts";
import type { JsonSchema } from "./tool.ts";

/** An input, and the position of the recorded one that it was made from; null where it was made from the schema. */
export type GeneratedInput = { readonly input: Json; readonly like: number | null };

type Place = { readonly path: readonly (string | number)[]; readonly value: Json };
type Edit = { readonly place: number; readonly way: number; readonly drawn: number };

const EDIT: fc.Arbitrary<Edit> = fc.record({ place: fc.nat(9_999), way: fc.nat(9_999), drawn: fc.nat(9_999) });

/**
 * Recorded inputs with one to three small changes. Values are exchanged between inputs at the same place, so that what
 * callers send is imitated without knowing what it means. Shrinks to few changes of an early input: put small ones first.
 */
export function changedInputs(recorded: readonly Json[]): fc.Arbitrary<GeneratedInput> {
  const pool = poolOf(recorded);
  return fc
    .tuple(fc.nat(Math.max(0, recorded.length - 1)), fc.array(EDIT, { minLength: 1, maxLength: 3 }))
    .map(([like, edits]) => ({
      like,
      input: edits.reduce<Json>((input, edit) => changedAt(input, edit, pool), recorded[like] ?? null),
    }));
}

/** The values seen at each place; positions in lists count as one place. */
type Pool = ReadonlyMap<string, readonly Json[]>;

function poolOf(recorded: readonly Json[]): Pool {
  const pool = new Map<string, Json[]>();
  for (const input of recorded) {
    for (const { path, value } of placesOf(input)) {
      const key = keyOf(path);
      const known = pool.get(key);
      if (known === undefined) pool.set(key, [value]);
      else if (known.length < 200) known.push(value);
    }
  }
  return pool;
}

function keyOf(path: Place["path"]): string {
  return path.map((step) => (typeof step === "number" ? "*" : step)).join("/");
}

const MOST_PLACES = 400;

/** Every place inside a value, itself left out. */
function placesOf(value: Json, path: Place["path"] = [], found: Place[] = []): Place[] {
  if (found.length >= MOST_PLACES || value === null || typeof value !== "object") return found;
  const members: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [step, member] of members) {
    found.push({ path: [...path, step], value: member });
    placesOf(member, [...path, step], found);
  }
  return found;
}

function changedAt(input: Json, { place, way, drawn }: Edit, pool: Pool): Json {
  const places = placesOf(input);
  const chosen = places[place % Math.max(1, places.length)];
  if (chosen === undefined) return input;
  const seen = pool.get(keyOf(chosen.path)) ?? [];
  return replaced(input, chosen.path, changed(chosen.value, way, drawn, seen));
}

function replaced(value: Json, path: Place["path"], by: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, at) => (at === step ? replaced(item, rest, by) : item));
  if (value === null || typeof value !== "object") return value;
  return { ...value, [step]: replaced(value[step] ?? null, rest, by) };
}

function changed(value: Json, way: number, drawn: number, seen: readonly Json[]): Json {
  const other = seen.length === 0 ? value : (seen[drawn % seen.length] as Json);
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return changedNumber(value, way, other);
  if (typeof value === "string") return changedString(value, way, drawn, other);
  return Array.isArray(value) ? changedList(value, way, drawn, other) : other;
}

function changedNumber(value: number, way: number, other: Json): Json {
  const ways: Json[] = [other, value + 1, value - 1, 0, other, value * 2, -value || 1];
  return ways[way % ways.length] as Json;
}

function changedString(value: string, way: number, drawn: number, other: Json): Json {
  const at = drawn % Math.max(1, value.length);
  const letter = typeof other === "string" ? (other[drawn % Math.max(1, other.length)] ?? "") : "";
  const ways: Json[] = [
    other,
    value.slice(0, at) + value.slice(at + 1),
    value.slice(0, at) + letter + value.slice(at),
    value.slice(0, at) + letter + value.slice(at + 1),
    value.slice(0, at),
    value.slice(at) + value.slice(0, at),
  ];
  return ways[way % ways.length] as Json;
}

function changedList(value: readonly Json[], way: number, drawn: number, other: Json): Json {
  const at = drawn % Math.max(1, value.length);
  const from = Array.isArray(other) && other.length > 0 ? (other[drawn % other.length] as Json) : (value[at] ?? null);
  const ways: Json[] = [
    other,
    value.filter((_, index) => index !== at),
    [...value.slice(0, at), from, ...value.slice(at)],
    value.map((item, index) => (index === at ? from : item)),
    value.length < 2 ? [...value] : [...value.slice(at), ...value.slice(0, at)],
  ];
  return ways[way % ways.length] as Json;
}

/** Fresh inputs that fit a schema; null where the schema says too little to make one. */
export function inputsOfSchema(schema: JsonSchema): fc.Arbitrary<GeneratedInput> | null {
  const made = arbitraryOf(schema, 0);
  return made === null ? null : made.map((input) => ({ input, like: null }));
}

const DEEPEST = 6;

function arbitraryOf(schema: Json | undefined, depth: number): fc.Arbitrary<Json> | null {
  if (schema === undefined || schema === null || typeof schema !== "object" || Array.isArray(schema)) return null;
  if (depth > DEEPEST) return null;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.length === 0 ? null : fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return oneOf(choices.map((one) => arbitraryOf(one, depth + 1)));
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return oneOf(types.map((type) => arbitraryOfType(type, schema, depth)));
}

function oneOf(parts: readonly (fc.Arbitrary<Json> | null)[]): fc.Arbitrary<Json> | null {
  const made = parts.filter((part) => part !== null);
  return made.length === 0 || made.length < parts.length ? null : fc.oneof(...made);
}

type Members = { readonly [key: string]: Json };

function arbitraryOfType(type: Json | undefined, schema: Members, depth: number): fc.Arbitrary<Json> | null {
  const number = (name: string, otherwise: number) => (typeof schema[name] === "number" ? schema[name] : otherwise);
  switch (type) {
    case "integer":
      return fc.integer({
        min: Math.ceil(number("minimum", -1_000)),
        max: Math.floor(Math.max(number("maximum", 1_000), number("minimum", -1_000))),
      });
    case "number": {
      const [min, max] = [number("minimum", -1_000), number("maximum", 1_000)];
      const whole = { min: Math.ceil(min), max: Math.floor(Math.max(max, min)) };
      const parts = [fc.double({ min, max: Math.max(max, min), noNaN: true }).map((value) => value || 0)];
      return whole.min <= whole.max ? fc.oneof(fc.integer(whole), ...parts) : (parts[0] ?? null);
    }
    case "string":
      // What a pattern or a format asks for is better imitated from recordings.
      if (schema.pattern !== undefined || schema.format !== undefined) return null;
      return fc.string({ minLength: number("minLength", 0), maxLength: Math.min(number("maxLength", 12), 60) });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array": {
      const items = arbitraryOf(schema.items, depth + 1);
      const sizes = { minLength: number("minItems", 0), maxLength: Math.min(number("maxItems", 8), 30) };
      return items === null ? null : fc.array(items, sizes);
    }
    case "object":
      return objectOf(schema, depth);
    default:
      return null;
  }
}

function objectOf(schema: Members, depth: number): fc.Arbitrary<Json> | null {
  const properties = schema.properties;
  if (properties === null || typeof properties !== "object" || Array.isArray(properties)) return null;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const members: Record<string, fc.Arbitrary<Json>> = {};
  for (const [name, property] of Object.entries(properties)) {
    const member = arbitraryOf(property, depth + 1);
    if (member !== null) members[name] = member;
    else if (required.includes(name)) return null;
  }
  const requiredKeys = Object.keys(members).filter((name) => required.includes(name));
  return fc.record(members, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<Json>;
}
