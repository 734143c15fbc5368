/** A tool as the product sees it: manifest, characteristics, permissions, test cases. */
import { z } from "zod";
import { Json } from "./json.ts";

/** Tool names; also the base name of the tool's file. */
export const ToolName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/,
    "1 to 128 letters, digits, '_', '.' or '-', starting with a letter or digit",
  )
  .refine((name) => !/\.(d|test)$/i.test(name), "may not end in .d or .test");

export const JsonSchema = z.record(z.string(), Json);
export type JsonSchema = z.infer<typeof JsonSchema>;

export const Characteristics = z.object({
  idempotent: z.boolean(),
  sideEffects: z.array(z.string()),
  safeForShadowTesting: z.boolean(),
  requiresMocking: z.array(z.string()),
  testDataAvailable: z.boolean(),
});
export type Characteristics = z.infer<typeof Characteristics>;

export const Permissions = z.object({
  /** Host names that `ctx.fetch` may reach, `host` or `host:port`. */
  network: z.array(z.string()).default([]),
  kv: z.enum(["none", "read", "write"]).default("none"),
  secrets: z.array(z.string()).default([]),
});
export type Permissions = z.infer<typeof Permissions>;

/** What kinds of use of `ctx` there are. */
export const EffectKind = z.enum(["fetch", "kv.get", "kv.set", "kv.delete", "now", "random", "uuid", "secret", "log"]);
export type EffectKind = z.infer<typeof EffectKind>;

/** One touch on the outside world made through `ctx`, listed in completion order. */
export const Effect = z.object({
  /** Order of the call within the execution, from 0. */
  call: z.number().int().nonnegative(),
  kind: EffectKind,
  request: Json,
  /** The answer, or absent where the effect failed. */
  response: Json.optional(),
  error: z.object({ name: z.string(), message: z.string() }).optional(),
  /** Milliseconds since the start of the execution. */
  startedMs: z.number().nonnegative().default(0),
  endedMs: z.number().nonnegative().default(0),
});
export type Effect = z.infer<typeof Effect>;

const Effects = z.array(Effect);

/**
 * Reads recorded effects. Their requests and answers are taken as they are: a schema's copy would lose members that are
 * named `__proto__`.
 * @throws ZodError where they are no effects
 */
export function readEffects(value: unknown): Effect[] {
  const given = value as readonly Effect[];
  return Effects.parse(value).map((effect, at) => {
    const { request, response } = given[at] as Effect;
    return { ...effect, request, ...(response === undefined ? {} : { response }) };
  });
}

/** What `ctx` answers in a test case. An effect that no entry states is an error, never a real touch. */
export const StatedEffect = z.object({
  kind: EffectKind,
  /** Matched structurally as a subset of the request; absent matches any request of the kind. */
  request: Json.optional(),
  response: Json.optional(),
  error: z.object({ name: z.string(), message: z.string() }).optional(),
});
export type StatedEffect = z.infer<typeof StatedEffect>;

export const TestCase = z.object({
  description: z.string(),
  input: Json,
  expectedOutput: Json.optional(),
  /** A `ToolError` code or an error name. */
  shouldThrow: z.string().optional(),
  effects: z.array(StatedEffect).optional(),
});
export type TestCase = z.infer<typeof TestCase>;

/** What the sandbox reads out of a tool's module, twice, as plain JSON. */
export const Manifest = z.object({
  name: ToolName,
  description: z.string().min(1),
  inputSchema: JsonSchema,
  outputSchema: JsonSchema,
  characteristics: Characteristics,
  permissions: Permissions,
  testCases: z.array(TestCase).default([]),
  /** Descriptions only; the checks run in the sandbox. */
  postconditions: z.array(z.object({ description: z.string() })).default([]),
  latencyBudgetMs: z.number().positive().optional(),
  owners: z.array(z.string()).default([]),
});
export type Manifest = z.infer<typeof Manifest>;
