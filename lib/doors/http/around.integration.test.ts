/** What stands around the loop: the description, health, jobs and events. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, openApi } from "./api.fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api?.house.close());

const ask: Api["ask"] = (...asked) => api.ask(...asked);

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
    await api.call({ operation: "add", a: 1, b: 2 });
    expect((await fetch(`${api.house.url}/api/healthz`)).status).toBe(200);
    const ready = await fetch(`${api.house.url}/api/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ database: { ready: true }, sandbox: { jailed: expect.any(Boolean) } });
    const metrics = await (await fetch(`${api.house.url}/api/metrics`)).text();
    expect(metrics).toMatch(/^whetstone_tool_health\{tool="calculator",health="\w+"\} 1$/m);
    expect(metrics).toMatch(/^whetstone_http_request_duration_seconds_count\{route="tools.call"/m);
  });

  it("shows sync states and jobs", async () => {
    const sync = await ask("GET", "/sync");
    expect(sync.body.items.every(({ syncState }: { syncState: string }) => syncState === "in_sync")).toBe(true);
    expect((await ask("POST", "/detections", {})).status).toBe(200);
    const jobs = await ask("GET", "/jobs?state=succeeded");
    const [{ id }] = jobs.body.items;
    expect((await ask("GET", `/jobs/${id}`)).body).toMatchObject({ state: "succeeded", progress: 1 });
    expect((await ask("DELETE", `/jobs/${id}`)).status).toBe(409);
  });

  it("streams what changes", async () => {
    const gone = new AbortController();
    const response = await fetch(`${api.house.url}/api/v1/events?kind=activity`, {
      headers: { authorization: `Bearer ${api.house.key}` },
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
      const response = await fetch(`${api.house.url}/api/v1/events?since=${since}`, {
        headers: { authorization: `Bearer ${api.house.key}` },
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
