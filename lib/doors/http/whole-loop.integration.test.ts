/** The loop, driven through HTTP alone with the words and shapes of the contract. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Evidence } from "#lib/core/evidence.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { type Api, BY_ZERO, openApi } from "./api.fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api?.house.close());

const ask: Api["ask"] = (...asked) => api.ask(...asked);
const call: Api["call"] = (...called) => api.call(...called);

describe("the whole loop", () => {
  let opportunity: Opportunity;

  it("finds the failing tool", async () => {
    for (let index = 0; index < 6; index++) await call({ operation: "divide", a: index, b: 0 });
    for (let index = 0; index < 5; index++) await call({ operation: "add", a: index, b: 1 });
    const { status, body } = await ask("POST", "/detections", {});
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: "detect", state: "succeeded" });
    const list = await ask("GET", "/opportunities?tool=calculator");
    opportunity = list.body.items.find(({ kind }: Opportunity) => kind === "failing");
    expect(opportunity).toMatchObject({
      id: expect.any(String),
      tool: "calculator",
      kind: "failing",
      state: "open",
      priority: expect.any(Number),
      reason: expect.any(String),
      clusters: expect.any(Array),
      attribution: "tool",
    });
    expect((await ask("GET", `/opportunities/${opportunity.id}`)).body.id).toBe(opportunity.id);
  });

  it("assigns and puts opportunities aside", async () => {
    const path = `/opportunities/${opportunity.id}`;
    expect((await ask("PATCH", path, { assignee: "ada" })).body.assignee).toBe("ada");
    const aside = await ask("PATCH", path, { state: "dismissed", note: "by design" });
    expect(aside.body).toMatchObject({ state: "dismissed", note: "by design" });
    expect((await ask("POST", `${path}/proposals`, {})).status).toBe(409);
    // Why it was put aside says nothing of what it is then.
    const open = (await ask("PATCH", path, { state: "open" })).body;
    expect([open.state, open.note ?? ""]).toEqual(["open", ""]);
    expect((await ask("PATCH", path, {})).status).toBe(422);
  });

  it("has a fix written and tested, and ends in simulated mode with nothing touched", async () => {
    const before = await readFile(join(api.house.tools, "calculator.ts"), "utf8");
    const asked = await ask("POST", `/opportunities/${opportunity.id}/proposals`, { generator: "templates" });
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({ tool: "calculator", baseVersion: 1, revision: 0, state: "generating" });
    const proposal = await api.settledProposal(asked.body.id);
    expect(proposal).toMatchObject({
      state: "awaiting_review",
      revision: 1,
      source: expect.stringContaining("calculator"),
      diff: expect.stringMatching(/^@@/m),
      origin: { kind: "templates" },
      rationale: expect.any(String),
      digest: expect.stringMatching(/^[\da-f]{64}$/),
      verdict: expect.any(String),
      transitions: expect.any(Array),
    });
    expect(proposal.evidence.cases.length).toBeGreaterThan(0);
    const path = `/proposals/${proposal.id}`;

    const tried = await ask("POST", `${path}/executions`, { input: BY_ZERO });
    expect(tried.body.old.status).toBe("failed");
    expect(tried.body.new.status).toBe("refused");

    const comment = await ask("POST", `${path}/comments`, { text: "why here?", line: 2 });
    expect(comment.status).toBe(201);
    expect((await ask("POST", `${path}/comments`, { text: "x", line: 100_000 })).status).toBe(422);

    const stale = await ask("POST", `${path}/decisions`, { decision: "approve", digest: "0".repeat(64) });
    expect(stale.status).toBe(409);
    const decision = {
      decision: "approve",
      digest: proposal.digest,
      reason: "reads well",
      acknowledge: (proposal.evidence as Evidence).summary.warnings.map(({ id }) => id),
    };
    const decided = await ask("POST", `${path}/decisions`, decision);
    expect(decided.status).toBe(200);
    expect(decided.body.state).toBe("simulated");
    expect(await readFile(join(api.house.tools, "calculator.ts"), "utf8")).toBe(before);
    expect((await ask("GET", "/tools/calculator")).body).toMatchObject({ activeVersion: 1, syncState: "in_sync" });
  });

  it("says who was faster, and what to do with a source that comes too late for a revision", async () => {
    const { source } = (await ask("GET", "/tools/calculator")).body;
    const sent = { tool: "calculator", source: `${source}// one\n`, rationale: "a comment" };
    const { id, number } = await api.settledProposal((await ask("POST", "/proposals", sent)).body.id);
    const { digest } = (await ask("GET", `/proposals/${id}`)).body;
    expect((await ask("POST", `/proposals/${id}/decisions`, { decision: "reject", digest })).status).toBe(200);
    const late = await ask("POST", `/proposals/${id}/revisions`, { source: `${source}// two\n`, revision: 1 });
    expect(late).toMatchObject({ status: 409, body: { state: "rejected" } });
    expect(late.body.detail).toMatch(
      new RegExp(`^\\w+ was faster: proposal ${number} is rejected, .*Propose this source anew\\.$`),
    );
  });

  it("deploys in real mode, watches, and rolls back byte for byte", async () => {
    const before = await readFile(join(api.house.tools, "calculator.ts"), "utf8");
    expect((await ask("PATCH", "/settings", { mode: "real" })).body).toMatchObject({
      mode: "real",
      sources: { mode: "settings", autoDeploy: "default" },
    });
    const fixed = before.replace(
      "return { result: a / b };",
      'if (b === 0) throw new ToolError("division_by_zero", "the divisor is zero");\n        return { result: a / b };',
    );
    const source = fixed.replace("import { defineTool }", "import { defineTool, ToolError }");
    const asked = await ask("POST", "/proposals", {
      tool: "calculator",
      source,
      rationale: "dividing by zero is refused",
      purpose: "failing",
    });
    expect(asked.status).toBe(201);
    const proposal = await api.settledProposal(asked.body.id);
    expect(proposal.state).toBe("awaiting_review");
    const decided = await ask("POST", `/proposals/${proposal.number}/decisions`, {
      decision: "approve",
      digest: proposal.digest,
      deploy: true,
      acknowledge: proposal.evidence.summary.warnings.map(({ id }: { id: string }) => id),
    });
    expect(decided.status).toBe(200);
    const { deployment } = decided.body;
    expect(deployment.steps.map(({ step }: { step: string }) => step)).toEqual([
      "intent",
      "backup",
      "stage",
      "verify",
      "rename",
      "activate",
      "done",
    ]);
    const shown = await ask("GET", `/deployments/${deployment.id}`);
    expect(shown.body).toMatchObject({ state: "done", canaryShare: 1, toVersion: 2 });
    expect(shown.body).toHaveProperty("monitor");
    expect((await call(BY_ZERO)).body).toMatchObject({
      status: "refused",
      error: { code: "division_by_zero" },
      version: 2,
    });
    const promoted = await ask("POST", `/deployments/${deployment.id}/promote`);
    expect(promoted.body).toMatchObject({ monitor: { verdict: "healthy" } });
    expect((await ask("POST", `/deployments/${deployment.id}/promote`)).status).toBe(409);

    const versions = await ask("GET", "/tools/calculator/versions");
    expect(
      versions.body.items.map(({ number, active }: { number: number; active: boolean }) => [number, active]),
    ).toEqual([
      [2, true],
      [1, false],
    ]);
    const first = (await ask("GET", "/tools/calculator/versions?limit=1")).body;
    expect(first.items).toEqual(versions.body.items.slice(0, 1));
    const next = (await ask("GET", `/tools/calculator/versions?limit=9&cursor=${first.nextCursor}`)).body;
    expect(next).toEqual({ items: versions.body.items.slice(1) });
    expect((await ask("GET", "/tools/calculator/versions?cursor=nope")).status).toBe(422);
    expect((await ask("GET", "/tools/calculator/versions/2")).body.source).toBe(source);
    expect((await ask("GET", "/tools/calculator/diff?from=1&to=2")).body.diff).toContain("+        if (b === 0)");

    const back = await ask("POST", "/tools/calculator/rollback", { reason: "to see it" });
    expect(back.status).toBe(201);
    expect(back.body).toMatchObject({ kind: "rollback", toVersion: 1, state: "done" });
    expect(await readFile(join(api.house.tools, "calculator.ts"), "utf8")).toBe(before);
    expect((await ask("GET", "/tools/calculator")).body).toMatchObject({ activeVersion: 1, syncState: "in_sync" });
    expect((await ask("PATCH", "/tools/calculator/settings", { mode: "simulated" })).body).toMatchObject({
      mode: "simulated",
      sources: { mode: "tool" },
    });
  });

  it("wrote down everything that was decided", async () => {
    const { body } = await ask("GET", "/audit?limit=200");
    const verbs = new Set(body.items.map(({ verb }: { verb: string }) => verb));
    for (const verb of [
      "detection.requested",
      "opportunity.assigned",
      "opportunity.dismissed",
      "opportunity.reopened",
      "proposal.requested",
      "proposal.created",
      "proposal.commented",
      "settings.changed",
      "tool.settings_changed",
    ])
      expect(verbs).toContain(verb);
    expect(body.items.every(({ actor }: { actor: { name: string } }) => actor.name.length > 0)).toBe(true);
  });
});
