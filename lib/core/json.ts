/** JSON values, their canonical text and its digest. */
import { hash } from "node:crypto";
import { z } from "zod";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export const Json: z.ZodType<Json> = z.json() as z.ZodType<Json>;

/**
 * Canonical JSON text: object keys sorted by UTF-16 code unit, no white space (RFC 8785).
 * `undefined` members are left out, as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** SHA-256 of a text, in lower-case hexadecimal. */
export function sha256(text: string): string {
  return hash("sha256", text);
}

/** SHA-256 of the canonical JSON of a value: equal values have equal digests whatever their key order. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
