/** Tools and their calls through HTTP, with the words and shapes of the contract. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, BY_ZERO, openApi } from "./api.fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api?.house.close());

const ask: Api["ask"] = (...asked) => api.ask(...asked);
const call: Api["call"] = (...called) => api.call(...called);

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
    expect(one.body.source).toBe(await readFile(join(api.house.tools, "calculator.ts"), "utf8"));
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
    const wrong = { correct: false, expectedOutput: { result: 5 }, note: "a test" };
    const feedback = await ask("POST", `/executions/${made.id}/feedback`, wrong);
    expect(feedback.status).toBe(201);
    expect(feedback.body).toMatchObject({ executionId: made.id, ...wrong });
    expect((await ask("GET", `/executions/${made.id}`)).body.feedback).toMatchObject({
      ...wrong,
      actor: { name: "admin" },
      createdAt: expect.any(String),
    });
    const made2 = await ask("POST", `/executions/${made.id}/case`, {});
    expect(made2.body).toMatchObject({ expectedOutput: { result: 5 }, effects: [], executionId: made.id });
    // Another word takes the place of the first, which stays to be read.
    await ask("POST", `/executions/${made.id}/feedback`, { correct: true });
    expect((await ask("GET", `/executions/${made.id}`)).body).toMatchObject({
      feedback: { correct: true },
      earlierFeedback: [wrong],
    });
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

  it("wrote down what was said and kept", async () => {
    const { items } = (await ask("GET", "/audit?limit=200")).body;
    const verbs = items.map(({ verb }: { verb: string }) => verb);
    for (const verb of ["execution.feedback", "case.created", "executions.imported"]) expect(verbs).toContain(verb);
  });
});
