/** Hides what a schema marks `x-sensitive`, and every other place where the same value turns up. */
import { boundedPattern } from "./bounded-pattern.ts";
import type { EvidenceCase, SideResult } from "./evidence.ts";
import type { Execution, Word } from "./execution.ts";
import type { Json } from "./json.ts";
import { Problem } from "./problem.ts";
import type { Effect, JsonSchema, Manifest } from "./tool.ts";

export const MASK = "•••";
/** Shorter values are too common to be hidden wherever they turn up. */
const SHORTEST_SECRET = 4;
/** What recordings of shapes hold in place of values is no value. */
const KINDS: ReadonlySet<string> = new Set(["string", "number", "boolean", "null"]);
/** Schemas may refer to themselves. */
const DEEPEST = 40;

export type Schemas = Pick<Manifest, "inputSchema" | "outputSchema">;

type Masking = { readonly root: Json | JsonSchema | undefined; readonly found: Set<string> };

/** Replaces marked members; values of marked members are added to `found`. */
export function maskSensitive(
  value: Json | undefined,
  schema: Json | JsonSchema | undefined,
  found: Set<string>,
): Json | undefined {
  return mask(value, schema, { root: schema, found }, 0);
}

function mask(
  value: Json | undefined,
  schema: Json | JsonSchema | undefined,
  masking: Masking,
  above: number,
): Json | undefined {
  if (value === undefined || !isObject(schema) || above > DEEPEST) return value;
  if (schema["x-sensitive"] === true) {
    collect(value, masking.found);
    return MASK;
  }
  let masked: Json | undefined = value;
  for (const applied of appliedTo(schema, masking.root)) masked = mask(masked, applied, masking, above + 1);
  if (Array.isArray(masked)) {
    const first: unknown[] = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    return masked.map((item, at) => mask(item, (first[at] ?? schema.items) as Json, masking, above + 1) ?? null);
  }
  if (!isObject(masked)) return masked;
  return Object.fromEntries(
    Object.entries(masked).map(([key, member]) => {
      let kept: Json | undefined = member;
      for (const one of memberSchemas(schema, key)) kept = mask(kept, one, masking, above + 1);
      return [key, kept ?? null];
    }),
  );
}

/** Schemas that say something about the same value. */
function appliedTo(schema: { readonly [key: string]: Json }, root: Json | JsonSchema | undefined): Json[] {
  const lists = ["allOf", "anyOf", "oneOf"].flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []));
  const single = ["if", "then", "else"].flatMap((key) => (schema[key] === undefined ? [] : [schema[key]]));
  const { $ref: reference } = schema;
  if (typeof reference !== "string" || !reference.startsWith("#")) return [...lists, ...single];
  let target: Json | undefined = root as Json | undefined;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    target = isObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
  }
  return target === undefined ? [...lists, ...single] : [...lists, ...single, target];
}

function memberSchemas(schema: { readonly [key: string]: Json }, key: string): Json[] {
  const { properties, patternProperties, additionalProperties } = schema;
  const found: Json[] = [];
  if (isObject(properties) && Object.hasOwn(properties, key)) found.push(properties[key] as Json);
  if (isObject(patternProperties)) {
    for (const [pattern, one] of Object.entries(patternProperties)) if (matches(pattern, key)) found.push(one);
  }
  if (found.length === 0 && isObject(additionalProperties)) found.push(additionalProperties);
  return found;
}

/** A pattern that cannot be read, or is too slow, matches all: too much is hidden rather than too little. */
function matches(pattern: string, key: string): boolean {
  try {
    return boundedPattern(pattern, "u").test(key.slice(0, 200));
  } catch {
    return true;
  }
}

function isObject(value: unknown): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function collect(value: Json, found: Set<string>): void {
  if (typeof value === "string" || typeof value === "number") {
    if (!KINDS.has(String(value))) found.add(String(value));
  } else if (value !== null && typeof value === "object")
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

/** Hides found values wherever they stand in a value. */
export function scrubJson<T extends Json | undefined>(value: T, found: ReadonlySet<string>): T {
  if (found.size === 0) return value;
  if (typeof value === "string") return scrub(value, found) as T;
  if (typeof value === "number") {
    const text = String(value);
    return (text.length >= SHORTEST_SECRET && found.has(text) ? MASK : value) as T;
  }
  if (Array.isArray(value)) return value.map((item) => scrubJson(item, found)) as unknown as T;
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [scrub(key, found), scrubJson(member, found)]);
  return Object.fromEntries(members) as T;
}

const marked = new WeakMap<object, boolean>();

/** Whether the schemas of a tool mark anything. */
export function marksSensitive(schemas: Schemas): boolean {
  let known = marked.get(schemas);
  if (known === undefined) {
    known = JSON.stringify([schemas.inputSchema, schemas.outputSchema]).includes('"x-sensitive":true');
    marked.set(schemas, known);
  }
  return known;
}

type Shown = Partial<Pick<Execution, "input" | "output" | "error" | "effects">>;

/**
 * Refuses an answer that was copied from where values are hidden.
 * @throws Problem invalid_input
 */
export function refuseMasked(value: unknown): void {
  if (value === undefined || !(JSON.stringify(value) ?? "").includes(MASK)) return;
  throw new Problem(
    "invalid_input",
    `expectedOutput holds ${MASK}, which stands for a hidden value: write the value out, or leave expectedOutput out.`,
  );
}

/** An execution, or a part of one, as others than its caller may see it. */
export function maskExecution<T extends Shown>(schemas: Schemas, execution: T): T {
  if (!marksSensitive(schemas)) return execution;
  const found = new Set<string>();
  const input = maskSensitive(execution.input, schemas.inputSchema, found);
  const output = maskSensitive(execution.output, schemas.outputSchema, found);
  return { ...execution, ...scrubShown({ ...execution, ...given({ input, output }) }, found) };
}

/** What somebody said of an execution, as others may see it: a right answer is hidden as an answer, a note may quote both. */
export function maskWord(schemas: Schemas, { input, output }: Pick<Execution, "input" | "output">, word: Word): Word {
  if (!marksSensitive(schemas)) return word;
  const found = new Set<string>();
  maskSensitive(input, schemas.inputSchema, found);
  maskSensitive(output, schemas.outputSchema, found);
  const expected = maskSensitive(word.expectedOutput, schemas.outputSchema, found);
  return {
    ...word,
    ...given({ expectedOutput: scrubJson(expected, found) }),
    ...(word.note === undefined ? {} : { note: scrub(word.note, found) }),
  };
}

type ToolCase = Shown & { readonly description: string; readonly expectedOutput?: Json | undefined };

/** A case of a tool, run or only kept, as others than whoever made it may see it. */
export function maskToolCase<T extends ToolCase>(schemas: Schemas, one: T): T {
  if (!marksSensitive(schemas)) return one;
  const found = new Set<string>();
  const input = maskSensitive(one.input, schemas.inputSchema, found);
  const [output, expected] = [one.output, one.expectedOutput].map((value) =>
    maskSensitive(value, schemas.outputSchema, found),
  );
  return {
    ...one,
    ...scrubShown({ ...one, ...given({ input, output }) }, found),
    ...given({ expectedOutput: scrubJson(expected, found) }),
    // A description may quote what it was made of.
    description: scrub(one.description, found),
  };
}

/** A tested case as a reviewer may see it. */
export function maskCase(schemas: Schemas, one: EvidenceCase): EvidenceCase {
  if (!marksSensitive(schemas)) return one;
  const found = new Set<string>();
  const input = maskSensitive(one.input, schemas.inputSchema, found) ?? null;
  const [expected, before, after] = [one.expectedOutput, one.old.output, one.new.output].map((output) =>
    maskSensitive(output, schemas.outputSchema, found),
  );
  const side = (run: SideResult, output: Json | undefined): SideResult => ({
    ...run,
    ...scrubShown({ ...run, ...given({ output }) }, found),
    ...(run.askedFor === undefined
      ? {}
      : { askedFor: { ...run.askedFor, request: scrubJson(run.askedFor.request, found) } }),
  });
  return {
    ...one,
    description: scrub(one.description, found),
    input: scrubJson(input, found),
    ...(expected === undefined ? {} : { expectedOutput: scrubJson(expected, found) }),
    old: side(one.old, before),
    new: side(one.new, after),
    // A path into a marked member shows no value either.
    differences: one.differences.map((difference) => ({
      ...difference,
      ...given({ before: scrubJson(difference.before, found), after: scrubJson(difference.after, found) }),
    })),
  };
}

/** The parts of a run, without found values. */
function scrubShown({ input, output, error, effects }: Shown, found: ReadonlySet<string>): Shown {
  return {
    ...given({ input: scrubJson(input, found), output: scrubJson(output, found) }),
    ...(error === undefined
      ? {}
      : { error: { ...error, message: scrub(error.message, found), stack: scrub(error.stack, found) } }),
    ...(effects === undefined ? {} : { effects: effects.map((effect) => scrubEffect(effect, found)) }),
  };
}

function scrubEffect(effect: Effect, found: ReadonlySet<string>): Effect {
  const { request, response, error } = effect;
  return {
    ...effect,
    request: scrubJson(request, found),
    ...given({ response: scrubJson(response, found) }),
    ...(error === undefined ? {} : { error: { ...error, message: scrub(error.message, found) } }),
  };
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(members: T): Given<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
}
