/** A proposal with its evidence as data, for tests of what is decided on it. */
import type { Actor } from "#lib/core/actor.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import { NO_CHANGES } from "#lib/core/evidence-summary.ts";
import { sha256 } from "#lib/core/json.ts";
import { policyOf } from "#lib/core/policy.ts";
import type { Revision } from "#lib/core/proposal.ts";
import { Settings, type Version } from "#lib/core/version.ts";
import type { DecideFacts } from "./decide.ts";

export const MACHINE: Actor = { kind: "machine", id: "templates", name: "templates" };
export const person = (id: string): Actor => ({ kind: "person", id, name: id });
const AT = new Date("2026-11-23T12:00:00Z");

export function versionWith(number: number, source = `version ${number}`): Version {
  return {
    tool: "calculator",
    number,
    hash: sha256(source),
    source,
    manifest: {
      name: "calculator",
      description: "calculates",
      inputSchema: {},
      outputSchema: {},
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
    },
    author: MACHINE,
    reason: "",
    origin: "disk",
    parents: [],
    createdAt: AT,
  };
}

export function revisionWith(number: number, author = MACHINE): Revision {
  const source = `candidate ${number}`;
  return {
    number,
    source,
    hash: sha256(source),
    rationale: "",
    author,
    origin: { kind: "templates", name: "guard" },
    createdAt: AT,
  };
}

export function snapshotWith(
  number: number,
  change: Partial<Evidence> = {},
  warnings: Evidence["summary"]["warnings"] = [],
): Evidence {
  const side = { succeeded: 60, successRate: 1, p50Ms: 1, p95Ms: 2 };
  return {
    id: `e${number}`,
    proposalId: "p",
    revision: 1,
    number,
    verdict: "passed",
    headline: "60 of 60 agree",
    strategy: "shadow",
    strategyUsed: "replay",
    createdAt: AT,
    summary: {
      counts: {},
      agreement: { comparable: 60, agreed: 60, lowerBound: 0.951, upperBound: 1, threshold: 0.95 },
      targets: { total: 1, met: 1 },
      baseCases: { total: 1, passed: 1 },
      ab: { n: 60, old: side, new: side, difference: 0, interval: [0, 0], winner: "none" },
      noisePaths: [],
      notTested: [],
      wouldSettle: [],
      warnings,
      changes: NO_CHANGES,
      validationErrors: [],
    },
    ...change,
  };
}

/** A tested proposal that waits for its decision. */
export function factsWith(change: Partial<DecideFacts> = {}): DecideFacts {
  return {
    proposal: {
      id: "p",
      number: 31,
      tool: "calculator",
      baseVersion: 1,
      purpose: "failing",
      createdBy: MACHINE,
      createdAt: AT,
      state: "awaiting_review",
      sequence: 3,
      revision: 1,
      attempts: [],
    },
    base: versionWith(1),
    revisions: [revisionWith(1)],
    snapshots: [snapshotWith(1)],
    decisions: [],
    activeVersion: 1,
    otherVersions: [],
    policy: policyOf(Settings.parse({})),
    ...change,
  };
}
