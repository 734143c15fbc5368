/** From an input schema to the fields of a form, and from what was typed to an input. Pure. */
import type { Json } from "#lib/core/json.ts";

export type Field = {
  readonly name: string;
  readonly kind: "text" | "number" | "boolean" | "json";
  readonly required: boolean;
  readonly choices: readonly string[] | null;
  readonly description: string;
  readonly initial: string;
};

/** The one field of a schema that is not an object with plain members. */
export const WHOLE_INPUT = "input (JSON)";

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function show(value: Json | undefined, kind: Field["kind"]): string {
  if (value === undefined) return "";
  return kind === "json" ? JSON.stringify(value, null, 2) : String(value);
}

/** @param example an input to fill the form with at first */
export function fieldsOf(schema: Record<string, Json> | null, example: Json | undefined): Field[] {
  const properties = schema?.properties;
  if (!isObject(properties) || Object.keys(properties).length === 0) {
    const initial = show(example ?? {}, "json");
    return [{ name: WHOLE_INPUT, kind: "json", required: true, choices: null, description: "", initial }];
  }
  const required = Array.isArray(schema?.required) ? schema.required : [];
  const known = isObject(example) ? example : {};
  return Object.entries(properties).map(([name, raw]) => {
    const property = isObject(raw) ? raw : {};
    const kind =
      property.type === "string"
        ? "text"
        : property.type === "number" || property.type === "integer"
          ? "number"
          : property.type === "boolean"
            ? "boolean"
            : "json";
    const listed = Array.isArray(property.enum) ? property.enum.filter((choice) => typeof choice === "string") : null;
    const choices = kind === "boolean" ? ["true", "false"] : listed;
    return {
      name,
      kind,
      required: required.includes(name),
      choices,
      description: typeof property.description === "string" ? property.description : "",
      initial: show(known[name], kind) || (required.includes(name) ? (choices?.[0] ?? "") : ""),
    };
  });
}

/** What was typed, as an input; a field that cannot be read gets one sentence. Empty optional fields are left out. */
export function inputOf(
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
): { ok: true; value: Json } | { ok: false; message: string } {
  const input: { [key: string]: Json } = {};
  for (const { name, kind, required } of fields) {
    const text = values[name] ?? "";
    if (text.trim() === "" && !required) continue;
    if (kind === "number") {
      const number = Number(text);
      if (text.trim() === "" || !Number.isFinite(number)) return { ok: false, message: `${name} takes a number.` };
      input[name] = number;
    } else if (kind === "boolean") input[name] = text === "true";
    else if (kind === "json") {
      try {
        input[name] = JSON.parse(text) as Json;
      } catch {
        return { ok: false, message: `${name} takes JSON.` };
      }
    } else input[name] = text;
  }
  return {
    ok: true,
    value: fields.length === 1 && fields[0]?.name === WHOLE_INPUT ? (input[WHOLE_INPUT] ?? {}) : input,
  };
}
