/** Configuration from the environment, parsed once at the start. A wrong value stops it with one line. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { z } from "zod";

/** Digits alone: what JavaScript reads as a number besides (0x10, 1e3) is more likely a slip. */
const count = (least: number, most: number) =>
  z.string().trim().regex(/^\d+$/).transform(Number).pipe(z.int().min(least).max(most));
/** An address, or a name that may be one of this machine's; 999.1.1.1 is neither. */
const Host = z
  .string()
  .refine((host) => isIP(host) !== 0 || (/^[\w.-]+$/.test(host) && URL.canParse(`http://${host}`)));
const Flag = z.enum(["0", "1", "true", "false"]).transform((value) => value === "1" || value === "true");

/** Each variable: how it is parsed and what it takes, in words for the person who got it wrong. */
const VARIABLES = {
  PORT: { schema: count(0, 65_535), takes: "a port number from 0 to 65535" },
  WHETSTONE_HOST: { schema: Host, takes: "an address to listen on, for example 127.0.0.1" },
  WHETSTONE_HOME: { schema: z.string().min(1), takes: "a folder for the database, backups and keys" },
  WHETSTONE_TOOLS_DIR: { schema: z.string().min(1), takes: "the folder that holds the tool files" },
  DATABASE_URL: {
    schema: z.url({ protocol: /^postgres(ql)?$/ }),
    takes: "a PostgreSQL address, postgresql://user:password@host:5432/name",
  },
  OPENAI_BASE_URL: {
    schema: z.url({ protocol: /^https?$/ }),
    takes: "the address of an OpenAI-compatible endpoint, for example http://127.0.0.1:11434/v1",
  },
  OPENAI_API_KEY: { schema: z.string().min(1), takes: "the key of the model endpoint" },
  WHETSTONE_MODEL: { schema: z.string().min(1), takes: "the name of the model to ask" },
  WHETSTONE_WORKERS: { schema: count(1, 64), takes: "a number of sandbox workers from 1 to 64" },
  WHETSTONE_JITLESS: { schema: Flag, takes: "1 or 0: whether tools run without a JIT, which bounds their memory" },
  WHETSTONE_ALLOW_PRIVATE_NETWORK: { schema: Flag, takes: "1 or 0: whether tools may reach private addresses" },
  WHETSTONE_GIT: { schema: Flag, takes: "1 or 0: whether deployments become commits where the tools are in git" },
  WHETSTONE_DEV: { schema: Flag, takes: "1 or 0: pages are compiled on request" },
} as const;

export type Environment = {
  readonly host: string;
  readonly port: number;
  readonly home: string;
  readonly toolsFolder: string;
  readonly databaseUrl: string | null;
  readonly modelBaseUrl: string | null;
  readonly modelName: string | null;
  readonly modelKey: string | null;
  readonly workers: number;
  /** Workers generate no machine code for tools. */
  readonly jitless: boolean;
  readonly allowPrivateNetwork: boolean;
  /** Deployments become commits in the repository that holds the tools, if there is one. */
  readonly git: boolean;
  readonly dev: boolean;
};

/**
 * Parses the environment.
 * @param variables usually `process.env`; an empty string counts as not set
 * @param root the checkout, against which relative folders are resolved
 * @throws Error with one line that names the variable and what it takes
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>, root: string): Environment {
  function read<Name extends keyof typeof VARIABLES>(
    name: Name,
  ): z.output<(typeof VARIABLES)[Name]["schema"]> | undefined {
    const value = variables[name];
    if (value === undefined || value === "") return undefined;
    const { schema, takes } = VARIABLES[name];
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new Error(`${name} is "${value}", but takes ${takes}.`);
    return parsed.data as z.output<(typeof VARIABLES)[Name]["schema"]>;
  }
  const modelName = read("WHETSTONE_MODEL") ?? null;
  const key = read("OPENAI_API_KEY") ?? null;
  const baseUrl = read("OPENAI_BASE_URL") ?? null;
  return {
    host: read("WHETSTONE_HOST") ?? "127.0.0.1",
    port: read("PORT") ?? 3000,
    home: resolve(root, read("WHETSTONE_HOME") ?? ".whetstone"),
    toolsFolder: resolve(root, read("WHETSTONE_TOOLS_DIR") ?? "tools"),
    databaseUrl: read("DATABASE_URL") ?? null,
    modelName,
    modelKey: key,
    modelBaseUrl: baseUrl ?? (key !== null && modelName !== null ? "https://api.openai.com/v1" : null),
    workers: read("WHETSTONE_WORKERS") ?? 2,
    jitless: read("WHETSTONE_JITLESS") ?? true,
    allowPrivateNetwork: read("WHETSTONE_ALLOW_PRIVATE_NETWORK") ?? false,
    git: read("WHETSTONE_GIT") ?? true,
    dev: read("WHETSTONE_DEV") ?? false,
  };
}
