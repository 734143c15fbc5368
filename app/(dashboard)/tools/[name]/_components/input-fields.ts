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
  const known = new Map(isObject(example) ? Object.entries(example) : []);
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
    const chosen = choices?.find(
      ({ value }) => known.get(name) !== undefined && equalJson(value, known.get(name)),
    )?.shown;
    return {
      name,
      kind,
      required: required.includes(name),
      choices,
      description: typeof property.description === "string" ? property.description : "",
      initial:
        choices === null
          ? show(known.get(name), kind)
          : chosen !== undefined
            ? chosen
            : required.includes(name)
              ? (choices[0]?.shown ?? "")
              : "",
    };
  });
}

/** What is wrong with fields, by their names: words for behind the name. */
export type FieldFaults = ReadonlyMap<string, string>;

/** What was typed, as an input, or what cannot be read of each field. Empty optional fields are left out. */
export function inputOf(
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
): { ok: true; value: Json } | { ok: false; faults: FieldFaults } {
  const members: [string, Json][] = [];
  const faults = new Map<string, string>();
  for (const field of fields) {
    const text = values[field.name] ?? "";
    if (text.trim() === "" && !field.required) continue;
    const read = readField(field, text);
    if ("fault" in read) faults.set(field.name, read.fault);
    else members.push([field.name, read.value]);
  }
  if (faults.size > 0) return { ok: false, faults };
  const isWhole = fields.length === 1 && fields[0]?.name === WHOLE_INPUT;
  return { ok: true, value: isWhole ? (members[0]?.[1] ?? {}) : Object.fromEntries(members) };
}

const TOO_LARGE = "is an integer too large for JSON to carry exactly";

/** Whether it would be read as another number than the one that was typed. */
function isRounded(text: string): boolean {
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) && !/e/i.test(text);
}

function readField({ kind, choices }: Field, text: string): { value: Json } | { fault: string } {
  if (choices !== null) return choices.find(({ shown }) => shown === text) ?? { fault: "takes one of its choices" };
  if (kind === "number") {
    const number = Number(text);
    if (text.trim() === "" || !Number.isFinite(number)) return { fault: "takes a number" };
    return isRounded(text) ? { fault: TOO_LARGE } : { value: number };
  }
  if (kind !== "json") return { value: text };
  try {
    const value = JSON.parse(text) as Json;
    const numbers = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").match(/-?\d[\d.eE+-]*/g) ?? [];
    const rounded = numbers.find(isRounded);
    return rounded === undefined ? { value } : { fault: `holds ${rounded}, which ${TOO_LARGE}` };
  } catch {
    return { fault: "takes JSON" };
  }
}

/**
 * What the schema refused, at the fields that it is about; what is about no field of the form stays where it is said.
 * @param errors places as JSON pointers, with what is wrong there
 */
export function faultsOf(
  fields: readonly Field[],
  errors: readonly { readonly path: string; readonly message: string }[],
): FieldFaults {
  const isWhole = fields[0]?.name === WHOLE_INPUT;
  const faults = new Map<string, string>();
  for (const { path, message } of errors) {
    const steps = stepsOf(path);
    // A member that the input lacks is told of the whole, and has a field all the same.
    const lacking = path === "" && !isWhole ? /^must have the member "(.*)"$/s.exec(message)?.[1] : undefined;
    const name = isWhole ? WHOLE_INPUT : (lacking ?? steps[0]);
    if (name === undefined || !fields.some((field) => field.name === name)) continue;
    const place = (isWhole ? steps : steps.slice(1)).join(".");
    const words = lacking !== undefined ? "is missing" : place === "" ? message : `${place} ${message}`;
    const before = faults.get(name);
    faults.set(name, before === undefined ? words : `${before}; ${words}`);
  }
  return faults;
}

/** The steps of a JSON pointer. */
function stepsOf(pointer: string): string[] {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
