/** JSON Schema 2020-12 by Ajv; compiled schemas are kept by their digest. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { digestOf } from "./json.ts";

export type SchemaFault = { readonly path: string; readonly message: string };

const MOST_KEPT = 2_000;
/** The same schema object is asked for at every call: its digest is computed once. */
const byObject = new WeakMap<object, ValidateFunction>();
const byDigest = new Map<string, ValidateFunction>();

const ajv = new Ajv2020({ strict: false, allErrors: true, ownProperties: true, logger: false });
// The package is CommonJS: its default export arrives wrapped or not, by who loads it.
const formats = ("default" in addFormats ? addFormats.default : addFormats) as unknown as (target: Ajv2020) => void;
formats(ajv);
ajv.addKeyword("x-sensitive");

function compiled(schema: object): ValidateFunction {
  const known = byObject.get(schema);
  if (known !== undefined) return known;
  const digest = digestOf(schema);
  let validate = byDigest.get(digest);
  if (validate === undefined) {
    // Two tools may use one $id for different schemas: ids are not shared between them.
    const { $id: _id, ...own } = schema as { $id?: unknown };
    validate = ajv.compile(own);
    if (byDigest.size >= MOST_KEPT) byDigest.clear();
    byDigest.set(digest, validate);
  }
  byObject.set(schema, validate);
  return validate;
}

/**
 * Validates a value.
 * @returns what does not fit, with a JSON Pointer (RFC 6901) each; nothing when it fits
 * @throws Error where the schema itself is not one (`schemaFault` says so beforehand)
 */
export function validateJson(schema: object, value: unknown): SchemaFault[] {
  const validate = compiled(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, 20).map(({ instancePath, message = "does not fit", params, keyword }) => ({
    path: instancePath,
    message: `${instancePath === "" ? "the value" : instancePath} ${message}${detail(keyword, params)}`,
  }));
}

function detail(keyword: string, params: Record<string, unknown>): string {
  if (keyword === "additionalProperties") return `: "${String(params.additionalProperty)}"`;
  if (keyword === "enum") return `: ${JSON.stringify(params.allowedValues)}`;
  if (keyword === "const") return `: ${JSON.stringify(params.allowedValue)}`;
  return "";
}

/** Why an object is no JSON Schema that can be used, or null. */
export function schemaFault(schema: object): string | null {
  try {
    compiled(schema);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
