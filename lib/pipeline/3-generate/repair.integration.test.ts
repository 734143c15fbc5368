/** The sample tools' bugs, recorded in the real sandbox and mended with no model, each candidate tried in room 4. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { machine } from "#lib/core/actor.ts";
import { failureCluster, inputShape } from "#lib/core/clusters.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import type { Proposal, Purpose, Revision } from "#lib/core/proposal.ts";
import type { StatedEffect } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { createTest, type Test } from "../4-test/index.ts";
import { runCase, runnable } from "../4-test/run-case.ts";
import { createGenerate } from "./index.ts";

const FOLDER = new URL("../../../tools/", import.meta.url);
const QUIET = { signal: new AbortController().signal, progress: async () => {} };
let store: TestDatabase;
let sandbox: Sandbox;
let room: Test;

beforeAll(async () => {
  [store, sandbox] = await Promise.all([createTestDatabase(), createSandbox({ workers: 1 })]);
  room = createTest({ database: store.database, sandbox, clock: systemClock });
});
afterAll(async () => {
  await sandbox?.close();
  await store?.close();
});

async function install(name: string): Promise<Version> {
  const source = await readFile(new URL(`${name}.ts`, FOLDER), "utf8");
  const inspected = await sandbox.inspect({ name, source, hash: sha256(source) });
  if (!inspected.ok) throw new Error(inspected.error);
  await store.database.tools.upsert({ name, loadError: null });
  const { manifest } = inspected;
  const author = machine("registry");
  return store.database.versions.add({
    tool: name,
    source,
    manifest,
    author,
    reason: "on disk",
    origin: "disk",
    parents: [],
  });
}

/** Calls the tool with stated answers of the world and records the call as room 1 does. */
async function call(version: Version, input: Json, stated: StatedEffect[] = []): Promise<string> {
  const { tool, source, manifest } = version;
  const signal = new AbortController().signal;
  const { side } = await runCase(
    sandbox,
    runnable(tool, source, manifest),
    { input, answers: { stated } },
    signal,
    400,
  );
  if (side.status === "diverged") throw new Error(`${tool} asked for ${JSON.stringify(side.askedFor)}`);
  const failed = side.status === "failed" || side.status === "timed_out";
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
    ...(side.error === undefined ? {} : { error: side.error }),
    effects: side.effects,
    caller: "agent",
    ...(failed && side.error ? { cluster: failureCluster(side.error) } : {}),
    shape: inputShape(input),
  });
  return id;
}

async function repair(
  version: Version,
  purpose: Purpose = "failing",
): Promise<{ proposal: Proposal; revision: Revision | undefined }> {
  const created = await store.database.proposals.create({
    tool: version.tool,
    baseVersion: version.number,
    purpose,
    createdBy: machine("detect"),
    initial: "generating",
    reason: "It is reported.",
  });
  const generate = createGenerate({
    database: store.database,
    model: () => null,
    clock: systemClock,
    tryCandidate: room.tryCandidate,
  });
  const proposal = await generate({ proposalId: created.id }, QUIET);
  return { proposal, revision: (await store.database.proposals.revisions(created.id))[0] };
}

describe("the template repairer on the sample tools", () => {
  it("mends the calculator with one line before the division, and the tests pass", async () => {
    const version = await install("calculator");
    for (const b of [0, 2, 0, 4, 0, 5, 0, 8, 0, 3]) await call(version, { operation: "divide", a: 8, b });
    const { proposal, revision } = await repair(version);
    expect(proposal.state).toBe("testing");
    expect(revision?.source).toBe(
      version.source
        .replace("{ defineTool }", "{ defineTool, ToolError }")
        .replace(
          "        return { result: a / b };",
          '        if (b === 0) throw new ToolError("division_by_zero", "Cannot divide by zero: b is 0");\n        return { result: a / b };',
        ),
    );
    const evidence = await room.test({ proposalId: proposal.id }, QUIET);
    expect(evidence).toMatchObject({ verdict: "passed", summary: { targets: { total: 6, met: 6 } } });
  });

  it("refuses a place that the geocoder does not know, before it reads the missing list", async () => {
    const version = await install("current_weather");
    const answer = (body: unknown): StatedEffect => ({
      kind: "fetch",
      response: { status: 200, headers: {}, body: JSON.stringify(body) },
    });
    for (const place of ["Atlantis", "Nowhere"]) await call(version, { place }, [answer({ generationtime_ms: 0.4 })]);
    for (const place of ["Lisbon", "Oslo", "Lima"])
      await call(version, { place }, [
        answer({ results: [{ name: place, country: "X", latitude: 1, longitude: 2 }] }),
        answer({ current: { time: "t", temperature_2m: 1, wind_speed_10m: 2, weather_code: 3 } }),
      ]);
    const { proposal, revision } = await repair(version);
    expect(proposal.state).toBe("testing");
    expect(revision?.source).toContain("if (results == null) throw new ToolError(");
    const evidence = await room.test({ proposalId: proposal.id }, QUIET);
    expect(evidence.verdict).not.toBe("failed");
    expect(evidence.summary.counts).toMatchObject({ handled: 2 });
  });

  it("untangles the link extractor's regular expression", async () => {
    const version = await install("extract_links");
    await call(version, { markdown: `see [${"a".repeat(60)}` });
    for (const markdown of ["[a](b)", "plain", "![p](q) [r [s] t](u)"]) await call(version, { markdown });
    const { proposal, revision } = await repair(version);
    expect(proposal.state).toBe("testing");
    expect(revision?.origin.name).toBe("untangle a regular expression");
    expect((await room.test({ proposalId: proposal.id }, QUIET)).summary.counts.regression ?? 0).toBe(0);
  });

  it("says what it tried where a fix takes more than one edit, and never proposes one that breaks a case", async () => {
    const version = await install("split_bill");
    for (const people of [1, 2, 4, 5]) await call(version, { amount: 60, people });
    const id = await call(version, { amount: 100, people: 3 });
    await store.database.executions.addFeedback(
      {
        executionId: id,
        tool: version.tool,
        correct: false,
        expectedOutput: { total: 100, shares: [33.34, 33.33, 33.33] },
        note: "the shares are a cent short",
      },
      { kind: "person", id: "ada", name: "Ada" },
    );
    const { proposal } = await repair(version, "incorrect");
    expect(proposal.state).toBe("no_fix");
    const reason = (await store.database.proposals.transitions(proposal.id)).at(-1)?.reason ?? "";
    expect(reason).toMatch(/tried \d+ edits and none was good: .*The nearest met 0 of 1 targets/);
  });
});
