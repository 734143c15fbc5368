/** The clients that agents have, old and new, against the real door: versions, ping, progress, cancelling, changes heard. */
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as EarlierClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as EarlierTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

let house: TestHouse;
const clients: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  house = await openTestHouse({ WHETSTONE_ALLOW_PRIVATE_NETWORK: "1" });
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await house?.close();
});

const address = (): URL => new URL(`${house.url}/mcp`);
const withKey = () => ({ requestInit: { headers: { authorization: `Bearer ${house.key}` } } });

async function connectEarlier(onChange?: () => void): Promise<EarlierClient> {
  const client = new EarlierClient({ name: "earlier-agent", version: "1.0.0" });
  if (onChange !== undefined) client.setNotificationHandler(ToolListChangedNotificationSchema, onChange);
  await client.connect(new EarlierTransport(address(), withKey()) as Parameters<EarlierClient["connect"]>[0]);
  clients.push(client);
  return client;
}

async function connect(): Promise<Client> {
  const client = new Client({ name: "agent", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(address(), withKey()));
  clients.push(client);
  return client;
}

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(address(), {
    method: "POST",
    headers: {
      authorization: `Bearer ${house.key}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

describe("versions of the protocol", () => {
  it.each(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])("%s is spoken", async (protocolVersion) => {
    const params = { protocolVersion, capabilities: {}, clientInfo: { name: "t", version: "1" } };
    const hello = await post({ jsonrpc: "2.0", id: 1, method: "initialize", params });
    expect(await hello.json()).toMatchObject({
      result: { protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: "whetstone" } },
    });
    const headers = { "mcp-protocol-version": protocolVersion };
    const ready = await post({ jsonrpc: "2.0", method: "notifications/initialized" }, headers);
    expect(ready.status).toBe(202);
    const ping = await post({ jsonrpc: "2.0", id: 2, method: "ping" }, headers);
    expect(await ping.json()).toMatchObject({ id: 2, result: {} });
    const called = await post(
      {
        jsonrpc: "2.0",
        id: 3,
        method: "tools/call",
        params: { name: "calculator", arguments: { operation: "add", a: 1, b: 2 } },
      },
      headers,
    );
    expect(await called.json()).toMatchObject({ id: 3, result: { structuredContent: { result: 3 } } });
  });

  it("one that nobody speaks is answered with one that is spoken", async () => {
    const params = { protocolVersion: "1999-01-01", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    const hello = await post({ jsonrpc: "2.0", id: 1, method: "initialize", params });
    expect(await hello.json()).toMatchObject({
      result: { protocolVersion: expect.stringMatching(/^20\d\d-\d\d-\d\d$/) },
    });
    const wrong = await post({ jsonrpc: "2.0", id: 2, method: "ping" }, { "mcp-protocol-version": "1999-01-01" });
    expect(wrong.status).toBe(400);
  });

  it("the earlier official client lists, calls and pings", async () => {
    const client = await connectEarlier();
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("calculator");
    const result = await client.callTool({ name: "calculator", arguments: { operation: "add", a: 20, b: 22 } });
    expect(result.structuredContent).toEqual({ result: 42 });
    expect(await client.ping()).toEqual({});
  });
});

describe("a call that takes its time", () => {
  const slow = { name: "slow", arguments: { ms: 2_500 } };
  let world: Server;
  /** Settles when the tool has sent its request. */
  let arrived = Promise.withResolvers<void>();
  beforeEach(() => {
    arrived = Promise.withResolvers();
  });
  beforeAll(async () => {
    // Answers after as many milliseconds as its path says.
    world = createServer((request, response) => {
      arrived.resolve();
      const timer = setTimeout(() => response.end("ok"), Number(request.url?.slice(1)));
      request.on("close", () => clearTimeout(timer));
    });
    await new Promise<void>((resolve) => world.listen(0, "127.0.0.1", resolve));
    const host = `localhost:${(world.address() as AddressInfo).port}`;
    await writeFile(
      join(house.tools, "slow.ts"),
      `import { defineTool } from "whetstone";
export default defineTool({
  name: "slow", description: "Waits", inputSchema: { type: "object", properties: { ms: { type: "number" } } }, outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: ["${host}"], kv: "none", secrets: [] },
  async run({ ms }: any, ctx: any) { return { text: await (await ctx.fetch("http://${host}/" + ms)).text() }; },
});
`,
    );
    await takeInEdits(house.machinery);
  });
  afterAll(() => {
    world?.closeAllConnections();
    world?.close();
  });

  const statusOf = async (): Promise<string | undefined> =>
    (await house.machinery.database.executions.list({ tool: "slow" }, { limit: 1 })).items[0]?.status;

  it("tells of its progress, more than once, to clients of both lines", async () => {
    const seen: { progress: number; message?: string | undefined }[] = [];
    const earlier = await connectEarlier();
    const options = { onprogress: (one: { progress: number; message?: string | undefined }) => void seen.push(one) };
    const result = await earlier.callTool(slow, undefined, options);
    expect(result.structuredContent).toEqual({ text: "ok" });
    expect(seen.length).toBeGreaterThanOrEqual(4);
    expect(seen.map(({ progress }) => progress)).toEqual(seen.map((_one, at) => at));
    expect(seen.some(({ message }) => message?.startsWith("running for"))).toBe(true);
    seen.length = 0;
    const client = await connect();
    expect((await client.callTool({ ...slow, arguments: { ms: 10 } }, options)).structuredContent).toEqual({
      text: "ok",
    });
    expect(seen.length).toBeGreaterThanOrEqual(2);
  });

  it.each(["earlier", "newer"])("is taken back by the %s client, and on record as interrupted", async (line) => {
    const stop = new AbortController();
    const client = line === "earlier" ? await connectEarlier() : await connect();
    const asked = { ...slow, arguments: { ms: 9_000 } };
    const before = performance.now();
    const answer =
      client instanceof EarlierClient
        ? client.callTool(asked, undefined, { signal: stop.signal })
        : client.callTool(asked, { signal: stop.signal });
    const refused = expect(answer).rejects.toThrow();
    await arrived.promise;
    stop.abort("enough");
    await refused;
    await expect.poll(statusOf, { timeout: 5_000 }).toBe("interrupted");
    expect(performance.now() - before).toBeLessThan(8_000);
    // The way is free for the next one.
    expect((await client.callTool({ ...slow, arguments: { ms: 1 } })).structuredContent).toEqual({ text: "ok" });
  });

  it("cannot be taken back by another session, nor by one that names none", async () => {
    const headers = { "mcp-session-id": "one", "mcp-protocol-version": "2025-06-18" };
    const called = post(
      { jsonrpc: "2.0", id: 5, method: "tools/call", params: { ...slow, arguments: { ms: 600 } } },
      headers,
    );
    await arrived.promise;
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 5 } };
    for (const other of [{ ...headers, "mcp-session-id": "another" }, { "mcp-protocol-version": "2025-06-18" }])
      expect((await post(cancel, other)).status).toBe(202);
    expect(await (await called).json()).toMatchObject({ result: { structuredContent: { text: "ok" } } });
  });
});

it("changes are heard by clients of both lines, after a deployment and after a rollback", async () => {
  const ask = async (method: string, path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${house.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.status, await answer.clone().text()).toBeLessThan(300);
  };
  await ask("PATCH", "/settings", { mode: "real" });
  const heard = new Set<string>();
  await connectEarlier(() => heard.add("earlier"));
  const client = new Client(
    { name: "agent", version: "1.0.0" },
    { listChanged: { tools: { onChanged: () => void heard.add("newer") } } },
  );
  await client.connect(new StreamableHTTPClientTransport(address(), withKey()));
  clients.push(client);
  const both = () => expect.poll(() => [...heard].sort(), { timeout: 10_000 }).toEqual(["earlier", "newer"]);
  // A real change: an edit on disk that a person takes, and the way back.
  const file = join(house.tools, "calculator.ts");
  await writeFile(file, `${await readFile(file, "utf8")}// edited\n`);
  await ask("POST", "/sync/calculator", { resolution: "take_disk" });
  await both();
  heard.clear();
  await ask("POST", "/tools/calculator/rollback", { reason: "a test" });
  await both();
});

it("who listens takes a stream, and brings a key", async () => {
  const listen = (headers: Record<string, string>): Promise<Response> => fetch(address(), { headers });
  const key = { authorization: `Bearer ${house.key}` };
  expect((await listen({ ...key, accept: "application/json" })).status).toBe(406);
  expect((await listen({ accept: "text/event-stream" })).status).toBe(401);
  expect((await listen({ ...key, accept: "text/event-stream", origin: "https://evil.example" })).status).toBe(403);
  const stream = await listen({ ...key, accept: "text/event-stream" });
  expect(stream.headers.get("content-type")).toBe("text/event-stream");
  await stream.body?.cancel();
});
