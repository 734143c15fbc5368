/** An input as it came: JSON, and no deeper than the validators can follow. */
import type { Json } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";

/** Deeper values would run the validators out of stack. */
const DEEPEST = 200;

/**
 * Takes a value for an input.
 * @throws Problem invalid_input where it is no JSON value, or too deep
 */
export function readInput(value: unknown): Json {
  const fault = faultOf(value, 0);
  if (fault === "deep")
    throw new Problem("invalid_input", `The input is nested deeper than ${DEEPEST} levels: send something flatter.`);
  if (fault === "no_json") throw new Problem("invalid_input", "The input is no JSON value: send what JSON can hold.");
  return value as Json;
}

/** One walk for both questions; a value that is too deep is told so even where it also holds what is no JSON. */
function faultOf(value: unknown, above: number): "deep" | "no_json" | null {
  switch (typeof value) {
    case "string":
    case "boolean":
      return null;
    case "number":
      return Number.isFinite(value) ? null : "no_json";
    case "object":
      break;
    default:
      return "no_json";
  }
  if (value === null) return null;
  if (above >= DEEPEST) return "deep";
  let found: "no_json" | null = null;
  for (const member of Array.isArray(value) ? value : membersOf(value)) {
    const fault = faultOf(member, above + 1);
    if (fault === "deep") return fault;
    found ??= fault;
  }
  return found;
}

/** The members of a plain object; anything of a class holds what is no JSON. */
function membersOf(value: object): unknown[] {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.values(value) : [undefined];
}
