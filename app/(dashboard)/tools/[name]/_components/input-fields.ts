/** From an input schema to the fields of a form, and from what was typed to an input. Pure. */
import { equalJson } from "#lib/core/comparison.ts";
import type { Json } from "#lib/core/json.ts";

export type Choice = { readonly shown: string; readonly value: Json };

export type Field = {
  readonly name: string;
  readonly kind: "text" | "number" | "boolean" | "json";
  readonly required: boolean;
  /** What may be chosen, as it is shown, and what is sent for it: a number and its digits are two things. */
  readonly choices: readonly Choice[] | null;
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

/** A text stands as it is, unless another member or nothing at all would look the same: then in its quotes. */
function choicesOf(members: readonly Json[]): Choice[] {
  const others = new Set(members.filter((value) => typeof value !== "string").map((value) => JSON.stringify(value)));
  return members.map((value) => ({
    value,
    shown: typeof value === "string" && value.trim() !== "" && !others.has(value) ? value : JSON.stringify(value),
  }));
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
    const members = Array.isArray(property.enum) ? property.enum : kind === "boolean" ? [true, false] : null;
    const choices = members === null ? null : choicesOf(members);
    const chosen = choices?.find(({ value }) => known[name] !== undefined && equalJson(value, known[name]))?.shown;
    return {
      name,
      kind,
      required: required.includes(name),
      choices,
      description: typeof property.description === "string" ? property.description : "",
      initial:
        choices === null
          ? show(known[name], kind)
          : chosen !== undefined
            ? chosen
            : required.includes(name)
              ? (choices[0]?.shown ?? "")
              : "",
    };
  });
}

/** What was typed, as an input; each field that cannot be read gets a sentence. Empty optional fields are left out. */
export function inputOf(
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
): { ok: true; value: Json } | { ok: false; message: string } {
  const input: { [key: string]: Json } = {};
  const faults: string[] = [];
  for (const { name, kind, required, choices } of fields) {
    const text = values[name] ?? "";
    if (text.trim() === "" && !required) continue;
    if (choices !== null) {
      const choice = choices.find(({ shown }) => shown === text);
      if (choice === undefined) faults.push(`${name} takes one of its choices.`);
      else input[name] = choice.value;
    } else if (kind === "number") {
      const number = Number(text);
      if (text.trim() === "" || !Number.isFinite(number)) faults.push(`${name} takes a number.`);
      // Rounded without a word, it would be another number than the one that was typed.
      else if (Number.isInteger(number) && !Number.isSafeInteger(number) && !/e/i.test(text))
        faults.push(`${name} is an integer too large for JSON to carry exactly.`);
      else input[name] = number;
    } else if (kind === "json") {
      try {
        input[name] = JSON.parse(text) as Json;
      } catch {
        faults.push(`${name} takes JSON.`);
      }
    } else input[name] = text;
  }
  if (faults.length > 0) return { ok: false, message: faults.join(" ") };
  return {
    ok: true,
    value: fields.length === 1 && fields[0]?.name === WHOLE_INPUT ? (input[WHOLE_INPUT] ?? {}) : input,
  };
}
