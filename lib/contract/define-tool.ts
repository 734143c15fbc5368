/** What a tool imports as "whetstone": the definition, its error, and types derived from its schemas and permissions. */

/** A clear refusal: the input is outside what the tool does. Recorded as `refused`, never as a failure. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly code: string;

  /**
   * @param code a short word for machines, `snake_case`
   * @param message one sentence for people: what is wrong with the input
   */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Primitives = { string: string; number: number; integer: number; boolean: boolean; null: null };

type Members<Schema> = Schema extends { properties: infer Properties }
  ? Schema extends { required: readonly (infer Required)[] }
    ? { [Key in keyof Properties as Key extends Required ? Key : never]: FromSchema<Properties[Key]> } & {
        [Key in keyof Properties as Key extends Required ? never : Key]?: FromSchema<Properties[Key]> | undefined;
      }
    : { [Key in keyof Properties]?: FromSchema<Properties[Key]> | undefined }
  : Record<string, unknown>;

/** The type of the values that a JSON Schema describes; what this small mapping does not know is `unknown`. */
export type FromSchema<Schema> = Schema extends { const: infer Value }
  ? Value
  : Schema extends { enum: readonly (infer Value)[] }
    ? Value
    : Schema extends { type: infer Type }
      ? Type extends readonly (infer One)[]
        ? FromSchema<Omit<Schema, "type"> & { type: One }>
        : Type extends keyof Primitives
          ? Primitives[Type]
          : Type extends "array"
            ? Schema extends { items: infer Items }
              ? FromSchema<Items>[]
              : unknown[]
            : Type extends "object"
              ? Members<Schema>
              : unknown
      : Schema extends { anyOf: readonly (infer One)[] } | { oneOf: readonly (infer One)[] }
        ? FromSchema<One>
        : unknown;

/** An answer of `ctx.fetch`. */
export type FetchResponse = {
  readonly status: number;
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  text(): Promise<string>;
  json(): Promise<unknown>;
};

export type FetchInit = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

type Always = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  uuid(): string;
  log(...values: unknown[]): void;
  readonly signal: { readonly aborted: boolean };
};

type ReadKv = { readonly kv: { get(key: string): Promise<unknown> } };
type WriteKv = {
  readonly kv: {
    get(key: string): Promise<unknown>;
    set(key: string, value: unknown): Promise<void>;
    delete(key: string): Promise<void>;
  };
};

/** What `run` gets as its second argument: only what the permissions grant. */
export type ToolContext<Granted> = Always &
  (Granted extends { network: readonly [unknown, ...unknown[]] }
    ? { fetch(url: string, init?: FetchInit): Promise<FetchResponse> }
    : unknown) &
  (Granted extends { kv: "write" } ? WriteKv : Granted extends { kv: "read" } ? ReadKv : unknown) &
  (Granted extends { secrets: readonly [infer First, ...infer Rest] }
    ? { secret(name: First | Extract<Rest[number], string>): string }
    : unknown);

export type EffectKind = "fetch" | "kv.get" | "kv.set" | "kv.delete" | "now" | "random" | "uuid" | "secret" | "log";

/** What `ctx` answers in a test case; an effect that no entry states is an error, never a real touch. */
export type StatedEffect = {
  readonly kind: EffectKind;
  /** Matched as a part of the request; absent, it matches any of the kind. */
  readonly request?: JsonValue;
  readonly response?: JsonValue;
  readonly error?: { readonly name: string; readonly message: string };
};

export type ToolTestCase = {
  readonly description: string;
  readonly input: JsonValue;
  readonly expectedOutput?: JsonValue;
  /** A `ToolError` code or an error name. */
  readonly shouldThrow?: string;
  readonly effects?: readonly StatedEffect[];
};

export type ToolPermissions = {
  readonly network: readonly string[];
  readonly kv: "none" | "read" | "write";
  readonly secrets: readonly string[];
};

export type ToolDefinition<Input, Output, Granted> = {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12. */
  readonly inputSchema: Input;
  readonly outputSchema: Output;
  readonly characteristics: {
    readonly idempotent: boolean;
    readonly sideEffects: readonly string[];
    readonly safeForShadowTesting: boolean;
    readonly requiresMocking: readonly string[];
    readonly testDataAvailable: boolean;
  };
  readonly permissions: Granted;
  readonly testCases?: readonly ToolTestCase[];
  readonly postconditions?: readonly {
    readonly description: string;
    check(input: NoInfer<FromSchema<Input>>, output: NoInfer<FromSchema<Output>>): boolean;
  }[];
  readonly latencyBudgetMs?: number;
  readonly owners?: readonly string[];
  run(
    input: NoInfer<FromSchema<Input>>,
    ctx: NoInfer<ToolContext<Granted>>,
  ): NoInfer<FromSchema<Output>> | Promise<NoInfer<FromSchema<Output>>>;
};

/** Defines a tool. The definition is read in the sandbox, never in the host. */
export function defineTool<const Input, const Output, const Granted extends ToolPermissions>(
  definition: ToolDefinition<Input, Output, Granted>,
): ToolDefinition<Input, Output, Granted> {
  return definition;
}
