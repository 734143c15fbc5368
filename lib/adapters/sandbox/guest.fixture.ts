/** Small tools for the tests of the sandbox, and the effects that they are answered with. */
import { spawnSync } from "node:child_process";
import { type Json, sha256 } from "#lib/core/json.ts";
import type { Effect, Manifest } from "#lib/core/tool.ts";
import {
  DEFAULT_LIMITS,
  type Limits,
  type Module,
  type PerformEffect,
  type RunResult,
  type Sandbox,
} from "#lib/ports/sandbox.ts";

/** The suites run in a jail and without one; without bubblewrap on the machine there is only the latter. */
export const JAILS = [
  { where: "unjailed", jail: false },
  ...(spawnSync("bwrap", ["--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "true"]).status === 0
    ? [{ where: "jailed", jail: true }]
    : []),
];

export const ALL_PERMISSIONS = { network: ["example.com"], kv: "write", secrets: ["TOKEN"] } as const;

/** A module whose `run` has the given body; `before` stands at the top level of the module. */
export function moduleOf(body: string, options: { before?: string; extra?: string; name?: string } = {}): Module {
  const { before = "", extra = "", name = "probe" } = options;
  const source = `import { defineTool, ToolError } from "whetstone";
${before}
export default defineTool({
  name: "${name}", description: "A probe", inputSchema: {}, outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: ${JSON.stringify(ALL_PERMISSIONS)},${extra}
  async run(input: any, ctx: any): Promise<any> {
${body}
  },
});
void ToolError;
`;
  return { name, source, hash: sha256(source) };
}

export const MANIFEST: Manifest = {
  name: "probe",
  description: "A probe",
  inputSchema: {},
  outputSchema: {},
  characteristics: {
    idempotent: true,
    sideEffects: [],
    safeForShadowTesting: true,
    requiresMocking: [],
    testDataAvailable: false,
  },
  permissions: { network: ["example.com"], kv: "write", secrets: ["TOKEN"] },
  testCases: [],
  postconditions: [],
  owners: [],
};

export type Perform = PerformEffect;

type RunOptions = { perform?: Perform; limits?: Partial<Limits>; manifest?: Manifest; signal?: AbortSignal };

/** Runs a module live; effects that no `perform` answers fail. */
export function runLive(sandbox: Sandbox, module: Module, input: Json = null, options: RunOptions = {}) {
  const perform: Perform =
    options.perform ?? (({ kind }) => Promise.reject(Object.assign(new Error(`no ${kind} here`), { name: "Refused" })));
  return sandbox.run({
    module,
    manifest: options.manifest ?? MANIFEST,
    input,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    effects: { mode: "live", perform },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** Runs a module against a journal; nothing is performed. */
export function runReplay(sandbox: Sandbox, module: Module, journal: readonly Effect[], input: Json = null) {
  const limits = DEFAULT_LIMITS;
  return sandbox.run({ module, manifest: MANIFEST, input, limits, effects: { mode: "replay", journal } });
}

/** What a run returned; anything else fails the test with what came instead. */
export function returned(result: RunResult): Json {
  if (result.kind === "returned") return result.output;
  throw new Error(`expected a value, got ${JSON.stringify(result)}`);
}
