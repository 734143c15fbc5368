import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createModel } from "#lib/adapters/model/create-model.ts";
import { machine } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Model } from "#lib/ports/model.ts";
import { type ModelServer, startModelServer } from "#lib/testing/model-server.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";
import { moveProposal } from "../transitions.ts";
import { inProcessTrial } from "./in-process-trial.fixture.ts";
import { createGenerate } from "./index.ts";
import { manifestOf } from "./situation.fixture.ts";

const KEY = "sk-test-0123456789abcdef";
const ADA = { kind: "person" as const, id: "ada", name: "Ada" };
const CASES = [
  { input: { operation: "divide", a: 1, b: 0 }, shouldThrow: "division_by_zero", target: true },
  { input: { operation: "divide", a: 8, b: 2 }, expected: { result: 4 } },
  { input: { operation: "add", a: 1, b: 0 }, expected: { result: 1 } },
];
let house: TestDatabase;
let server: ModelServer;
let source: string;
let fixed: string;

beforeAll(async () => {
  house = await createTestDatabase();
  server = await startModelServer({ apiKey: KEY });
  source = await readFile(new URL("../../../tools/calculator.ts", import.meta.url), "utf8");
  fixed = source
    .replace("{ defineTool }", "{ defineTool, ToolError }")
    .replace(
      'case "divide":',
      'case "divide":\n        if (b === 0) throw new ToolError("division_by_zero", "b must not be 0");',
    );
});
afterAll(async () => {
  await house.close();
  await server.close();
});

let tools = 0;
/** A tool of its own with recorded calls, and a proposal in `generating` for it. */
async function begin(text = source): Promise<Proposal> {
  tools += 1;
  const tool = `calculator_${tools}`;
  const { database } = house;
  await database.tools.upsert({ name: tool, loadError: null });
  const version = await database.versions.add({
    tool,
    source: text,
    manifest: manifestOf({
      name: tool,
      testCases: [{ description: "zero", input: { operation: "divide", a: 1, b: 0 }, shouldThrow: "division_by_zero" }],
    }),
    author: machine("registry"),
    reason: "found on disk",
    origin: "disk",
    parents: [],
  });
  for (const [input, output] of [
    [{ operation: "divide", a: 7, b: 0 }, null],
    [{ operation: "add", a: 2, b: 0 }, { result: 2 }],
  ] as const)
    await database.executions.record({
      id: systemClock.id(),
      tool,
      version: version.number,
      startedAt: systemClock.now(),
      latencyMs: 1,
      status: output === null ? "failed" : "succeeded",
      input: { ...input },
      ...(output === null
        ? {
            error: { name: "OutputNotJson", message: "Infinity at /result is not JSON", stack: "" },
            cluster: "not-json",
          }
        : { output: { ...output } }),
      effects: [],
      caller: "agent",
      shape: "object",
    });
  return database.proposals.create({
    tool,
    baseVersion: version.number,
    purpose: "failing",
    createdBy: machine("detect"),
    initial: "generating",
    reason: "It fails.",
  });
}

function room(model: Model | null = null) {
  const tryCandidate = inProcessTrial(CASES);
  return createGenerate({
    database: house.database,
    model: () => model,
    clock: systemClock,
    tryCandidate,
    budget: {
      model: { rounds: 2, temperatures: [0.2], tokens: 1e6, seconds: 60 },
      search: { tries: 30, seconds: 60, atOnce: 2, slack: 0.6 },
    },
  });
}

function work(signal = new AbortController().signal) {
  const stages: string[] = [];
  return { signal, stages, progress: async (stage: string) => void stages.push(stage) };
}

const sharp = (key = KEY) => createModel({ baseUrl: server.baseUrl, apiKey: key, name: "sharp-7b", timeoutMs: 5_000 });
const fenced = (code: string) => `Zero was not refused.\n\n\`\`\`ts\n${code}\`\`\``;

describe("generate", () => {
  it("mends the calculator with no model, and records revision, attempts, transition and audit", async () => {
    const proposal = await begin();
    const at = work();
    const after = await room()({ proposalId: proposal.id }, at);
    expect(after).toMatchObject({ state: "testing", revision: 1, sequence: proposal.sequence + 1 });
    const [revision] = await house.database.proposals.revisions(proposal.id);
    expect(revision?.source).toContain(
      '        if (b === 0) throw new ToolError("division_by_zero", "Cannot divide by zero: b is 0");\n        return { result: a / b };',
    );
    expect(revision).toMatchObject({
      number: 1,
      origin: { kind: "templates", name: "guard a zero divisor" },
      author: { kind: "machine" },
    });
    expect(after.attempts[0]).toMatchObject({ outcome: "proposed", met: 1, regressions: 0 });
    expect(after.prompt).toContain("Template repairer");
    expect(at.stages[0]).toContain("Reading the source");
    const audit = await house.database.audit.list({ subjectId: proposal.id }, {});
    expect(audit.items.map(({ verb }) => verb)).toContain("proposal.testing");
  });

  it("says what it tried when there is no fix", async () => {
    const proposal = await begin(source.replace("{ result: a / b }", '{ result: JSON.parse("[") }'));
    const after = await room()({ proposalId: proposal.id, generator: "templates" }, work());
    expect(after).toMatchObject({ state: "no_fix", revision: 0 });
    const last = (await house.database.proposals.transitions(proposal.id)).at(-1);
    expect(last?.reason).toMatch(/tried \d+ edits and none was good/);
    expect(after.attempts.length).toBeGreaterThan(0);
  });

  it("asks the model where one is configured, and shows the reviewer what was sent where", async () => {
    server.script({ kind: "answer", text: fenced(fixed) });
    const proposal = await begin();
    const after = await room(sharp())({ proposalId: proposal.id }, work());
    expect(after.state).toBe("testing");
    const [revision] = await house.database.proposals.revisions(proposal.id);
    expect(revision).toMatchObject({
      source: fixed,
      rationale: "Zero was not refused.",
      origin: { kind: "model", name: "sharp-7b" },
    });
    expect(after.prompt).toContain(`Sent to ${new URL(server.baseUrl).host}`);
    expect(after.prompt).toContain("Infinity at /result is not JSON");
  });

  it("ends in no_fix with the reason when the model that was asked for cannot answer", async () => {
    const proposal = await begin();
    const after = await room(sharp("sk-wrong-00000000"))({ proposalId: proposal.id, generator: "model" }, work());
    expect(after.state).toBe("no_fix");
    expect((await house.database.proposals.transitions(proposal.id)).at(-1)?.reason).toContain("OPENAI_API_KEY");
    const none = await begin();
    expect((await room()({ proposalId: none.id, generator: "model" }, work())).state).toBe("no_fix");
    expect((await house.database.proposals.transitions(none.id)).at(-1)?.reason).toContain("No model is configured");
  });

  it("falls back to the templates when nobody insisted on the model", async () => {
    const proposal = await begin();
    const after = await room(sharp("sk-wrong-00000000"))({ proposalId: proposal.id }, work());
    expect(after.state).toBe("testing");
    const reason = (await house.database.proposals.transitions(proposal.id)).at(-1)?.reason ?? "";
    expect(reason).toContain("OPENAI_API_KEY");
    expect(reason).toContain("template repairer found a fix");
  });

  it("hears what people asked for, and does not offer the same source again", async () => {
    const { database } = house;
    server.script({ kind: "answer", text: fenced(fixed) });
    const proposal = await begin();
    let after = await room(sharp())({ proposalId: proposal.id }, work());
    await database.proposals.addComment(proposal.id, {
      revision: 1,
      line: 44,
      endLine: 46,
      text: "Name the divisor in the message.",
      actor: ADA,
    });
    const dealtWith = { revision: 1, text: "Is this even called?", actor: ADA };
    await database.proposals.resolveComment((await database.proposals.addComment(proposal.id, dealtWith)).id, ADA);
    for (const to of ["awaiting_review", "changes_requested", "generating"] as const) {
      await moveProposal(database, {
        id: proposal.id,
        to,
        actor: to === "changes_requested" ? ADA : machine("test"),
        reason: "on its way",
      });
      after = (await database.proposals.find(proposal.id)) ?? after;
    }
    const better = fixed.replace("b must not be 0", "The divisor b must not be 0");
    server.requests.length = 0;
    server.script({ kind: "answer", text: fenced(fixed) }, { kind: "answer", text: fenced(better) });
    after = await room(sharp())({ proposalId: proposal.id }, work());
    expect(after).toMatchObject({ state: "testing", revision: 2 });
    const asked = server.requests[0]?.messages[1]?.content ?? "";
    expect(asked).toContain("Ada on revision 1, lines 44 to 46: Name the divisor in the message.");
    expect(asked).not.toContain("Is this even called?");
    expect(asked).toContain("b must not be 0");
    const revisions = await database.proposals.revisions(proposal.id);
    expect(revisions.map(({ hash }) => hash).sort()).toEqual([sha256(fixed), sha256(better)].sort());
  });

  it("leaves the proposal as it was when it is stopped, and is done only once", async () => {
    const proposal = await begin();
    const controller = new AbortController();
    controller.abort(new Error("stopped"));
    await expect(room()({ proposalId: proposal.id }, work(controller.signal))).rejects.toThrow("stopped");
    expect(await house.database.proposals.find(proposal.id)).toMatchObject({ state: "generating", revision: 0 });
    const first = await room()({ proposalId: proposal.id }, work());
    const again = await room()({ proposalId: proposal.id }, work());
    expect(again).toMatchObject({ revision: 1, sequence: first.sequence });
    await expect(room()({ proposalId: systemClock.id() }, work())).rejects.toThrow("There is no proposal");
  });
});
