/** The MCP door, proved with the client that agents use. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

let house: TestHouse;
let client: Client;
beforeAll(async () => {
  house = await openTestHouse();
  client = new Client({ name: "test-agent", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(`${house.url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${house.key}` } },
  });
  await client.connect(transport);
});
afterAll(async () => {
  await client?.close();
  await house?.close();
});

type Called = {
  isError?: boolean;
  structuredContent?: unknown;
  content: { type: string; text: string }[];
  _meta?: Record<string, unknown>;
};

async function call(name: string, args: Record<string, unknown>): Promise<Called> {
  return (await client.callTool({ name, arguments: args })) as unknown as Called;
}

describe("tools/list", () => {
  it("lists active tools with their schemas and hints, and the feedback door", async () => {
    const { tools } = await client.listTools();
    const calculator = tools.find(({ name }) => name === "calculator");
    expect(calculator).toMatchObject({
      description: expect.stringContaining("two numbers"),
      inputSchema: { type: "object", required: ["operation", "a", "b"] },
      outputSchema: { type: "object" },
      annotations: { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: false },
    });
    const webhook = tools.find(({ name }) => name === "send_webhook");
    expect(webhook?.annotations).toMatchObject({ readOnlyHint: false, openWorldHint: true });
    expect(tools.map(({ name }) => name)).toContain("report_wrong_output");
  });
});

describe("tools/call", () => {
  it("answers with structured content and the execution that was recorded", async () => {
    const result = await call("calculator", { operation: "add", a: 20, b: 22 });
    expect(result.isError ?? false).toBe(false);
    expect(result.structuredContent).toEqual({ result: 42 });
    expect(JSON.parse(result.content[0]?.text ?? "")).toEqual({ result: 42 });
    const id = String(result._meta?.["whetstone/executionId"]);
    const recorded = await house.machinery.database.executions.find(id);
    expect(recorded).toMatchObject({
      tool: "calculator",
      status: "succeeded",
      output: { result: 42 },
      caller: "admin",
    });
  });

  it("says isError for every outcome but succeeded, recorded all the same", async () => {
    for (const [input, status] of [
      [{ operation: "divide", a: 1, b: 0 }, "failed"],
      [{ operation: "root", a: 1, b: 0 }, "rejected"],
    ] as const) {
      const result = await call("calculator", input);
      expect(result.isError).toBe(true);
      expect(result.content[0]?.text).toContain(status);
      const recorded = await house.machinery.database.executions.find(String(result._meta?.["whetstone/executionId"]));
      expect(recorded?.status).toBe(status);
    }
    expect((await call("nobody", {})).isError).toBe(true);
  });

  it("takes word of a wrong output", async () => {
    const { _meta } = await call("calculator", { operation: "add", a: 1, b: 1 });
    const executionId = String(_meta?.["whetstone/executionId"]);
    const report = { executionId, expectedOutput: { result: 3 }, note: "a test" };
    expect((await call("report_wrong_output", report)).isError ?? false).toBe(false);
    const feedback = await house.machinery.database.executions.feedback("calculator");
    expect(feedback.find((one) => one.executionId === executionId)).toMatchObject({
      correct: false,
      expectedOutput: { result: 3 },
    });
    expect((await call("report_wrong_output", { executionId, expectedOutput: { result: 2 } })).isError).toBe(true);
    const unknown = { executionId: "0198c5a0-0000-7000-8000-000000000000" };
    expect((await call("report_wrong_output", unknown)).isError).toBe(true);
  });
});

describe("guards", () => {
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };

  async function post(headers: Record<string, string>, body = JSON.stringify(list)): Promise<Response> {
    return fetch(`${house.url}/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body,
    });
  }

  it("asks for a key", async () => {
    const refused = await post({});
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain("Bearer");
    expect((await post({ authorization: "Bearer wk_wrong_wrong" })).status).toBe(401);
  });

  it("does not speak to pages of other sites", async () => {
    const key = { authorization: `Bearer ${house.key}` };
    expect((await post({ ...key, origin: "https://evil.example" })).status).toBe(403);
    expect((await post(key)).status).toBe(200);
    expect((await post(key, "{")).status).toBe(400);
  });

  it("says what is wrong with a message that is none, and which methods there are", async () => {
    const key = { authorization: `Bearer ${house.key}` };
    for (const body of ["", " ", "5", "null", "[]", '{"jsonrpc":"1.0","id":1,"method":"ping"}']) {
      const answer = await post(key, body);
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringMatching(/empty|not a valid|Invalid/)]);
    }
    for (const method of ["PUT", "DELETE", "PATCH", "HEAD"]) {
      const answer = await fetch(`${house.url}/mcp`, { method, headers: key });
      expect([method, answer.status, answer.headers.get("allow")]).toEqual([method, 405, "GET, POST"]);
    }
  });

  it("lets a key without the scope call nothing", async () => {
    const made = await fetch(`${house.url}/api/v1/keys`, {
      method: "POST",
      headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "reader", scopes: ["read"] }),
    });
    const { secret } = (await made.json()) as { secret: string };
    const asked = { ...list, method: "tools/call", params: { name: "calculator", arguments: {} } };
    const answer = await post({ authorization: `Bearer ${secret}` }, JSON.stringify(asked));
    expect(await answer.text()).toContain("it needs the scope");
  });
});
