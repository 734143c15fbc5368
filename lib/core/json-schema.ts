/** JSON Schema 2020-12: values against schemas, and schemas against the standard. */

import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { boundedPattern, PatternTooSlow } from "./bounded-pattern.ts";
import { digestOf, type Json } from "./json.ts";
import type { JsonSchema } from "./tool.ts";

/** Where a value breaks its schema: a JSON pointer ("" is the value itself) and what it must be. */
export type SchemaError = { readonly path: string; readonly message: string };
export type SchemaCheck = { readonly ok: true } | { readonly ok: false; readonly errors: SchemaError[] };

const MOST_ERRORS = 20;
const MOST_COMPILED = 500;

type Compiled = { readonly validate: ValidateFunction } | { readonly fault: string };

/** The same schema object is asked for at every call; equal schemas of other objects share one compilation. */
const byObject = new WeakMap<JsonSchema, Compiled>();
const byDigest = new Map<string, Compiled>();

/**
 * Checks a value against a schema. A schema that cannot be compiled is an error at the path "".
 * Unknown keywords (`x-sensitive` for one) are allowed and mean nothing here.
 */
export function validateJson(schema: JsonSchema, value: unknown): SchemaCheck {
  const compiled = compile(schema);
  if ("fault" in compiled)
    return { ok: false, errors: [{ path: "", message: `cannot be checked: ${compiled.fault}` }] };
  try {
    if (compiled.validate(value)) return { ok: true };
  } catch (error) {
    // Also a schema that refers to itself without end, or a value too deep for the stack.
    const reason = error instanceof PatternTooSlow ? error.message : "the schema and the value lead too deep";
    return { ok: false, errors: [{ path: "", message: `cannot be checked: ${reason}` }] };
  }
  return { ok: false, errors: (compiled.validate.errors ?? []).slice(0, MOST_ERRORS).map(toSchemaError) };
}

/** Whether a schema follows JSON Schema 2020-12 and stands alone; answers what is wrong with it in one sentence. */
export function checkSchema(schema: JsonSchema): { ok: true } | { ok: false; message: string } {
  const compiled = compile(schema);
  return "fault" in compiled ? { ok: false, message: compiled.fault } : { ok: true };
}

function compile(schema: JsonSchema): Compiled {
  const known = byObject.get(schema);
  if (known !== undefined) return known;
  const digest = digestOf(schema);
  const compiled = byDigest.get(digest) ?? compileAnew(schema);
  byObject.set(schema, compiled);
  byDigest.delete(digest);
  byDigest.set(digest, compiled);
  if (byDigest.size > MOST_COMPILED) byDigest.delete(byDigest.keys().next().value as string);
  return compiled;
}

/** Ajv asks for a name by which generated files would import the engine; nothing is generated here. */
const patterns = Object.assign(boundedPattern, { code: "boundedPattern" });

/** Each schema has a validator of its own, so that equal `$id`s of two tools never meet. */
function compileAnew(schema: JsonSchema): Compiled {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    logger: false,
    // What every object inherits ("constructor") is no member of the value.
    ownProperties: true,
    code: { regExp: patterns },
  });
  addFormats.default(ajv);
  try {
    if (ajv.validateSchema(schema) !== true) {
      const first = ajv.errors?.[0];
      return { fault: first ? sentence(toSchemaError(first)) : "it is not a JSON Schema" };
    }
    const validate = ajv.compile(schema);
    // An asynchronous schema would answer a promise, which is always true.
    if ("$async" in validate) return { fault: "$async schemas are not supported" };
    return { validate };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** A schema error as words: "/a must be number". */
export function sentence({ path, message }: SchemaError): string {
  return path === "" ? `the value ${message}` : `${path} ${message}`;
}

function toSchemaError({ instancePath, message, params, keyword }: ErrorObject): SchemaError {
  const detail = params as Record<string, Json>;
  const text = message ?? "is not valid";
  if (keyword === "additionalProperties") {
    return { path: instancePath, message: `must not have the member "${String(detail.additionalProperty)}"` };
  }
  if (keyword === "required") {
    return { path: instancePath, message: `must have the member "${String(detail.missingProperty)}"` };
  }
  if (keyword === "enum") {
    return { path: instancePath, message: `must be one of ${JSON.stringify(detail.allowedValues)}` };
  }
  if (keyword === "const") return { path: instancePath, message: `must be ${JSON.stringify(detail.allowedValue)}` };
  return { path: instancePath, message: text };
}
