import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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

const TOOLS = join(import.meta.dirname, "../../../tools");
const CALCULATOR = readFileSync(join(TOOLS, "calculator.ts"), "utf8");
const WEATHER = readFileSync(join(TOOLS, "current_weather.ts"), "utf8");
const QUIET = { signal: new AbortController().signal, progress: async () => {} };

/** The right fix of the demo's bug, and wrong ones. */
const DIVIDE = "return { result: a / b };";
const withDivide = (code: string) =>
  CALCULATOR.replace(DIVIDE, code).replace("import { defineTool }", "import { defineTool, ToolError }");
const GUARD = 'if (b === 0) throw new ToolError("division_by_zero", "b is 0");\n        ';
const RIGHT = withDivide(GUARD + DIVIDE);

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

let made = 0;
/** A tool of its own for each test: the source under a fresh name, as version 1. */
async function install(source: string, as: string): Promise<{ version: Version; rename: (text: string) => string }> {
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
async function call(version: Version, input: Json, journal: Effect[] = []): Promise<Execution> {
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

async function propose(
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

async function testOf(version: Version, source: string, more: Parameters<typeof propose>[2] = {}): Promise<Evidence> {
  return room.test({ proposalId: (await propose(version, source, more)).id }, QUIET);
}

const divide = (a: number, b: number): Json => ({ operation: "divide", a, b });

describe("the calculator that divides by zero", () => {
  let version: Version;
  let rename: (text: string) => string;
  beforeEach(async () => {
    ({ version, rename } = await install(CALCULATOR, "calculator"));
    for (const a of [10, 1, -4, 0, 250]) await call(version, divide(a, 0));
    for (const a of [2, 9, 6, 0.5, 9]) await call(version, { operation: "add", a, b: 3 });
  });

  it("passes a clear refusal by synthetic cases, writes the evidence down and hands it over", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const stages: string[] = [];
    const evidence = await room.test(
      { proposalId: proposal.id },
      { ...QUIET, progress: async (stage, share) => void stages.push(`${Math.round(share * 100)} ${stage}`) },
    );
    expect(evidence).toMatchObject({
      number: 1,
      revision: 1,
      verdict: "passed",
      strategy: "shadow",
      strategyUsed: "synthetic",
      headline: "Passed by synthetic cases: 5 of 5 base cases, 5 of 5 failures refused clearly.",
      summary: { targets: { total: 6, met: 6 }, baseCases: { total: 5, passed: 5 }, noisePaths: [] },
    });
    expect(evidence.summary.notTested[0]).toBe("Live shadowing: recorded calls were replayed instead.");
    expect(evidence.summary.warnings.filter(({ mustAcknowledge }) => mustAcknowledge)).toEqual([]);
    expect(stages.some((stage) => stage.includes("Replaying on the proposed version"))).toBe(true);
    const { proposals, audit } = store.database;
    expect(await proposals.evidence(proposal.id)).toEqual([evidence]);
    const cases = await proposals.evidenceCases(evidence.id);
    expect(cases.map(({ label }) => label).sort()).toEqual([
      ...Array(9).fill("agrees"),
      "corrected",
      ...Array(5).fill("handled"),
    ]);
    const refused = cases.find(({ label }) => label === "handled");
    expect(refused).toMatchObject({
      shouldThrow: "division_by_zero",
      old: { status: "failed", error: { name: "OutputNotJson" } },
      new: { status: "refused", error: { code: "division_by_zero" } },
    });
    expect(await proposals.find(proposal.id)).toMatchObject({ state: "awaiting_review" });
    const rows = await audit.list({ subjectId: proposal.id }, {});
    expect(rows.items[0]?.summary).toContain("Passed by synthetic cases");
    await expect(room.test({ proposalId: proposal.id }, QUIET)).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([
    ["null", "return { result: b === 0 ? 0 : a / b };"],
    ["a catch", "try { if (b === 0) throw new Error(); return { result: a / b }; } catch { return { result: 0 }; }"],
    ["a default", "return { result: a / (b || 1) };"],
  ])("fails a fix that makes the answer up: %s", async (_, code) => {
    const evidence = await testOf(version, rename(withDivide(code)));
    expect(evidence.verdict).toBe("failed");
    const cases = await store.database.proposals.evidenceCases(evidence.id);
    const made = cases.filter(({ source, target }) => source === "recorded" && target);
    // One of the five has the input of the base case, which asks for a refusal.
    expect(made.map(({ label }) => label).sort()).toEqual(["masked", "masked", "masked", "masked", "still_wrong"]);
  });

  it("fails a regression, and says which call was lost", async () => {
    const evidence = await testOf(version, rename(RIGHT).replace("result: a + b", "result: a - b"));
    expect(evidence).toMatchObject({ verdict: "failed", headline: expect.stringContaining("1 of 5 cases broken") });
    const [first] = await store.database.proposals.evidenceCases(evidence.id);
    expect(first).toMatchObject({ label: "regression", differences: [{ path: "/result", before: 3, after: -1 }] });
  });

  it("does not pass a fix that fixes nothing", async () => {
    const evidence = await testOf(version, rename(CALCULATOR.replace("a / b", "a / b + 0")));
    expect(evidence.verdict).toBe("failed");
    expect(evidence.summary.counts.still_failing).toBe(5);
  });

  it("passes by replay with a hundred good calls, at the bound that they give", async () => {
    for (let a = 0; a < 100; a += 1) await call(version, { operation: "multiply", a, b: 7 });
    const evidence = await testOf(version, rename(RIGHT));
    expect(evidence).toMatchObject({ verdict: "passed", strategyUsed: "replay" });
    expect(evidence.headline).toContain("105 of 105 good answers unchanged (at least 97.1 %)");
    expect(evidence.summary.ab).toMatchObject({ n: 115, old: { succeeded: 109 }, new: { succeeded: 115 } });
  });

  it("takes feedback as a target with a known answer", async () => {
    const wrong = await call(version, { operation: "add", a: 40, b: 3 });
    const said = { executionId: wrong.id, tool: version.tool, correct: false, expectedOutput: { result: 42 } };
    await store.database.executions.addFeedback(said, machine("test"));
    const evidence = await testOf(version, rename(RIGHT));
    expect(evidence).toMatchObject({ verdict: "failed", headline: expect.stringContaining("answered wrongly") });
  });

  it("never counts the candidate's own cases", async () => {
    const own =
      '{ description: "mine", input: { operation: "add", a: 1, b: 1 }, expectedOutput: { result: 3 } },\n    {\n      description: "refuses';
    const evidence = await testOf(version, rename(RIGHT).replace('{\n      description: "refuses', own));
    expect(evidence).toMatchObject({ verdict: "passed", summary: { changes: { testCases: ["added: mine"] } } });
    const cases = await store.database.proposals.evidenceCases(evidence.id);
    expect(cases.filter(({ source }) => source === "candidate_case")).toMatchObject([{ label: "still_wrong" }]);
  });

  it("tries an input on both", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const tried = await room.tryInput({ proposalId: proposal.id, input: divide(3, 0) });
    expect(tried).toMatchObject({ old: { status: "failed" }, new: { status: "refused" } });
    expect(await room.tryInput({ proposalId: proposal.id, input: { operation: "root" } })).toMatchObject({
      old: { status: "rejected" },
      new: { status: "rejected" },
    });
  });

  it("is tried quickly by generators, with nothing written", async () => {
    const candidate = { tool: version.tool, baseVersion: 1, purpose: "failing" as const };
    const { signal } = new AbortController();
    expect(await room.tryCandidate({ ...candidate, source: rename(RIGHT) }, signal)).toMatchObject({
      valid: true,
      verdict: "passed",
      targets: { total: 6, met: 6 },
      regressions: 0,
      complaints: [],
    });
    const masking = await room.tryCandidate(
      { ...candidate, source: rename(withDivide("return { result: a / (b || 1) };")) },
      signal,
    );
    expect(masking).toMatchObject({ verdict: "failed", masked: 4 });
    expect(masking.complaints.join("\n")).toMatch(/made by a default on line \d+/);
    const broken = await room.tryCandidate({ ...candidate, source: "export default 1" }, signal);
    expect(broken).toMatchObject({ valid: false, verdict: "failed" });
    expect(broken.errors[0]).toMatch(/^Line 1: /);
  });

  it("stops when it is told to", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const stop = new AbortController();
    const work = { signal: stop.signal, progress: async () => stop.abort() };
    await expect(room.test({ proposalId: proposal.id }, work)).rejects.toThrow();
    // Nobody cancelled the job: it is taken up again at the next start.
    expect(await store.database.proposals.find(proposal.id)).toMatchObject({ state: "testing" });
  });

  it("is cancelled where a person stopped its job", async () => {
    const proposal = await propose(version, rename(RIGHT));
    const { jobs, proposals } = store.database;
    const input = { proposalId: proposal.id };
    const { job } = await jobs.create({ kind: "test", input, tool: version.tool, key: `test:${proposal.id}` });
    await jobs.update(job.id, { state: "running", cancelRequested: true });
    const stop = new AbortController();
    const work = { signal: stop.signal, progress: async () => stop.abort() };
    await expect(room.test(input, work)).rejects.toThrow();
    expect(await proposals.find(proposal.id)).toMatchObject({ state: "cancelled" });
    expect(await proposals.evidence(proposal.id)).toEqual([]);
  });

  it("calls lost machinery an error, never a failure of the tool", async () => {
    const lost = createTest({
      database: store.database,
      clock: systemClock,
      sandbox: {
        ...sandbox,
        inspect: sandbox.inspect.bind(sandbox),
        run: async () => Promise.reject(new Error("no worker")),
      },
    });
    const proposal = await propose(version, rename(RIGHT));
    const evidence = await lost.test({ proposalId: proposal.id }, QUIET);
    expect(evidence).toMatchObject({
      verdict: "error",
      headline: expect.stringContaining("says nothing about the tool"),
    });
    expect(await store.database.proposals.find(proposal.id)).toMatchObject({ state: "awaiting_review" });
  });
});

describe("a tool whose answers are wrong", () => {
  const BILL = readFileSync(join(TOOLS, "split_bill.ts"), "utf8");
  const FAIR =
    "const cents = Math.round(total * 100);\n    const low = Math.floor(cents / people);\n    const extra = cents - low * people;";
  const fixed = (text: string) =>
    text
      .replace("const share = Math.round((total / people) * 100) / 100;", FAIR)
      .replace("(_, index) => share", "(_, index) => index")
      .replace("() => share)", "(_, index) => (low + (index < extra ? 1 : 0)) / 100)");

  it("passes the fix that gives the right answer where it is known and changes nothing else", async () => {
    const { version } = await install(BILL, "split_bill");
    for (let people = 1; people <= 64; people += 1) await call(version, { amount: people * 3, people });
    const wrong = await call(version, { amount: 100, people: 3 });
    expect(wrong.output).toEqual({ total: 100, shares: [33.33, 33.33, 33.33] });
    const right = { total: 100, shares: [33.34, 33.33, 33.33] };
    const said = { executionId: wrong.id, tool: version.tool, correct: false, expectedOutput: right };
    await store.database.executions.addFeedback(said, machine("test"));
    const evidence = await testOf(version, fixed(version.source), { purpose: "incorrect" });
    expect(evidence).toMatchObject({
      verdict: "passed",
      strategyUsed: "replay",
      summary: { targets: { total: 1, met: 1 } },
    });
    expect(evidence.summary.counts.corrected).toBe(1);
    const worse = version.source.replace("Math.round((total", "Math.floor((total");
    expect(await testOf(version, worse, { purpose: "incorrect" })).toMatchObject({ verdict: "failed" });
  });

  it("asks about a value that nothing confirms, and takes the word of a saved case", async () => {
    const { version } = await install(BILL, "split_bill");
    const wrong = await call(version, { amount: 100, people: 3 });
    const { executions } = store.database;
    await executions.addFeedback({ executionId: wrong.id, tool: version.tool, correct: false }, machine("test"));
    const open = await testOf(version, fixed(version.source), { purpose: "incorrect" });
    expect(open).toMatchObject({ verdict: "inconclusive", summary: { counts: { unconfirmed: 1 } } });
    expect(open.summary.wouldSettle).toEqual(["Confirm this value, or give the right one."]);
    const [first] = await store.database.proposals.evidenceCases(open.id);
    const saved = { tool: version.tool, description: "fair", input: wrong.input, effects: [], executionId: wrong.id };
    await executions.addCase({ ...saved, expectedOutput: first?.new.output ?? null }, machine("test"));
    const settled = await testOf(version, fixed(version.source), { purpose: "incorrect" });
    expect(settled).toMatchObject({ verdict: "passed", strategyUsed: "synthetic" });
    expect(settled.summary.counts.corrected).toBe(2);
  });
});

describe("validation", () => {
  it.each([
    [
      "another name",
      (text: string) => text.replace(/name: "calculator_\d+"/, 'name: "other"'),
      /must keep the name|base name|name/,
    ],
    [
      "a newly required member",
      (text: string) =>
        text
          .replace('required: ["operation", "a", "b"]', 'required: ["operation", "a", "b", "c"]')
          .replace("a: { type:", 'c: { type: "number" },\n      a: { type:'),
      /narrower/,
    ],
    [
      "wider permissions",
      (text: string) => text.replace("network: []", 'network: ["evil.example"]'),
      /only a person may widen/,
    ],
    [
      "a base case gone",
      (text: string) => text.replace(/\{ description: "adds".*\n/, "\n"),
      /"adds" is missing or changed/,
    ],
    ["wrong types", (text: string) => text.replace("result: a + b", 'result: "three"'), /^Line \d+: /],
    ["an import", (text: string) => `import fs from "node:fs";\n${text}`, /^Line 1: /],
    ["no tool", () => "const x = 1;", /export default/],
  ] as [string, (text: string) => string, RegExp][])("refuses %s before anything runs", async (_, change, message) => {
    const { version } = await install(CALCULATOR, "calculator");
    const evidence = await testOf(version, change(version.source));
    expect(evidence.verdict).toBe("failed");
    expect(evidence.summary.validationErrors[0]).toMatch(message);
    expect(evidence.headline).toContain("refused before anything ran");
  });

  it("lets a person widen permissions, in red", async () => {
    const { version, rename } = await install(CALCULATOR, "calculator");
    const wider = rename(RIGHT).replace("network: []", 'network: ["a.example"]');
    const evidence = await testOf(version, wider, { origin: "person" });
    expect(evidence.summary.validationErrors).toEqual([]);
    expect(evidence.summary.changes).toMatchObject({ widened: true, permissions: ["more network: a.example"] });
    expect(evidence.summary.warnings).toContainEqual(
      expect.objectContaining({ id: "permissions-widened", mustAcknowledge: true }),
    );
  });
});

describe("a tool with effects", () => {
  const SEARCH = "https://geocoding-api.open-meteo.com/v1/search?count=1&name=Lisbon";
  const answer = (body: unknown, url: string | null, call_: number): Effect => ({
    call: call_,
    kind: "fetch",
    request: url === null ? {} : { url, method: "GET" },
    response: { status: 200, headers: {}, body: JSON.stringify(body) },
    startedMs: 0,
    endedMs: 1,
  });

  it("answers the effects that a case states, and refuses what no case states", async () => {
    const { version } = await install(WEATHER, "current_weather");
    const evidence = await testOf(
      version,
      version.source.replace('kind: "fetch"', 'kind: "fetch"').replace("let ", "let "),
      {
        purpose: "other",
      },
    );
    expect(evidence.summary.baseCases).toEqual({ total: 2, passed: 2 });
    expect(evidence).toMatchObject({ verdict: "passed", strategyUsed: "synthetic" });
  });

  it("is repaired by a refusal that reads the answer first, and diverges where it asks for more", async () => {
    const { version } = await install(WEATHER, "current_weather");
    const journal = [answer({}, SEARCH, 0)];
    const failing = await call(version, { place: "Lisbon" }, await requested(version, journal));
    expect(failing.status).toBe("failed");
    const fixed = version.source.replace(
      "const { name, country, latitude, longitude } = results[0]!;",
      'if (results === undefined) throw new ToolError("unknown_place", "No such place");\n    const { name, country, latitude, longitude } = results[0]!;',
    );
    const refused = await testOf(version, fixed);
    expect(refused.summary.counts.handled).toBe(1);
    expect(refused).toMatchObject({
      verdict: "inconclusive",
      headline: expect.stringContaining("no case asks for the refusal"),
    });
    const asking = await testOf(
      version,
      version.source.replace(
        "const { results }",
        "await get('https://api.open-meteo.com/v1/more');\n    const { results }",
      ),
    );
    expect(asking.summary.counts.diverged).toBe(1);
  });

  /** The journal with the requests in the very form that the sandbox records. */
  async function requested(version: Version, journal: Effect[]): Promise<Effect[]> {
    const { tool, source, hash, manifest } = version;
    const result = await sandbox.run({
      module: { name: tool, source, hash },
      manifest,
      input: { place: "Lisbon" },
      limits: DEFAULT_LIMITS,
      effects: { mode: "live", perform: async () => journal[0]?.response ?? null },
    });
    return [...result.effects];
  }
});
