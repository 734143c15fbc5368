/** The room with a real database and sandbox, and tools of its own for each test. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { machine } from "#lib/core/actor.ts";
import { failureCluster, inputShape } from "#lib/core/clusters.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import type { Execution } from "#lib/core/execution.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import { toOutcome } from "#lib/core/outcome.ts";
import type { Origin, Proposal, Purpose } from "#lib/core/proposal.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import { DEFAULT_LIMITS, type Sandbox } from "#lib/ports/sandbox.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { createTest, type Test } from "./index.ts";

export const TOOLS = join(import.meta.dirname, "../../../tools");
export const CALCULATOR = readFileSync(join(TOOLS, "calculator.ts"), "utf8");
export const WEATHER = readFileSync(join(TOOLS, "current_weather.ts"), "utf8");
export const QUIET = { signal: new AbortController().signal, progress: async () => {} };

/** The right fix of the demo's bug, and wrong ones. */
export const DIVIDE = "return { result: a / b };";
export const withDivide = (code: string) =>
  CALCULATOR.replace(DIVIDE, code).replace("import { defineTool }", "import { defineTool, ToolError }");
export const GUARD = 'if (b === 0) throw new ToolError("division_by_zero", "b is 0");\n        ';
export const RIGHT = withDivide(GUARD + DIVIDE);

export let store: TestDatabase;
export let sandbox: Sandbox;
export let room: Test;

/** Opens the room for the tests of a file, and closes it behind them. */
export function openTestRoom(): void {
  beforeAll(async () => {
    [store, sandbox] = await Promise.all([createTestDatabase(), createSandbox({ workers: 1 })]);
    room = createTest({ database: store.database, sandbox, clock: systemClock });
  });
  afterAll(async () => {
    await sandbox?.close();
    await store?.close();
  });
}

let made = 0;
/** A tool of its own for each test: the source under a fresh name, as version 1. */
export async function install(
  source: string,
  as: string,
): Promise<{ version: Version; rename: (text: string) => string }> {
  made += 1;
  const name = `${as}_${made}`;
  const rename = (text: string) => text.replace(`name: "${as}"`, `name: "${name}"`);
  const own = rename(source);
  const inspected = await sandbox.inspect({ name, source: own, hash: sha256(own) });
  if (!inspected.ok) throw new Error(inspected.error);
  await store.database.tools.upsert({ name, loadError: null });
  const author = machine("registry");
  const draft = {
    tool: name,
    source: own,
    manifest: inspected.manifest,
    author,
    reason: "test",
    origin: "disk" as const,
  };
  return { version: await store.database.versions.add({ ...draft, parents: [] }), rename };
}

/** Calls the base version and records what came of it, as room 1 does. */
export async function call(version: Version, input: Json, journal: Effect[] = []): Promise<Execution> {
  const { tool, source, hash, manifest } = version;
  const effects = { mode: "replay", journal } as const;
  const result = await sandbox.run({
    module: { name: tool, source, hash },
    manifest,
    input,
    limits: DEFAULT_LIMITS,
    effects,
  });
  if (result.kind === "diverged") throw new Error(`asked for ${JSON.stringify(result.askedFor)}`);
  const { status, output, error } = toOutcome(manifest, result);
  const execution: Execution = {
    id: systemClock.id(),
    tool,
    version: version.number,
    startedAt: systemClock.now(),
    latencyMs: result.latencyMs,
    status,
    input,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    effects: journal,
    caller: "test",
    ...(status === "failed" && error ? { cluster: failureCluster(error) } : {}),
    shape: inputShape(input),
  };
  await store.database.executions.record(execution);
  return execution;
}

export async function propose(
  version: Version,
  source: string,
  more: { purpose?: Purpose; origin?: Origin["kind"] } = {},
): Promise<Proposal> {
  const { proposals } = store.database;
  const created = await proposals.create({
    tool: version.tool,
    baseVersion: version.number,
    purpose: more.purpose ?? "failing",
    createdBy: machine("test"),
    initial: "testing",
    reason: "test",
  });
  const origin = { kind: more.origin ?? "model", name: "test" } as const;
  await proposals.addRevision(created.id, { source, rationale: "because", author: machine("test"), origin });
  return created;
}

export async function testOf(
  version: Version,
  source: string,
  more: Parameters<typeof propose>[2] = {},
): Promise<Evidence> {
  return room.test({ proposalId: (await propose(version, source, more)).id }, QUIET);
}

export const divide = (a: number, b: number): Json => ({ operation: "divide", a, b });
