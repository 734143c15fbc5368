/** Builders of situations for the tests of this room. */
import { machine } from "#lib/core/actor.ts";
import type { Execution } from "#lib/core/execution.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import type { JsonSchema, Manifest } from "#lib/core/tool.ts";
import type { Situation } from "./situation.ts";

const AT = new Date("2026-03-03T08:00:00Z");

export function manifestOf(change: Partial<Manifest> = {}): Manifest {
  return {
    name: "calculator",
    description: "Counts",
    inputSchema: { type: "object" } satisfies JsonSchema,
    outputSchema: { type: "object" } satisfies JsonSchema,
    characteristics: {
      idempotent: true,
      sideEffects: [],
      safeForShadowTesting: true,
      requiresMocking: [],
      testDataAvailable: true,
    },
    permissions: { network: [], kv: "none", secrets: [] },
    testCases: [],
    postconditions: [],
    owners: [],
    ...change,
  };
}

let calls = 0;
export function executionOf(input: Json, change: Partial<Execution> = {}): Execution {
  calls += 1;
  return {
    id: `call-${calls}`,
    tool: "calculator",
    version: 1,
    startedAt: AT,
    latencyMs: 3,
    status: "succeeded",
    input,
    effects: [],
    caller: "agent",
    shape: "object",
    ...change,
  };
}

export function failureOf(input: Json, name: string, message: string, change: Partial<Execution> = {}): Execution {
  return executionOf(input, { status: "failed", error: { name, message, stack: "" }, cluster: name, ...change });
}

export function situationOf(source: string, change: Partial<Situation> & { manifest?: Manifest } = {}): Situation {
  const { manifest = manifestOf(), ...rest } = change;
  return {
    proposal: {
      id: "p1",
      number: 1,
      tool: manifest.name,
      baseVersion: 1,
      purpose: "failing",
      createdBy: machine("test"),
      createdAt: AT,
      state: "generating",
      sequence: 1,
      revision: 0,
      attempts: [],
    },
    base: {
      tool: manifest.name,
      number: 1,
      hash: sha256(source),
      source,
      manifest,
      author: machine("registry"),
      reason: "on disk",
      origin: "disk",
      parents: [],
      createdAt: AT,
    },
    opportunity: null,
    failing: [],
    passing: [],
    wrong: [],
    storedCases: [],
    remarks: [],
    seen: new Set(),
    previous: null,
    ...rest,
  };
}
