/** Hides what a schema marks `x-sensitive`, and every other place where the same value turns up. */
import type { Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/core/tool.ts";

export const MASK = "•••";
/** Shorter values are too common to be hidden wherever they turn up. */
const SHORTEST_SECRET = 4;

/** Replaces marked members; values of marked members are added to `found`. */
export function maskSensitive(
  value: Json | undefined,
  schema: Json | JsonSchema | undefined,
  found: Set<string>,
): Json | undefined {
  if (value === undefined || schema === null || typeof schema !== "object" || Array.isArray(schema)) return value;
  if (schema["x-sensitive"] === true) {
    collect(value, found);
    return MASK;
  }
  const alternatives = ["allOf", "anyOf", "oneOf"].flatMap((key) => {
    const list = schema[key];
    return Array.isArray(list) ? list : [];
  });
  let masked: Json | undefined = value;
  for (const alternative of alternatives) masked = maskSensitive(masked, alternative, found);
  if (Array.isArray(masked)) return masked.map((item) => maskSensitive(item, schema.items, found) ?? null);
  if (masked === null || typeof masked !== "object") return masked;
  const properties = schema.properties;
  if (properties === null || typeof properties !== "object" || Array.isArray(properties)) return masked;
  return Object.fromEntries(
    Object.entries(masked).map(([key, member]) => [
      key,
      Object.hasOwn(properties, key) ? (maskSensitive(member, properties[key], found) ?? null) : member,
    ]),
  );
}

function collect(value: Json, found: Set<string>): void {
  if (typeof value === "string" || typeof value === "number") found.add(String(value));
  else if (value !== null && typeof value === "object")
    for (const member of Object.values(value)) collect(member, found);
}

/** Hides found values in a text, longest first. */
export function scrub(text: string, found: ReadonlySet<string>): string {
  return [...found]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
    .reduce(
      (clean, secret) => clean.replaceAll(secret, MASK).replaceAll(JSON.stringify(secret).slice(1, -1), MASK),
      text,
    );
}
