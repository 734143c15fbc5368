/** The loop, driven through HTTP alone with the words and shapes of the contract. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Evidence } from "#lib/core/evidence.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

type Answer<T> = { status: number; body: T; headers: Headers };

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
async function ask<T = any>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${house.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${house.key}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: Answer<T> = { status: response.status, body: JSON.parse(text) as T, headers: response.headers };
  return answer;
}

function call(input: unknown, tool = "calculator") {
  return ask("POST", `/tools/${tool}/executions`, { input });
}

/** Follows jobs until the proposal is where it waits for somebody. */
async function settledProposal(id: string) {
  const events = house.machinery.database;
  const deadline = Date.now() + 90_000;
  for (;;) {
    const { body } = await ask("GET", `/proposals/${id}`);
    if (body.state !== "generating" && body.state !== "testing") return body;
    if (Date.now() > deadline) throw new Error(`proposal ${id} stays ${body.state}`);
    await new Promise<void>((resolve) => {
      const limit = setTimeout(done, 2_000);
      const stop = events.subscribe((event) => {
        if (event.id === id || event.kind === "job") done();
      });
      function done(): void {
        clearTimeout(limit);
        stop();
        resolve();
      }
    });
  }
}

const BY_ZERO = { operation: "divide", a: 1, b: 0 };

describe("tools and calls", () => {
  it("lists tools with the members of the contract, one with its source", async () => {
    const { status, body } = await ask("GET", "/tools");
    expect(status).toBe(200);
    expect(body.items.length).toBeGreaterThanOrEqual(10);
    const calculator = body.items.find((tool: { name: string }) => tool.name === "calculator");
    expect(calculator).toMatchObject({
      name: "calculator",
      strategy: "shadow",
      riskLevel: "low",
      safeForAutoDeployment: true,
      health: "unknown",
      activeVersion: 1,
      syncState: "in_sync",
      recommendation: { toolName: "calculator", strategy: "shadow", steps: expect.any(Array), warnings: [] },
    });
    const one = await ask("GET", "/tools/calculator");
    expect(one.body.source).toBe(await readFile(join(house.tools, "calculator.ts"), "utf8"));
  });

  it("answers 200 with the outcome, whatever it was", async () => {
    const good = await call({ operation: "add", a: 1, b: 2 });
    expect(good.status).toBe(200);
    expect(good.body).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      status: "succeeded",
      output: { result: 3 },
      latencyMs: expect.any(Number),
      version: 1,
    });
    const bad = await call(BY_ZERO);
    expect(bad.status).toBe(200);
    expect(bad.body).toMatchObject({ status: "failed", error: { name: "OutputNotJson" }, version: 1 });
    expect(bad.body).not.toHaveProperty("output");
  });

  it("answers 422 problem details where the input breaks the schema, recorded all the same", async () => {
    const { status, body, headers } = await call({ operation: "add", a: "one" });
    expect(status).toBe(422);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(body).toMatchObject({ id: expect.any(String), status: "rejected", errors: expect.any(Array) });
    expect(body.errors.length).toBeGreaterThan(0);
    expect((await ask("GET", `/executions/${body.id}`)).body).toMatchObject({ status: "rejected" });
  });

  it("refuses what is not there, not JSON, not an object, or in the wrong way", async () => {
    expect((await call({}, "nobody")).status).toBe(404);
    expect((await ask("POST", "/tools/calculator/executions", "{")).status).toBe(400);
    expect((await ask("POST", "/tools/calculator/executions", "[]")).status).toBe(422);
    expect((await ask("POST", "/tools/calculator/executions", {})).body.detail).toContain("input");
    expect((await ask("PUT", "/tools/calculator/executions", {})).headers.get("allow")).toBe("POST");
    expect((await ask("GET", "/nothing")).status).toBe(404);
    expect((await ask("GET", "/executions?tool=calculator&colour=red")).status).toBe(422);
  });

  it("pages through executions with filters", async () => {
    const first = await ask("GET", "/executions?tool=calculator&limit=2");
    expect(first.body.items).toHaveLength(2);
    for (const list of ["executions", "proposals", "opportunities", "deployments", "audit", "jobs"])
      expect((await ask("GET", `/${list}?cursor=garbage`)).body).toMatchObject({
        status: 422,
        detail: expect.stringContaining("leave it out to begin at the first page"),
      });
    const second = await ask("GET", `/executions?tool=calculator&limit=2&cursor=${first.body.nextCursor}`);
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const failed = await ask("GET", "/executions?tool=calculator&status=failed");
    expect(failed.body.items.every(({ status }: { status: string }) => status === "failed")).toBe(true);
    expect(failed.body.items[0]).not.toHaveProperty("effects");
    const one = await ask("GET", `/executions/${failed.body.items[0].id}`);
    expect(one.body).toMatchObject({ input: BY_ZERO, effects: expect.any(Array) });
    const cluster = await ask("GET", `/executions?cluster=${failed.body.items[0].cluster}`);
    expect(cluster.body.items.length).toBeGreaterThan(0);
  });

  it("takes feedback and makes a case with effects", async () => {
    const { body: made } = await call({ operation: "multiply", a: 2, b: 2 });
    const wrong = { correct: false, expectedOutput: { result: 4 }, note: "a test" };
    const feedback = await ask("POST", `/executions/${made.id}/feedback`, wrong);
    expect(feedback.status).toBe(201);
    expect(feedback.body).toMatchObject({ executionId: made.id, ...wrong });
    const made2 = await ask("POST", `/executions/${made.id}/case`, {});
    expect(made2.body).toMatchObject({ expectedOutput: { result: 4 }, effects: [], executionId: made.id });
    const { body: failed } = await call(BY_ZERO);
    expect((await ask("POST", `/executions/${failed.id}/case`, {})).status).toBe(422);
    const refusal = { shouldThrow: "division_by_zero" };
    expect((await ask("POST", `/executions/${failed.id}/case`, refusal)).body).toMatchObject(refusal);
  });

  it("imports lines, lists the wrong ones, and takes none twice", async () => {
    const line = { externalId: "e-1", tool: "calculator", startedAt: "2026-01-01T00:00:00Z", latencyMs: 3 };
    const full = { ...line, status: "succeeded", input: { operation: "add", a: 1, b: 1 }, output: { result: 2 } };
    const failed = { ...line, externalId: "e-2", status: "failed", input: BY_ZERO, error: { message: "boom" } };
    const body = [JSON.stringify(full), "{", "", JSON.stringify({ ...full, tool: "nobody" }), JSON.stringify(failed)];
    const headers = { "content-type": "application/x-ndjson" };
    const first = await ask("POST", "/executions/import", body.join("\n"), headers);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      imported: 2,
      duplicates: 0,
      rejected: [
        { line: 2, reason: "is not JSON" },
        { line: 4, reason: expect.stringContaining("nobody") },
      ],
    });
    const again = await ask("POST", "/executions/import", body.join("\n"), headers);
    expect(again.body).toMatchObject({ imported: 0, duplicates: 2 });
    const { body: list } = await ask("GET", "/executions?tool=calculator&until=2026-01-02T00:00:00Z");
    expect(list.items.map(({ externalId }: { externalId: string }) => externalId).sort()).toEqual(["e-1", "e-2"]);
  });
});

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
    const before = await readFile(join(house.tools, "calculator.ts"), "utf8");
    const asked = await ask("POST", `/opportunities/${opportunity.id}/proposals`, { generator: "templates" });
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({ tool: "calculator", baseVersion: 1, revision: 0, state: "generating" });
    const proposal = await settledProposal(asked.body.id);
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
    expect(await readFile(join(house.tools, "calculator.ts"), "utf8")).toBe(before);
    expect((await ask("GET", "/tools/calculator")).body).toMatchObject({ activeVersion: 1, syncState: "in_sync" });
  });

  it("deploys in real mode, watches, and rolls back byte for byte", async () => {
    const before = await readFile(join(house.tools, "calculator.ts"), "utf8");
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
    const proposal = await settledProposal(asked.body.id);
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
    expect((await ask("GET", "/tools/calculator/versions/2")).body.source).toBe(source);
    expect((await ask("GET", "/tools/calculator/diff?from=1&to=2")).body.diff).toContain("+        if (b === 0)");

    const back = await ask("POST", "/tools/calculator/rollback", { reason: "to see it" });
    expect(back.status).toBe(201);
    expect(back.body).toMatchObject({ kind: "rollback", toVersion: 1, state: "done" });
    expect(await readFile(join(house.tools, "calculator.ts"), "utf8")).toBe(before);
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
      "execution.feedback",
      "case.created",
      "executions.imported",
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

describe("what stands around", () => {
  it("describes itself", async () => {
    const description = await ask("GET", "/openapi.json");
    expect(description.body.openapi).toBe("3.1.0");
    expect(description.body.paths["/executions/import"]?.post.requestBody.description).toContain("externalId");
    expect(Object.keys(description.body.paths).length).toBeGreaterThan(30);
    const references = JSON.stringify(description.body).match(/#\/components\/schemas\/\w+/g) ?? [];
    const schemas = Object.keys(description.body.components.schemas);
    for (const reference of new Set(references)) expect(schemas).toContain(reference.split("/").pop());
  });

  it("says whether it lives and can serve", async () => {
    expect((await fetch(`${house.url}/api/healthz`)).status).toBe(200);
    const ready = await fetch(`${house.url}/api/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ database: { ready: true }, sandbox: { jailed: expect.any(Boolean) } });
    const metrics = await (await fetch(`${house.url}/api/metrics`)).text();
    expect(metrics).toMatch(/^whetstone_tool_health\{tool="calculator",health="\w+"\} 1$/m);
    expect(metrics).toMatch(/^whetstone_http_request_duration_seconds_count\{route="tools.call"/m);
  });

  it("shows sync states and jobs", async () => {
    const sync = await ask("GET", "/sync");
    expect(sync.body.items.every(({ syncState }: { syncState: string }) => syncState === "in_sync")).toBe(true);
    const jobs = await ask("GET", "/jobs?state=succeeded");
    const [{ id }] = jobs.body.items;
    expect((await ask("GET", `/jobs/${id}`)).body).toMatchObject({ state: "succeeded", progress: 1 });
    expect((await ask("DELETE", `/jobs/${id}`)).status).toBe(409);
  });

  it("streams what changes", async () => {
    const gone = new AbortController();
    const response = await fetch(`${house.url}/api/v1/events?kind=activity`, {
      headers: { authorization: `Bearer ${house.key}` },
      signal: gone.signal,
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = (await reader?.read())?.value ?? "";
    expect(heard).toContain("event: ready");
    await ask("PATCH", "/settings", { monitorCalls: 400 });
    while (!heard.includes("event: activity")) heard += (await reader?.read())?.value ?? "";
    expect(heard).toMatch(/data: \{"kind":"activity"/);
    gone.abort();
  });

  it("says at the beginning of a stream whether something happened since a page was read", async () => {
    const begin = async (since: number): Promise<string> => {
      const gone = new AbortController();
      const response = await fetch(`${house.url}/api/v1/events?since=${since}`, {
        headers: { authorization: `Bearer ${house.key}` },
        signal: gone.signal,
      });
      const first = (await response.body?.pipeThrough(new TextDecoderStream()).getReader().read())?.value ?? "";
      gone.abort();
      return first;
    };
    expect(await begin(0)).toContain('data: {"missed":true}');
    expect(await begin(Date.now() + 60_000)).toContain('data: {"missed":false}');
    expect((await ask("GET", "/events?since=yesterday")).status).toBe(422);
  });
});
