/** A tool with two bugs that have nothing to do with each other: one problem is mended at a time, and the other waits. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { machine } from "#lib/core/actor.ts";
import { failureCluster, inputShape } from "#lib/core/clusters.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { Version } from "#lib/core/version.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { createTest } from "../4-test/index.ts";
import { runCase, runnable } from "../4-test/run-case.ts";
import { createGenerate } from "./index.ts";

const QUIET = { signal: new AbortController().signal, progress: async () => {} };
const SOURCE = `import { defineTool } from "whetstone";

export default defineTool({
  name: "share_of",
  description: "How large a part is of a whole, and whether that is over a limit",
  inputSchema: {
    type: "object",
    required: ["part", "whole", "limit"],
    properties: { part: { type: "number" }, whole: { type: "number" }, limit: { type: "number" } },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["share", "over"],
    properties: { share: { type: "number" }, over: { type: "boolean" } },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: true,
    sideEffects: [],
    safeForShadowTesting: true,
    requiresMocking: [],
    testDataAvailable: true,
  },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [
    { description: "a half", input: { part: 1, whole: 2, limit: 0.4 }, expectedOutput: { share: 0.5, over: true } },
    { description: "a tenth", input: { part: 1, whole: 10, limit: 0.4 }, expectedOutput: { share: 0.1, over: false } },
  ],
  run({ part, whole, limit }) {
    const share = part / whole;
    return { share, over: share >= limit };
  },
});
`;

let store: TestDatabase;
let sandbox: Sandbox;
let version: Version;

beforeAll(async () => {
  [store, sandbox] = await Promise.all([createTestDatabase(), createSandbox({ workers: 1 })]);
  const inspected = await sandbox.inspect({ name: "share_of", source: SOURCE, hash: sha256(SOURCE) });
  if (!inspected.ok) throw new Error(inspected.error);
  await store.database.tools.upsert({ name: "share_of", loadError: null });
  version = await store.database.versions.add({
    tool: "share_of",
    source: SOURCE,
    manifest: inspected.manifest,
    author: machine("registry"),
    reason: "on disk",
    origin: "disk",
    parents: [],
  });
  for (let part = 1; part <= 8; part += 1) await call({ part, whole: 0, limit: 0.5 });
  for (let part = 1; part <= 12; part += 1) await call({ part, whole: 30, limit: 0.25 });
  for (let part = 1; part <= 6; part += 1) {
    const executionId = await call({ part, whole: part * 4, limit: 0.25 });
    const said = { executionId, tool: "share_of", correct: false, expectedOutput: { share: 0.25, over: false } };
    await store.database.executions.addFeedback(said, { kind: "person", id: "ada", name: "Ada" });
  }
});
afterAll(async () => {
  await sandbox?.close();
  await store?.close();
});

async function call(input: Json): Promise<string> {
  const { tool, source, manifest } = version;
  const planned = { input, answers: { stated: [] } };
  const { side } = await runCase(sandbox, runnable(tool, source, manifest), planned, QUIET.signal, 400);
  if (side.status === "diverged") throw new Error("It asked for something");
  const id = systemClock.id();
  await store.database.executions.record({
    id,
    tool,
    version: version.number,
    startedAt: systemClock.now(),
    latencyMs: side.latencyMs,
    status: side.status,
    input,
    ...(side.output === undefined ? {} : { output: side.output }),
    ...(side.error === undefined ? {} : { error: side.error, cluster: failureCluster(side.error) }),
    effects: [],
    caller: "agent",
    shape: inputShape(input),
  });
  return id;
}

const NOTHING = { calls: 26, failures: 8, refused: 0, rejected: 0, successRate: 0.7, upperBound: 0.9, lowerBound: 0.5 };
const problem = (kind: Opportunity["kind"]) => ({
  tool: "share_of",
  kind,
  state: "open" as const,
  priority: 1,
  reason: "It is reported.",
  statistics: {
    ...NOTHING,
    target: 0.99,
    version: 1,
    badCallsPerDay: 1,
    p50Ms: 1,
    p95Ms: 1,
    since: systemClock.now(),
    until: systemClock.now(),
  },
  clusters: [],
  attribution: "tool" as const,
  findings: [],
});

it.each([
  ["incorrect", "over: share > limit", { total: 6, met: 6 }, { corrected: 6 }],
  ["failing", "if (whole === 0) throw new ToolError(", { total: 8, met: 0 }, { handled: 8 }],
] as const)("its %s problem is mended for itself", async (kind, edit, targets, counts) => {
  const { database } = store;
  const opportunity = await database.opportunities.create(problem(kind));
  const created = await database.proposals.create({
    tool: "share_of",
    baseVersion: 1,
    purpose: kind,
    opportunityId: opportunity.id,
    createdBy: machine("detect"),
    initial: "generating",
    reason: "It is reported.",
  });
  const room = createTest({ database, sandbox, clock: systemClock });
  const { tryCandidate } = room;
  const generate = createGenerate({ database, model: () => null, clock: systemClock, tryCandidate });
  const proposal = await generate({ proposalId: created.id }, QUIET);
  expect(proposal.state).toBe("testing");
  const [revision] = await database.proposals.revisions(created.id);
  expect(revision?.source).toContain(edit);
  const evidence = await room.test({ proposalId: created.id }, QUIET);
  expect(evidence.summary).toMatchObject({ targets, counts });
  expect(evidence.verdict).not.toBe("failed");
});
