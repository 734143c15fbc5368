/** Every label, made by a real tool in the real sandbox from recorded calls in a real database. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { machine } from "#lib/core/actor.ts";
import { inputShape } from "#lib/core/clusters.ts";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Execution } from "#lib/core/execution.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import { toOutcome } from "#lib/core/outcome.ts";
import type { Version } from "#lib/core/version.ts";
import { Label } from "#lib/core/words.ts";
import { DEFAULT_LIMITS, type Sandbox } from "#lib/ports/sandbox.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { createTest, type Test } from "./index.ts";

const DOUBLE = 'if (op === "double") return { result: a + a };';
const DIVIDE = 'if (op === "divide") { if (b === 0) throw new Error("no"); return { result: a / b }; }';
const SQUARE = 'if (op === "square") return { result: a * 2 };';
const ROOT = 'if (op === "root") throw new Error("not yet");';

const tool = (body: string) => `import { defineTool, ToolError } from "whetstone";
export default defineTool({
  name: "reckoner",
  description: "Reckons",
  inputSchema: { type: "object", required: ["op", "a", "b"], properties: { op: { type: "string" }, a: { type: "number" }, b: { type: "number" } } },
  outputSchema: { type: "object", required: ["result"], properties: { result: { type: "number" } } },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: ["api.example.com"], kv: "none", secrets: [] },
  async run({ op, a, b }, ctx) {
    ${body}
    if (op === "never") { await ctx.fetch("https://api.example.com/"); throw new ToolError("never", "never"); }
    return { result: a };
  },
});
`;
const BASE = [DOUBLE, DIVIDE, SQUARE, ROOT].join("\n    ");
const change = (from: string, to: string) => BASE.replace(from, to);

/** Counts so far that it takes a while, whatever the machine; the beginning of the run says how far that is. */
const slow = (turns: number) =>
  `if (op === "double") { let n = 0; for (let i = 0; i < ${turns}; i += 1) n += i % 3; return { result: a + a + n - n }; }`;
const LONG_MS = 200;
const TURNS = 2_000_000;

const GOOD: Json = { op: "double", a: 3, b: 0 };
const FAILS: Json = { op: "divide", a: 1, b: 0 };
const WRONG: Json = { op: "square", a: 3, b: 0 };
const KNOWN: Json = { op: "root", a: 9, b: 0 };

const MAKERS: Record<Label, readonly [input: Json, body: string]> = {
  agrees: [GOOD, `${BASE} // the same`],
  changed: [GOOD, change("a + a", "a + a + 1")],
  regression: [GOOD, change("return { result: a + a };", 'throw new Error("lost");')],
  slower: [GOOD, change(DOUBLE, slow(TURNS))],
  corrected: [WRONG, change("a * 2", "a * a")],
  still_wrong: [WRONG, change("a * 2", "a * 4")],
  repaired: [KNOWN, change(ROOT, 'if (op === "root") return { result: Math.sqrt(a) };')],
  unconfirmed: [FAILS, change('throw new Error("no");', "return { result: a * 2 + b };")],
  masked: [FAILS, change(DIVIDE, `try { ${DIVIDE} } catch { return { result: 0 }; }`)],
  handled: [FAILS, change('throw new Error("no");', 'throw new ToolError("division_by_zero", "b is 0");')],
  still_failing: [FAILS, change('new Error("no")', 'new Error("still no")')],
  diverged: [
    GOOD,
    change(DOUBLE, `if (op === "double") { await ctx.fetch("https://api.example.com/"); return { result: a + a }; }`),
  ],
};

let store: TestDatabase;
let sandbox: Sandbox;
let room: Test;
let version: Version;

beforeAll(async () => {
  [store, sandbox] = await Promise.all([createTestDatabase(), createSandbox({ workers: 1 })]);
  const { database } = store;
  room = createTest({ database, sandbox, clock: systemClock });
  const source = tool(BASE);
  const inspected = await sandbox.inspect({ name: "reckoner", source, hash: sha256(source) });
  if (!inspected.ok) throw new Error(inspected.error);
  await database.tools.upsert({ name: "reckoner", loadError: null });
  version = await database.versions.add({
    tool: "reckoner",
    source,
    manifest: inspected.manifest,
    author: machine("test"),
    reason: "test",
    origin: "disk",
    parents: [],
  });
  for (const input of [GOOD, FAILS]) await call(input);
  const wrong = await call(WRONG);
  const said = { executionId: wrong.id, tool: "reckoner", correct: false, expectedOutput: { result: 9 } };
  await database.executions.addFeedback(said, machine("test"));
  const known = await call(KNOWN);
  const saved = { tool: "reckoner", description: "root", input: KNOWN, effects: [], executionId: known.id };
  await database.executions.addCase({ ...saved, expectedOutput: { result: 3 } }, machine("test"));
});
afterAll(async () => {
  await sandbox?.close();
  await store?.close();
});

async function call(input: Json): Promise<Execution> {
  const { tool: name, source, hash, manifest } = version;
  const result = await sandbox.run({
    module: { name, source, hash },
    manifest,
    input,
    limits: DEFAULT_LIMITS,
    effects: { mode: "replay", journal: [] },
  });
  if (result.kind === "diverged") throw new Error("asked for an effect");
  const { status, output, error } = toOutcome(manifest, result);
  const execution: Execution = {
    id: systemClock.id(),
    tool: name,
    version: version.number,
    startedAt: systemClock.now(),
    latencyMs: result.latencyMs,
    status,
    input,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    effects: [],
    caller: "test",
    shape: inputShape(input),
  };
  await store.database.executions.record(execution);
  return execution;
}

async function casesOf(source: string): Promise<EvidenceCase[]> {
  const { proposals } = store.database;
  const proposal = await proposals.create({
    tool: "reckoner",
    baseVersion: 1,
    purpose: "failing",
    createdBy: machine("test"),
    initial: "testing",
    reason: "test",
  });
  const origin = { kind: "agent", name: "test" } as const;
  await proposals.addRevision(proposal.id, { source, rationale: "", author: machine("test"), origin });
  const work = { signal: new AbortController().signal, progress: async () => {} };
  const evidence = await room.test({ proposalId: proposal.id }, work);
  expect(evidence.summary.validationErrors).toEqual([]);
  return proposals.evidenceCases(evidence.id);
}

async function longEnough(body: string, times: number): Promise<string> {
  const source = tool(body);
  const request = {
    module: { name: "reckoner", source, hash: sha256(source) },
    manifest: version.manifest,
    input: GOOD,
    limits: DEFAULT_LIMITS,
    effects: { mode: "replay", journal: [] },
  } as const;
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run += 1) fastest = Math.min(fastest, (await sandbox.run(request)).latencyMs);
  return body.replace(String(TURNS), String(Math.ceil((TURNS * LONG_MS * times) / fastest)));
}

describe("every label has a tool that produces it", () => {
  it.each(Label.options)("%s", async (label) => {
    const [input, made] = MAKERS[label];
    const labelOf = async (body: string): Promise<Label | undefined> =>
      (await casesOf(tool(body))).find(
        ({ source, ...one }) => source === "recorded" && JSON.stringify(one.input) === JSON.stringify(input),
      )?.label;
    if (label !== "slower") {
      expect(await labelOf(made)).toBe(label);
      return;
    }
    // A pause of the machine in the old version hides a difference, as it should: then a larger one is looked for.
    const seen: unknown[] = [];
    for (let times = 1; times <= 8 && !seen.includes(label); times *= 2)
      seen.push(await labelOf(await longEnough(made, times)));
    expect(seen).toContain(label);
  });
});
